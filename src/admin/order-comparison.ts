// What Stripe says of an order's payments, beside what was expected.
import { formatMoney } from '../money.js'
import { completedAttempt, totalOfItems, unmatchedOf } from '../orders/order-facts.js'
import type { OrderRecord } from '../orders/order-record.js'
import type { Comparison } from './order-models.js'

/** Of each session that was completed. A payment that does not fit is compared with the whole order. */
export function comparisonsOf(order: OrderRecord): Comparison[] {
  const money = (amount: number, currency = order.currency) => formatMoney(amount, currency)
  const items = totalOfItems(order)
  const fitting = order.attempts.flatMap((attempt): Comparison[] => {
    if (attempt.amountTotal === null) return []
    const { amountDiscount, amountShipping, amountTax, amountTotal } = attempt
    const taxOnTop = order.taxBehavior === 'inclusive' ? 0 : amountTax
    const subtotal = amountTotal - amountShipping - taxOnTop + amountDiscount
    const row = (text: string, expected: number, actual: number) => ({
      ...{ text, expected: money(expected), actual: money(actual), differs: expected !== actual },
    })
    const isLater = attempt.id !== completedAttempt(order.attempts)?.id
    return [
      {
        title: isLater ? `Attempt ${attempt.number}, beside the one that paid` : `Attempt ${attempt.number}`,
        rows: [
          row('Items', items, subtotal),
          row('Delivery', order.shippingTotal, amountShipping),
          {
            ...{ text: 'Discount', actual: money(amountDiscount) },
            expected: attempt.promotionCodes === false ? money(0) : 'any code',
            differs: attempt.promotionCodes === false && amountDiscount > 0,
          },
          {
            ...{ text: 'Tax', actual: money(amountTax) },
            expected: order.automaticTax ? 'as Stripe Tax finds' : money(0),
            differs: !order.automaticTax && amountTax > 0,
          },
          row('Total', items + order.shippingTotal - amountDiscount + taxOnTop, amountTotal),
        ],
      },
    ]
  })
  const expected = items + order.shippingTotal
  const others = unmatchedOf(order).map((one): Comparison => ({
    title: `Session ${one.id}, which does not fit`,
    rows: [
      {
        text: 'Total',
        expected: money(expected),
        actual: one.amount === null ? 'unknown' : money(one.amount, one.currency ?? ''),
        differs: one.amount !== expected || one.currency !== order.currency,
      },
    ],
  }))
  return [...fitting, ...others]
}
