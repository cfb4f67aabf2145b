// JSON API: placing, listing and retrieving orders.
import { Router } from 'express'
import { requireApiUser, userOf } from '../accounts/sign-in.js'
import { variantIdOf } from '../catalog/variants.js'
import { countCheckout } from '../checkout/count-checkout.js'
import { placeOrder } from '../checkout/place-order.js'
import type { CheckoutDeps } from '../checkout/pay.js'
import type { ReadList } from '../http/list-limit.js'
import { pageNumber } from '../http/paging.js'
import { Problem } from '../http/problem.js'
import { completedAttempt, totalsOf, unmatchedOf } from '../orders/order-facts.js'
import { orderNumber } from '../orders/order-key.js'
import { findOwnOrders } from '../orders/order-view.js'
import type { OrderWithLines, Shown } from '../orders/order-with-lines.js'
import { ownOrder } from '../orders/own-order.js'
import { withAmounts } from '../orders/stored-amounts.js'
import { readBody } from './body.js'
import { wantedItems } from './wanted-items.js'
import { newOrder, shownIn, type OrderJson, type OrderListJson } from './schemas.js'

export function orderApi(deps: CheckoutDeps, readList: ReadList): Router {
  const { prisma } = deps.database
  const router = Router()

  router.post('/api/orders', requireApiUser, async (request, response) => {
    const body = readBody(newOrder, request.body, 'invalid_order')
    const user = userOf(request)
    await countCheckout(deps.limits, user)
    const wanted = await wantedItems(prisma, body.items)
    const { country, shipping_rate: rateId } = body
    const options = {
      shown: shownIn(body),
      delivery: country === undefined || rateId === undefined ? null : { country, rateId },
    }
    const { key, created } = await placeOrder(deps, user, wanted, options).catch(forPrograms)
    response.status(created ? 201 : 200).location(`/api/orders/${key}`)
    response.json(orderJson(await ownOrder(prisma, key, user.id)))
  })

  router.get('/api/orders', requireApiUser, async (request, response) => {
    const page = pageNumber.parse(request.query['page'])
    const { id } = userOf(request)
    const { orders, pages, total } = await readList(() => findOwnOrders(prisma, id, page))
    const list: OrderListJson = { orders: orders.map(orderJson), page, pages, total }
    response.json(list)
  })

  router.get('/api/orders/:orderKey', requireApiUser, async (request, response) => {
    response.json(orderJson(await ownOrder(prisma, request.params['orderKey'], userOf(request).id)))
  })
  return router
}

/** Pages ask shoppers to choose, which a program does with two fields. */
function forPrograms(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'delivery_required') throw error
  throw new Problem(
    409,
    error.code,
    error.title,
    'A product requires shipping: send country and shipping_rate. GET /api/shipping-rates?country=DE lists the rates of a country.',
  )
}

function orderJson(stored: OrderWithLines): OrderJson {
  const order = withAmounts(stored)
  const totals = totalsOf(order)
  const waiting = order.attempts.find(
    ({ status, voucherUrl }) => status === 'processing' && voucherUrl !== null,
  )
  return {
    order_id: order.key,
    number: orderNumber(order.key),
    status: order.status,
    currency: order.currency,
    items_total: totals.itemsTotal,
    discount_total: totals.discountTotal,
    shipping_total: order.shippingTotal,
    tax_total: totals.taxTotal,
    tax_behavior: order.taxBehavior,
    total: totals.total,
    presentment: completedAttempt(order.attempts)?.collected?.presentment ?? null,
    amount_paid: order.amountPaid,
    amount_refunded: order.amountRefunded,
    created_at: order.createdAt.toISOString(),
    paid_at: order.paidAt?.toISOString() ?? null,
    items: order.items.map((item) => ({
      product_id: item.productId,
      variant_id: variantIdOf(item),
      name: item.name,
      variant_name: item.variantName || null,
      sku: item.sku,
      unit_amount: item.unitAmount,
      quantity: item.quantity,
    })),
    shipping: shippingJson(order),
    refunds: order.refunds.map((refund) => ({
      amount: refund.amount,
      currency: refund.currency,
      status: refund.status === 'requested' ? 'pending' : refund.status,
      created_at: refund.createdAt.toISOString(),
    })),
    unmatched_payments: unmatchedOf(order).map(({ amount, currency, status, paidAt }) => ({
      amount,
      currency,
      status: status === 'paid' || status === 'failed' ? status : 'processing',
      paid_at: paidAt?.toISOString() ?? null,
    })),
    voucher:
      order.status === 'processing' && waiting?.voucherUrl
        ? { url: waiting.voucherUrl, pay_by: waiting.payBy?.toISOString() ?? null }
        : null,
  }
}

function shippingJson(order: Shown): OrderJson['shipping'] {
  const { deliveryCountry: country, shippingRateName: rate, deliveryMinDays, deliveryMaxDays } = order
  const { shipping = null, phone = null } = completedAttempt(order.attempts)?.collected ?? {}
  if (country === null && shipping === null) return null
  return {
    ...{ rate, country, min_days: deliveryMinDays, max_days: deliveryMaxDays },
    ...{ name: shipping?.name ?? null, phone, address: shipping?.address ?? null },
  }
}
