// What an order's total is made of, for pages and emails.
import { formatMoney } from '../money.js'
import { completedAttempt, totalsOf } from './order-facts.js'
import type { Shown } from './order-with-lines.js'
import type { OrderView } from './view-models.js'
import { t } from '../messages/index.js'

/** An order that is just its items has a total alone. */
export function totalOf(order: Shown): Pick<OrderView, 'parts' | 'total' | 'totalNotes' | 'isTaxToCome'> {
  const money = (amount: number, currency = order.currency) => formatMoney(amount, currency)
  const { sums } = t().orders
  const { itemsTotal, discountTotal, taxTotal, total } = totalsOf(order)
  const completed = completedAttempt(order.attempts)
  const isInclusive = order.taxBehavior === 'inclusive'
  const isTaxKnown = completed !== null && order.automaticTax
  const parts = [
    ...(discountTotal === 0 ? [] : [{ text: sums.discount, amount: `−${money(discountTotal)}` }]),
    ...(order.deliveryCountry === null
      ? []
      : [
          {
            text: sums.delivery(order.shippingRateName ?? ''),
            amount: order.shippingTotal === 0 ? sums.free : money(order.shippingTotal),
          },
        ]),
    ...(isTaxKnown && !isInclusive ? [{ text: sums.tax, amount: money(taxTotal) }] : []),
  ]
  const isTaxToCome = order.automaticTax && completed === null && !isInclusive
  const presentment = completed?.collected?.presentment ?? null
  return {
    parts: parts.length === 0 ? [] : [{ text: sums.subtotal, amount: money(itemsTotal) }, ...parts],
    total: money(total),
    totalNotes: [
      ...(isTaxToCome ? [sums.taxToCome] : []),
      ...(isInclusive && order.automaticTax && !isTaxKnown ? [sums.includesAnyTax] : []),
      ...(isInclusive && taxTotal > 0 ? [sums.includesTax(money(taxTotal))] : []),
      ...(presentment === null ? [] : [sums.chargedAs(money(presentment.amount, presentment.currency))]),
    ],
    isTaxToCome,
  }
}
