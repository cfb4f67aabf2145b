// An order's page, paying it, and orders as JSON. Somebody else's order does not exist.
import { Router } from 'express'
import { z } from 'zod'
import { readBody } from '../api/body.js'
import { newOrder, type OrderListJson } from '../api/schemas.js'
import { requireApiUser, requireUser, userOf } from '../accounts/sign-in.js'
import type { RateLimits } from '../http/rate-limits.js'
import { notFound, Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import type { OrderView } from '../http/view-models.js'
import { openCheckout, type CheckoutParts } from '../payments/open-checkout.js'
import { moment } from './moment.js'
import { isOrderKey } from './order-key.js'
import { streamOrder } from './event-stream.js'
import { liveView } from './live-view.js'
import type { OrderWatch } from './order-watch.js'
import {
  findOwnOrder,
  findOwnOrders,
  orderJson,
  orderView,
  stateOf,
  type OrderWithLines,
} from './order-view.js'
import { placeOrder } from './place-order.js'

export interface OrderParts extends CheckoutParts {
  limits: RateLimits
}

const pageNumber = z.coerce.number().int().min(1).max(10_000).catch(1)

/** @param watch where pages that wait are told of news */
export function orderPages(parts: OrderParts, watch: OrderWatch): Router {
  const { prisma } = parts.database
  const router = Router()
  /** After signing in, the page; for paying, the page that has the button. */
  const signedIn = requireUser((request) =>
    request.method === 'GET' ? request.originalUrl : `/orders/${String(request.params['orderKey'])}`,
  )

  router.get('/orders/:orderKey', signedIn, async (request, response) => {
    const order = await ownOrder(prisma, request.params['orderKey'], userOf(request).id)
    render(response, 'orders/order', { order: orderView(order), notice: null, live: liveView(order) })
  })

  // No page: who is not signed in is not led anywhere.
  router.get('/orders/:orderKey/events', async (request, response) => {
    if (!request.user) throw notFound('order')
    const order = await ownOrder(prisma, request.params['orderKey'], request.user.id)
    if (request.method === 'HEAD') response.type('text/event-stream').end()
    else streamOrder(response, watch, order, stateOf(order))
  })

  router.get('/orders/:orderKey/receipt', signedIn, async (request, response) => {
    const user = userOf(request)
    const order = orderView(await ownOrder(prisma, request.params['orderKey'], user.id))
    if (order.receiptHref === null) throw noReceipt(order)
    // Not even the browser keeps it: one that was opened before a refund must not come back after it.
    response.set('Cache-Control', 'no-store')
    render(response, 'orders/receipt', { order, buyer: user.name, asOf: moment(new Date()) })
  })

  router.post('/orders/:orderKey/pay', signedIn, async (request, response) => {
    const user = userOf(request)
    const order = await ownOrder(prisma, request.params['orderKey'], user.id)
    await countCheckout(parts.limits, user.id)
    response.redirect(303, (await openCheckout(parts, order)).url)
  })
  return router
}

export function orderApi(parts: OrderParts): Router {
  const { prisma } = parts.database
  const router = Router()

  router.post('/api/orders', requireApiUser, async (request, response) => {
    const { items } = readBody(newOrder, request.body, 'invalid_order')
    const user = userOf(request)
    await countCheckout(parts.limits, user.id)
    const wanted = items.map((item) => ({ productId: item.product_id, quantity: item.quantity }))
    const { key, created } = await placeOrder(parts, user, wanted)
    response.status(created ? 201 : 200).location(`/api/orders/${key}`)
    response.json(orderJson(await ownOrder(prisma, key, user.id)))
  })

  router.get('/api/orders', requireApiUser, async (request, response) => {
    const page = pageNumber.parse(request.query['page'])
    const { orders, pages, total } = await findOwnOrders(prisma, userOf(request).id, page)
    const list: OrderListJson = { orders: orders.map(orderJson), page, pages, total }
    response.json(list)
  })

  router.get('/api/orders/:orderKey', requireApiUser, async (request, response) => {
    response.json(orderJson(await ownOrder(prisma, request.params['orderKey'], userOf(request).id)))
  })
  return router
}

/** @throws Problem 404 for an order that is not there or is somebody else's */
export async function ownOrder(
  prisma: CheckoutParts['database']['prisma'],
  key: unknown,
  userId: number,
): Promise<OrderWithLines> {
  const order = isOrderKey(key) ? await findOwnOrder(prisma, key, userId) : null
  if (!order) throw notFound('order')
  return order
}

function noReceipt(order: OrderView): Problem {
  return new Problem(
    409,
    'not_paid',
    'There is no receipt yet',
    `Order ${order.number} is not paid. Its receipt is here once it is.`,
    { action: { href: `/orders/${order.key}`, label: 'See the order' } },
  )
}

/** @throws Problem 429 when a shopper begins more checkouts than a person does */
export function countCheckout(limits: RateLimits, userId: number): Promise<void> {
  return limits.count(
    'checkout',
    String(userId),
    'Those were many checkouts in a short time. Please wait a minute.',
  )
}
