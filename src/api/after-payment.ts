// JSON API: canceling an order and requesting a return.
import { Router, type Request } from 'express'
import { requireApiUser } from '../accounts/sign-in.js'
import { variantIdOf } from '../catalog/variants.js'
import { buyerOf } from '../checkout/buyer.js'
import { countChange } from '../checkout/count-checkout.js'
import type { CheckoutDeps } from '../checkout/pay.js'
import { cancelOrder } from '../fulfilment/cancel-order.js'
import type { Units } from '../fulfilment/locked-order.js'
import { requestReturn } from '../fulfilment/request-return.js'
import { Problem } from '../http/problem.js'
import type { OrderWithLines } from '../orders/order-with-lines.js'
import { maySeeOrder, ownOrder, unlessGuest } from '../orders/own-order.js'
import { visitorOf } from '../orders/visitor.js'
import { readBody } from './body.js'
import { orderJson } from './order-json.js'
import { newReturn, type OrderJson } from './schemas.js'

export function afterPaymentApi(deps: CheckoutDeps): Router {
  const { prisma } = deps.database
  const router = Router()
  const maySee = unlessGuest(deps.settings, requireApiUser, (request) =>
    maySeeOrder(prisma, request.params['orderKey'], visitorOf(request)),
  )

  router.post('/api/orders/:orderKey/cancel', maySee, async (request, response) => {
    const order = await ownOrderOf(request)
    await cancelOrder(deps, order.id, 'shopper')
    response.json(await jsonOf(order.key, request))
  })

  router.post('/api/orders/:orderKey/returns', maySee, async (request, response) => {
    const { items, reason } = readBody(newReturn, request.body, 'invalid_return')
    const order = await ownOrderOf(request)
    await requestReturn(deps, order.id, { lines: items.map((item) => lineOf(order, item)), reason })
    response.json(await jsonOf(order.key, request))
  })

  async function jsonOf(key: string, request: Request): Promise<OrderJson> {
    const { returnDays } = await deps.settings()
    return orderJson(await ownOrder(prisma, key, visitorOf(request)), returnDays)
  }

  async function ownOrderOf(request: Request): Promise<OrderWithLines> {
    const order = await ownOrder(prisma, request.params['orderKey'], visitorOf(request))
    await countChange(deps.limits, buyerOf(request, order.email))
    return order
  }

  return router
}

function lineOf(
  { items }: OrderWithLines,
  { variant_id: variantId, quantity }: { variant_id: number; quantity: number },
): Units {
  const item = items.find((one) => variantIdOf(one) === variantId)
  if (item) return { orderItemId: item.id, quantity }
  throw new Problem(400, 'invalid_return', 'The body is invalid', `The order has no variant ${variantId}.`)
}
