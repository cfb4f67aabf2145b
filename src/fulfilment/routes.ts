// What a shopper does with an order after placing it: cancel it while it is unpaid, or request a return.
import { Router, type Request } from 'express'
import { requireUser } from '../accounts/sign-in.js'
import { buyerOf } from '../checkout/buyer.js'
import { countChange } from '../checkout/count-checkout.js'
import type { CheckoutDeps } from '../checkout/pay.js'
import { MAX_QUANTITY } from '../catalog/products.js'
import { maySeeOrder, ownOrder, unlessGuest } from '../orders/own-order.js'
import { visitorOf } from '../orders/visitor.js'
import { cancelOrder } from './cancel-order.js'
import type { Units } from './locked-order.js'
import { requestReturn } from './request-return.js'

export function fulfilmentPages(deps: CheckoutDeps): Router {
  const { prisma } = deps.database
  const router = Router()
  // After sign-in, shoppers see the order's page, which has the forms.
  const toOrder = unlessGuest(
    deps.settings,
    requireUser((request) => `/orders/${String(request.params['orderKey'])}`),
    (request) => maySeeOrder(prisma, request.params['orderKey'], visitorOf(request)),
  )

  router.post('/orders/:orderKey/cancel', toOrder, async (request, response) => {
    const order = await ownOrderOf(request)
    await cancelOrder(deps, order.id, 'shopper')
    response.redirect(303, `/orders/${order.key}`)
  })

  router.post('/orders/:orderKey/returns', toOrder, async (request, response) => {
    const order = await ownOrderOf(request)
    const { lines, reason } = readReturnForm(request.body)
    await requestReturn(deps, order.id, { lines, reason })
    response.redirect(303, `/orders/${order.key}#returns`)
  })

  /** Both lock the order, and the first asks Stripe: they are limited like checkouts. */
  async function ownOrderOf(request: Request) {
    const order = await ownOrder(prisma, request.params['orderKey'], visitorOf(request))
    await countChange(deps.limits, buyerOf(request, order.email))
    return order
  }

  return router
}

/** A field `item_12` for each line, with how many units go back. Empty and zero: none. */
function readReturnForm(body: unknown): { lines: Units[]; reason: string } {
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : []
  const lines = fields.flatMap(([name, value]) => {
    const id = /^item_([1-9]\d{0,8})$/.exec(name)?.[1]
    if (id === undefined || typeof value !== 'string' || !/^\d{1,4}$/.test(value.trim())) return []
    const quantity = Math.min(Number(value), MAX_QUANTITY)
    return quantity === 0 ? [] : [{ orderItemId: Number(id), quantity }]
  })
  const reason = fields.find(([name]) => name === 'reason')?.[1] as unknown
  return { lines, reason: typeof reason === 'string' ? reason : '' }
}
