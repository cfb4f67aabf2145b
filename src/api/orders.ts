// JSON API: placing, listing and retrieving orders.
import { Router } from 'express'
import { requireApiUser, userOf } from '../accounts/sign-in.js'
import { savePricesShown } from '../cart/cart.js'
import { cartOwner, knowGuest } from '../cart/visitors-cart.js'
import { buyerOf } from '../checkout/buyer.js'
import { countCheckout } from '../checkout/count-checkout.js'
import { placeOrder } from '../checkout/place-order.js'
import type { CheckoutDeps } from '../checkout/pay.js'
import { preferredLanguage } from '../http/languages.js'
import type { ReadList } from '../http/list-limit.js'
import { pageNumber } from '../http/paging.js'
import { Problem } from '../http/problem.js'
import { findOwnOrders } from '../orders/order-view.js'
import { ordersAfter } from '../orders/orders-by-key.js'
import type { OrderWithLines } from '../orders/order-with-lines.js'
import { maySeeOrder, ownOrder, unlessGuest } from '../orders/own-order.js'
import { visitorOf } from '../orders/visitor.js'
import { readBody } from './body.js'
import { orderJson } from './order-json.js'
import { requireApiShopper } from './require-shopper.js'
import { wantedCart } from './wanted-cart.js'
import { wantedItems } from './wanted-items.js'
import { newOrder, orderQuery, shownIn, type OrderListJson } from './schemas.js'

export function orderApi(deps: CheckoutDeps, readList: ReadList): Router {
  const { prisma } = deps.database
  const router = Router()
  const jsonOf = async (order: OrderWithLines) => orderJson(order, (await deps.settings()).returnDays)

  router.post('/api/orders', requireApiShopper(deps.settings), async (request, response) => {
    const body = readBody(newOrder, request.body, 'invalid_order')
    if (!request.user && body.email === undefined) throw emailRequired()
    knowGuest(request, response, deps.cookie)
    const buyer = buyerOf(request, body.email ?? '')
    await countCheckout(deps.limits, buyer)
    const { country, shipping_rate: rateId } = body
    const shown = shownIn(body)
    const ordered = body.items
      ? { items: await wantedItems(prisma, body.items), part: null }
      : await wantedCart(prisma, cartOwner(request, deps.cookie), body.currency, shown !== null)
    const language = body.locale ?? preferredLanguage(request)
    const options = {
      shown,
      ...(language !== null && { language }),
      cartId: ordered.part?.cartId ?? null,
      origin: 'api' as const,
      acceptedTerms: body.accepted_terms ?? null,
      delivery: country === undefined || rateId === undefined ? null : { country, rateId },
    }
    const { key, created } = await placeOrder(deps, buyer, ordered.items, options).catch(forPrograms)
    if (ordered.part) await savePricesShown(prisma, ordered.part.items)
    response.status(created ? 201 : 200).location(`/api/orders/${key}`)
    response.json(await jsonOf(await ownOrder(prisma, key, visitorOf(request))))
  })

  router.get('/api/orders', requireApiUser, async (request, response) => {
    const page = pageNumber.parse(request.query['page'])
    const { after, status } = readBody(orderQuery, request.query, 'invalid_query', 'query')
    const { id } = userOf(request)
    const { returnDays } = await deps.settings()
    if (after === undefined && status === undefined) {
      const { orders, pages, total } = await readList(() => findOwnOrders(prisma, id, page))
      const next = page < pages ? (orders.at(-1)?.key ?? null) : null
      const list = { orders: orders.map((order) => orderJson(order, returnDays)), next, page, pages, total }
      response.json(list satisfies OrderListJson)
      return
    }
    const { orders, next } = await readList(() => ordersAfter(prisma, id, after, status))
    const list: OrderListJson = {
      orders: orders.map((order) => orderJson(order, returnDays)),
      next,
      ...{ page: null, pages: null, total: null },
    }
    response.json(list)
  })

  const signedIn = unlessGuest(deps.settings, requireApiUser, (request) =>
    maySeeOrder(prisma, request.params['orderKey'], visitorOf(request)),
  )
  router.get('/api/orders/:orderKey', signedIn, async (request, response) => {
    response.json(await jsonOf(await ownOrder(prisma, request.params['orderKey'], visitorOf(request))))
  })
  return router
}

function emailRequired(): Problem {
  const detail = 'Send email to order without an account, or sign in.'
  return new Problem(400, 'invalid_order', 'The body is invalid', detail, {
    errors: [{ field: 'email', detail: 'is required without an account' }],
  })
}

/** Pages ask shoppers to choose or to accept, which a program does with fields. */
function forPrograms(error: unknown): never {
  if (error instanceof Problem && error.code === 'terms_required') {
    const { errors = [] } = error.options
    const detail = errors.map((each) => `${each.field} ${each.detail}`).join('; ')
    throw new Problem(error.status, error.code, error.title, `${detail}.`, { errors })
  }
  if (!(error instanceof Problem) || error.code !== 'delivery_required') throw error
  throw new Problem(
    409,
    error.code,
    error.title,
    'A product requires shipping: send country and shipping_rate. GET /api/shipping-rates?country=DE lists the rates of a country.',
  )
}
