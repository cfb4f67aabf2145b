// The checkout of a product, the payment of an order, and the success page.
import { Router, type Request, type Response } from 'express'
import { requireUser } from '../accounts/sign-in.js'
import { findProductOf, parseProductId } from '../catalog/products.js'
import { productOf } from '../catalog/routes.js'
import { chosenVariant, firstToBuy, selectionFields, type ProductWithVariants } from '../catalog/variants.js'
import { networkOf } from '../http/network.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { withOwnUnits } from '../orders/open-orders.js'
import { maySeeOrder, ownOrder, unlessGuest } from '../orders/own-order.js'
import { actingFor, shopperOf, visitorOf } from '../orders/visitor.js'
import { buyerOf, requireShopper } from './buyer.js'
import { checkoutHref } from './checkout-link.js'
import { countCheckout } from './count-checkout.js'
import { readCheckoutForm, readCheckoutQuery, readQuantity } from './forms.js'
import { goToPayPage } from './go-to-pay-page.js'
import { settleLinkSession } from './link-session.js'
import { openCheckout } from './open-checkout.js'
import { pay, type CheckoutDeps } from './pay.js'
import { invalidQuantity } from './price-lines.js'
import { directSelection, type Selection } from './selection.js'
import { showCheckout } from './show-checkout.js'
import { attemptOf, orderOfSession, successPage } from './success-page.js'

export function checkoutPages(deps: CheckoutDeps): Router {
  const { direct, prisma } = deps.database
  const router = Router()

  router.get('/checkout', requireShopper(deps.settings), async (request, response) => {
    const { variant } = request.query
    const variantId = typeof variant === 'string' ? parseProductId(variant) : null
    const product = variantId === null ? null : await findProductOf(direct, variantId)
    if (product === null) throw notFound('product')
    await showProduct(request, response, product)
  })

  router.get('/checkout/:productId', requireShopper(deps.settings), async (request, response) => {
    await showProduct(request, response, await productOf(direct, request))
  })

  // After sign-in, shoppers see the page: a purchase starts with a click, not with a redirect.
  const signedIn = requireShopper(deps.settings, (request) => {
    const { country, rate } = readCheckoutForm(request.body)
    return checkoutHref(`/checkout/${String(request.params['productId'])}`, {
      ...selectionFields(request.body),
      quantity: readQuantity(request.body),
      country,
      rate,
    })
  })

  router.post('/checkout/:productId', signedIn, async (request, response) => {
    const product = await productOf(direct, request)
    const { id: variantId } = chosenVariant(product, request.body)
    const quantity = readQuantity(request.body)
    if (quantity === null) throw invalidQuantity({ productId: product.id, variantId })
    const form = readCheckoutForm(request.body, variantId)
    const selection = directSelection(product, variantId, quantity)
    await pay(deps, request, response, selection, form, async (said) => {
      const { selection: fits } = await whatFits(
        request,
        await productOf(direct, request),
        variantId,
        quantity,
      )
      await showCheckout(deps, request, response, fits, form, said)
    })
  })

  // After sign-in, shoppers see the order's page, which has the Pay button.
  const toOrder = unlessGuest(
    deps.settings,
    requireUser((request) => `/orders/${String(request.params['orderKey'])}`),
    (request) => maySeeOrder(prisma, request.params['orderKey'], visitorOf(request)),
  )

  router.post('/orders/:orderKey/pay', toOrder, async (request, response) => {
    const visitor = visitorOf(request)
    const order = await ownOrder(prisma, request.params['orderKey'], visitor)
    await countCheckout(deps.limits, buyerOf(request, order.email), `/orders/${order.key}`)
    const { url } = await openCheckout(deps, { ...order, ...actingFor(order, visitor) })
    goToPayPage(deps, response, url)
  })

  router.get('/payment-success/link', async (request, response) => {
    await settleLinkSession(deps, request.query['session_id'], networkOf(request.ip))
    render(response, 'checkout/link-success', {})
  })

  const sessionIn = ({ params, query }: Request) => ({
    productId: params['productId'],
    sessionId: query['session_id'],
  })
  const toSuccess = unlessGuest(
    deps.settings,
    requireUser(),
    async (request) => (await attemptOf(prisma, sessionIn(request), visitorOf(request))) !== null,
  )

  router.get('/payment-success/:productId', toSuccess, async (request, response) => {
    const found = await orderOfSession(deps, sessionIn(request), visitorOf(request), request.originalUrl)
    render(response, 'checkout/success', successPage(found))
  })

  async function showProduct(
    request: Request,
    response: Response,
    product: ProductWithVariants,
  ): Promise<void> {
    const { query } = request
    const asked = { ...query, ...(query['variant'] !== undefined && { variant_id: query['variant'] }) }
    // Without a choice, the page shows what the product's page does. Nothing is ordered by it yet.
    const isChosen = Object.keys(asked).some((name) => /^(variant_id|option_\d)$/.test(name))
    const { id } = isChosen ? chosenVariant(product, asked) : firstToBuy(product)
    const { selection, notice } = await whatFits(request, product, id, readQuantity(query) ?? 1)
    await showCheckout(deps, request, response, selection, readCheckoutQuery(query), { notice })
  }

  /** As many units as can be ordered, and a notice if that is not what was asked for. */
  async function whatFits(
    request: Request,
    product: ProductWithVariants,
    variantId: number,
    asked: number,
  ): Promise<{ selection: Selection; notice: Notice | null }> {
    const available = await withOwnUnits(deps.database.direct, product, shopperOf(request))
    const selection = directSelection(available, variantId, asked)
    const most = selection.maxQuantity ?? asked
    const quantity = Math.max(1, Math.min(asked, most))
    if (quantity === asked) return { selection, notice: null }
    return {
      selection: directSelection(available, variantId, quantity),
      notice: most === 0 ? null : { kind: 'info', text: t().checkout.quantityAdjusted(quantity, most) },
    }
  }

  return router
}
