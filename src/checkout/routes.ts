// The review page, the redirects to Stripe's page, and the success page.
import { Router, type Request } from 'express'
import { requireUser, userOf } from '../accounts/sign-in.js'
import { maxQuantity, productCard } from '../catalog/products.js'
import { productOf } from '../catalog/routes.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import { withOwnUnits } from '../orders/open-orders.js'
import { ownOrder } from '../orders/own-order.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { countCheckout } from './count-checkout.js'
import { invalidQuantity, placeOrder } from './place-order.js'
import { openCheckout } from './open-checkout.js'
import { orderOfSession, successPage } from './success-page.js'

export interface CheckoutDeps extends PaymentDeps {
  limits: RateLimits
}

export function checkoutPages(deps: CheckoutDeps): Router {
  const { prisma } = deps.database
  const router = Router()
  // After sign-in, shoppers see the review page: a purchase starts with a click, not with a redirect.
  const signedIn = requireUser((request) => {
    const quantity = parseQuantity(request)
    return `/checkout/${String(request.params['productId'])}${quantity && quantity > 1 ? `?quantity=${quantity}` : ''}`
  })

  router.get('/checkout/:productId', signedIn, async (request, response) => {
    const product = await withOwnUnits(prisma, await productOf(prisma, request), userOf(request).id)
    const most = maxQuantity(product)
    const asked = parseQuantity(request) ?? 1
    const quantity = Math.max(1, Math.min(asked, most))
    render(response, 'checkout/review', {
      product: productCard(product),
      quantity,
      maxQuantity: most,
      total: formatMoney(product.unitAmount * quantity, product.currency),
      email: userOf(request).email,
      notice:
        asked === quantity || most === 0
          ? null
          : {
              kind: 'info',
              text: t().checkout.quantityAdjusted(quantity, most),
            },
    })
  })

  router.post('/checkout/:productId', signedIn, async (request, response) => {
    const product = await productOf(prisma, request)
    const quantity = parseQuantity(request)
    if (quantity === null) throw invalidQuantity(product.id)
    const user = userOf(request)
    await countCheckout(deps.limits, user)
    const order = await placeOrder(deps, user, [{ productId: product.id, quantity }], { payNow: true })
    response.redirect(303, (await openCheckout(deps, order)).url)
  })

  // After sign-in, shoppers see the order's page, which has the Pay button.
  const toOrder = requireUser((request) => `/orders/${String(request.params['orderKey'])}`)

  router.post('/orders/:orderKey/pay', toOrder, async (request, response) => {
    const user = userOf(request)
    const order = await ownOrder(prisma, request.params['orderKey'], user.id)
    await countCheckout(deps.limits, user)
    response.redirect(303, (await openCheckout(deps, order)).url)
  })

  router.get('/payment-success/:productId', requireUser(), async (request, response) => {
    const { params, query } = request
    const found = await orderOfSession(deps, params['productId'], query['session_id'], userOf(request).id)
    render(response, 'checkout/success', successPage(found))
  })
  return router
}

/** The quantity in the form or query string: 1 when there is none, null when it is not a number. */
function parseQuantity(request: Request): number | null {
  const body = request.body as Record<string, unknown> | undefined
  const text = request.method === 'POST' ? (body?.['quantity'] ?? '1') : (request.query['quantity'] ?? '1')
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : null
}
