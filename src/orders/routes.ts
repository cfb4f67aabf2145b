// An order's page, its live events and its receipt. Another shopper's order answers 404.
import { Router } from 'express'
import { requireUser, userOf } from '../accounts/sign-in.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { notFound, Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import { streamOrder } from './event-stream.js'
import { liveView } from './live-view.js'
import { orderView, stateOf } from './order-view.js'
import type { OrderWatch } from './order-watch.js'
import { ownOrder } from './own-order.js'
import type { OrderView } from './view-models.js'

/** @param watch notifies open pages when their order changes */
export function orderPages(prisma: PrismaClient, watch: OrderWatch): Router {
  const router = Router()
  const signedIn = requireUser()

  router.get('/orders/:orderKey', signedIn, async (request, response) => {
    const order = await ownOrder(prisma, request.params['orderKey'], userOf(request).id)
    render(response, 'orders/order', { order: orderView(order), notice: null, live: liveView(order) })
  })

  // Not a page, so visitors aren't redirected to sign in.
  router.get('/orders/:orderKey/events', async (request, response) => {
    if (!request.user) throw notFound('order')
    const order = await ownOrder(prisma, request.params['orderKey'], request.user.id)
    if (request.method === 'HEAD') response.type('text/event-stream').end()
    else streamOrder(response, watch, { ...order, sessionId: request.sessionID }, stateOf(order))
  })

  router.get('/orders/:orderKey/receipt', signedIn, async (request, response) => {
    const user = userOf(request)
    const order = orderView(await ownOrder(prisma, request.params['orderKey'], user.id))
    if (order.receiptHref === null) throw noReceipt(order)
    // The Back button must not show a receipt from before a refund.
    response.set('Cache-Control', 'no-store')
    render(response, 'orders/receipt', { order, buyer: user.name, asOf: formatDateTime(new Date()) })
  })

  return router
}

function noReceipt(order: OrderView): Problem {
  return new Problem(
    409,
    'not_paid',
    t().orders.receipt.notPaidTitle,
    t().orders.receipt.notPaid(order.number),
    { action: { href: `/orders/${order.key}`, label: t().orders.receipt.viewOrder } },
  )
}
