// From Purchase to Stripe's page, and back to the page that tells the truth.
import { Router, type Request } from 'express'
import { requireApiUser, requireUser, userOf } from '../accounts/sign-in.js'
import { readBody } from '../api/body.js'
import { newSession, type CheckoutSessionJson } from '../api/schemas.js'
import { maxQuantity, productCard } from '../catalog/products.js'
import { productFor, productOf } from '../catalog/routes.js'
import { render } from '../http/render.js'
import { formatMoney } from '../money.js'
import { orderView } from '../orders/order-view.js'
import { invalidQuantity, placeOrder } from '../orders/place-order.js'
import { countCheckout, ownOrder, type OrderParts } from '../orders/routes.js'
import { openCheckout } from './open-checkout.js'
import { orderOfSession, successPage } from './success-page.js'

export function checkoutPages(parts: OrderParts): Router {
  const { prisma } = parts.database
  const router = Router()
  /** After signing in, the review page: a purchase begins with a click, not with a redirect. */
  const signedIn = requireUser((request) => {
    const quantity = parseQuantity(request)
    return `/checkout/${String(request.params['productId'])}${quantity && quantity > 1 ? `?quantity=${quantity}` : ''}`
  })

  router.get('/checkout/:productId', signedIn, async (request, response) => {
    const product = await productFor(prisma, request)
    const most = maxQuantity(product)
    const asked = parseQuantity(request) ?? 1
    const quantity = Math.max(1, Math.min(asked, most))
    render(response, 'orders/review', {
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
              text: `You can order ${most === 1 ? 'only 1' : `1 to ${most}`} of these: the quantity is ${quantity} now.`,
            },
    })
  })

  router.post('/checkout/:productId', signedIn, async (request, response) => {
    const product = await productOf(prisma, request)
    const quantity = parseQuantity(request)
    if (quantity === null) throw invalidQuantity(product.id)
    const user = userOf(request)
    await countCheckout(parts.limits, user.id)
    const order = await placeOrder(parts, user, [{ productId: product.id, quantity }], { payNow: true })
    response.redirect(303, (await openCheckout(parts, order)).url)
  })

  router.get('/payment-success/:productId', requireUser(), async (request, response) => {
    const { params, query } = request
    const found = await orderOfSession(parts, params['productId'], query['session_id'], userOf(request).id)
    render(response, 'payments/success', successPage(found))
  })
  return router
}

export function checkoutApi(parts: OrderParts): Router {
  const router = Router()

  router.post('/api/payments/create-session', requireApiUser, async (request, response) => {
    const { order_id: key } = readBody(newSession, request.body, 'invalid_order_id')
    const user = userOf(request)
    const order = await ownOrder(parts.database.prisma, key, user.id)
    await countCheckout(parts.limits, user.id)
    const { url, sessionId, expiresAt } = await openCheckout(parts, order)
    const session: CheckoutSessionJson = {
      checkout_url: url,
      session_id: sessionId,
      expires_at: expiresAt.toISOString(),
      order: { order_id: order.key, total: orderView(order).total },
    }
    response.json(session)
  })
  return router
}

/** The quantity that a form or an address asks for: 1 when it says nothing, null when it is no number. */
function parseQuantity(request: Request): number | null {
  const body = request.body as Record<string, unknown> | undefined
  const text = request.method === 'POST' ? (body?.['quantity'] ?? '1') : (request.query['quantity'] ?? '1')
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : null
}
