// JSON API: creating the payment session of an order.
import { Router } from 'express'
import { requireApiUser, userOf } from '../accounts/sign-in.js'
import { countCheckout } from '../checkout/count-checkout.js'
import { openCheckout } from '../checkout/open-checkout.js'
import { assertShown } from '../checkout/place-order.js'
import type { CheckoutDeps } from '../checkout/pay.js'
import { orderView } from '../orders/order-view.js'
import { ownOrder } from '../orders/own-order.js'
import { readBody } from './body.js'
import { newSession, shownIn, type CheckoutSessionJson } from './schemas.js'

export function paymentApi(deps: CheckoutDeps): Router {
  const router = Router()

  router.post('/api/payments/create-session', requireApiUser, async (request, response) => {
    const body = readBody(newSession, request.body, 'invalid_order_id')
    const user = userOf(request)
    const order = await ownOrder(deps.database.prisma, body.order_id, user.id)
    const shown = shownIn(body)
    if (shown !== null) assertShown(shown, order)
    await countCheckout(deps.limits, user)
    const { url, sessionId, expiresAt } = await openCheckout(deps, order)
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
