// The review page, the redirects to Stripe's page, and the success page.
import { Router, type Request, type Response } from 'express'
import { shownEmail } from '../accounts/email-address.js'
import { requireUser, userOf } from '../accounts/sign-in.js'
import { maxQuantity } from '../catalog/products.js'
import { productOf } from '../catalog/routes.js'
import { chosenVariant, selectionFields, variantName, variantPath } from '../catalog/variants.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import { withOwnUnits } from '../orders/open-orders.js'
import { ownOrder } from '../orders/own-order.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { isPayPage, withCallLimit } from '../payments/stripe-client.js'
import { reviewPath } from './change-selection-link.js'
import { countCheckout } from './count-checkout.js'
import { readPurchase } from './forms.js'
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
    const fields: unknown = request.method === 'POST' ? request.body : request.query
    const asked = new URLSearchParams(selectionFields(fields))
    if (quantity && quantity > 1) asked.set('quantity', String(quantity))
    return `/checkout/${String(request.params['productId'])}${asked.size > 0 ? `?${asked.toString()}` : ''}`
  })

  router.get('/checkout/:productId', signedIn, async (request, response) => {
    const product = await withOwnUnits(prisma, await productOf(prisma, request), userOf(request).id)
    const variant = chosenVariant(product, request.query)
    const most = maxQuantity(variant)
    const asked = parseQuantity(request) ?? 1
    const quantity = Math.max(1, Math.min(asked, most))
    const total = variant.unitAmount * quantity
    render(response, 'checkout/review', {
      item: {
        productId: product.id,
        variantId: variant.id,
        name: product.name,
        variantName: variantName(variant),
        image: variant.image ?? product.image,
        href: variantPath(product.id, variant.id),
        price: formatMoney(variant.unitAmount, variant.currency),
      },
      quantity,
      maxQuantity: most,
      total: formatMoney(total, variant.currency),
      shown: { unitAmount: variant.unitAmount, total, currency: variant.currency },
      email: shownEmail(userOf(request).email),
      notice: noticeOf(request, asked, quantity, most),
    })
  })

  router.post('/checkout/:productId', signedIn, async (request, response) => {
    const product = await productOf(prisma, request)
    const variant = chosenVariant(product, request.body)
    const selection = { productId: product.id, variantId: variant.id }
    const quantity = parseQuantity(request)
    if (quantity === null) throw invalidQuantity(selection)
    const { shown, mustShow } = readPurchase(request.body, quantity, variant.id)
    if (mustShow) {
      response.redirect(303, `${reviewPath(selection, quantity)}&updated`)
      return
    }
    const user = userOf(request)
    await countCheckout(deps.limits, user)
    const limited = { ...deps, stripe: withCallLimit(deps.stripe) }
    const order = await placeOrder(limited, user, [{ variantId: variant.id, quantity }], {
      payNow: true,
      shown,
    })
    goToPayPage(deps, response, (await openCheckout(limited, order)).url)
  })

  // After sign-in, shoppers see the order's page, which has the Pay button.
  const toOrder = requireUser((request) => `/orders/${String(request.params['orderKey'])}`)

  router.post('/orders/:orderKey/pay', toOrder, async (request, response) => {
    const user = userOf(request)
    const order = await ownOrder(prisma, request.params['orderKey'], user.id)
    await countCheckout(deps.limits, user)
    goToPayPage(deps, response, (await openCheckout(deps, order)).url)
  })

  router.get('/payment-success/:productId', requireUser(), async (request, response) => {
    const { params, query } = request
    const found = await orderOfSession(deps, params['productId'], query['session_id'], userOf(request).id)
    render(response, 'checkout/success', successPage(found))
  })
  return router
}

/**
 * Redirects to Stripe's page. Browsers silently block that on a host that our form-action does not name, but they follow
 * links anywhere.
 */
function goToPayPage({ stripe, log }: CheckoutDeps, response: Response, url: string): void {
  const { host } = new URL(url)
  if (isPayPage(stripe, url)) {
    response.redirect(303, url)
    return
  }
  log.error(
    { host },
    `Stripe’s payment page is on ${host}, where our forms may not lead: set STRIPE_CHECKOUT_DOMAIN=${host}. Until then shoppers get a page with a link.`,
  )
  render(response, 'checkout/continue', { href: url })
}

function noticeOf(request: Request, asked: number, quantity: number, most: number): Notice | null {
  if (most === 0) return null
  if (asked !== quantity) return { kind: 'info', text: t().checkout.quantityAdjusted(quantity, most) }
  return request.query['updated'] === undefined
    ? null
    : { kind: 'info', text: t().checkout.quantityUpdated(quantity) }
}

/** The quantity in the form or query string: 1 when there is none, null when it is not a number. */
function parseQuantity(request: Request): number | null {
  const body = request.body as Record<string, unknown> | undefined
  const text = request.method === 'POST' ? (body?.['quantity'] ?? '1') : (request.query['quantity'] ?? '1')
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : null
}
