// An order as the JSON API shows it.
import { shownEmail } from '../accounts/email-address.js'
import { variantIdOf } from '../catalog/variants.js'
import { addresseeOf } from '../orders/delivery-view.js'
import { shownFulfilment } from '../orders/fulfilment.js'
import { completedAttempt, totalsOf, unmatchedOf } from '../orders/order-facts.js'
import { orderNumber } from '../orders/order-key.js'
import { attemptWithVoucher, canCancel, labelOf, stateOf } from '../orders/order-label.js'
import { isPayable } from '../orders/order-status.js'
import { requestedReturns, type OrderWithLines, type Shown } from '../orders/order-with-lines.js'
import { returnableOf } from '../orders/returnable.js'
import { withAmounts } from '../orders/stored-amounts.js'
import type { OrderJson } from './schemas.js'

/** @param returnDays the owner's setting */
export function orderJson(stored: OrderWithLines, returnDays: number): OrderJson {
  const order = withAmounts(stored)
  const totals = totalsOf(order)
  const waiting = attemptWithVoucher(order)
  return {
    order_id: order.key,
    number: orderNumber(order.key),
    status: order.status,
    fulfilment: shownFulfilment(order),
    label: labelOf(order),
    can_be_paid: isPayable(order.status) && order.canceledAt === null && stateOf(order) !== 'confirming',
    can_be_canceled: canCancel(order),
    email: shownEmail(order.email),
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
    canceled_at: order.canceledAt?.toISOString() ?? null,
    items: order.items.map((item) => ({
      product_id: item.productId,
      variant_id: variantIdOf(item),
      name: item.name,
      variant_name: item.variantName || null,
      sku: item.sku,
      image: item.image ?? item.product.image,
      unit_amount: item.unitAmount,
      quantity: item.quantity,
    })),
    shipping: shippingJson(order),
    billing: billingJson(order),
    shipments: order.shipments.map((shipment) => ({
      items: unitsJson(order, shipment.items),
      carrier: shipment.carrier,
      tracking_number: shipment.trackingNumber,
      tracking_url: shipment.trackingUrl,
      shipped_at: shipment.shippedAt.toISOString(),
      delivered_at: shipment.deliveredAt?.toISOString() ?? null,
    })),
    returns: requestedReturns(order).map((one) => ({
      return_id: one.key,
      // The database allows no other states.
      status: one.status as OrderJson['returns'][number]['status'],
      items: unitsJson(order, one.items),
      reason: one.reason,
      answer: one.answer,
      created_at: one.createdAt.toISOString(),
    })),
    returnable: returnableJson(order, returnDays),
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
    voucher: waiting?.voucherUrl
      ? { url: waiting.voucherUrl, pay_by: waiting.payBy?.toISOString() ?? null }
      : null,
    invoice: order.invoicePdf === null ? null : { pdf: order.invoicePdf, url: order.invoiceUrl },
    terms:
      order.termsVersion === null || order.termsAcceptedAt === null
        ? null
        : { version: order.termsVersion, accepted_at: order.termsAcceptedAt.toISOString() },
  }
}

function shippingJson(order: Shown): OrderJson['shipping'] {
  const { deliveryCountry: country, shippingRateName: rate, deliveryMinDays, deliveryMaxDays } = order
  const { phone = null } = completedAttempt(order.attempts)?.collected ?? {}
  const shipping = addresseeOf(order)
  if (country === null && shipping === null) return null
  return {
    ...{ rate, country, min_days: deliveryMinDays, max_days: deliveryMaxDays },
    ...{ name: shipping?.name ?? null, phone, address: shipping?.address ?? null },
    corrected: order.correctedAddress !== null,
  }
}

function billingJson(order: Shown): OrderJson['billing'] {
  const collected = completedAttempt(order.attempts)?.collected ?? null
  if (collected === null) return null
  const { billing, taxIds } = collected
  return { name: billing?.name ?? null, address: billing?.address ?? null, tax_ids: taxIds }
}

function returnableJson(order: Shown, returnDays: number): OrderJson['returnable'] {
  const returnable = returnableOf(order, returnDays)
  if (returnable === null) return null
  return { items: unitsJson(order, returnable.lines), until: returnable.until.toISOString() }
}

function unitsJson(
  order: Pick<Shown, 'items'>,
  units: readonly { orderItemId: number; quantity: number }[],
): OrderJson['shipments'][number]['items'] {
  return units.flatMap(({ orderItemId, quantity }) => {
    const item = order.items.find(({ id }) => id === orderItemId)
    return item
      ? [{ variant_id: variantIdOf(item), name: item.name, variant_name: item.variantName || null, quantity }]
      : []
  })
}
