// JSON API: creating the payment session of an order.
import { Router } from 'express'
import { fieldOf } from '../accounts/forms.js'
import { requireApiUser } from '../accounts/sign-in.js'
import { buyerOf } from '../checkout/buyer.js'
import { countCheckout } from '../checkout/count-checkout.js'
import { openCheckout } from '../checkout/open-checkout.js'
import { assertShown } from '../checkout/new-order.js'
import type { CheckoutDeps } from '../checkout/pay.js'
import { orderView } from '../orders/order-view.js'
import { maySeeOrder, ownOrder, unlessGuest } from '../orders/own-order.js'
import { actingFor, visitorOf } from '../orders/visitor.js'
import { readBody } from './body.js'
import { newSession, shownIn, type CheckoutSessionJson } from './schemas.js'

export function paymentApi(deps: CheckoutDeps): Router {
  const router = Router()

  const { prisma } = deps.database
  const signedIn = unlessGuest(deps.settings, requireApiUser, (request) =>
    maySeeOrder(prisma, fieldOf(request.body, 'order_id'), visitorOf(request)),
  )

  router.post('/api/payments/create-session', signedIn, async (request, response) => {
    const body = readBody(newSession, request.body, 'invalid_order_id')
    const visitor = visitorOf(request)
    const order = await ownOrder(prisma, body.order_id, visitor)
    const shown = shownIn(body)
    if (shown !== null) assertShown(shown, order)
    await countCheckout(deps.limits, buyerOf(request, order.email), `/orders/${order.key}`)
    const { url, sessionId, expiresAt } = await openCheckout(deps, {
      ...order,
      ...actingFor(order, visitor),
    })
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
