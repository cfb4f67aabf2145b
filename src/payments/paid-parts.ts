// What was paid for each line of an order and for its delivery: after discounts, with tax.
import { ruleOf } from '../money.js'
import { completedAttempt, totalOfItems, type OrderFacts } from '../orders/order-facts.js'
import { linePayments } from './merge-report.js'

type Paid = Pick<OrderFacts, 'items' | 'attempts' | 'shippingTotal' | 'taxBehavior'>

/** In minor units. Discounts are on lines alone. Of tax on top, each has its part by its amount. */
export function paidParts({ items, attempts, shippingTotal, taxBehavior }: Paid): {
  /** In the order of the items. */
  lines: number[]
  shipping: number
} {
  const completed = completedAttempt(attempts)
  const net = totalOfItems({ items }) - (completed?.amountDiscount ?? 0)
  const taxOnTop = taxBehavior === 'inclusive' ? 0 : (completed?.amountTax ?? 0)
  const taxed = net + shippingTotal
  const taxOfItems = taxed === 0 ? 0 : Math.floor((taxOnTop * net) / taxed)
  return { lines: linePayments(items, net + taxOfItems), shipping: shippingTotal + taxOnTop - taxOfItems }
}

/** To an amount that Stripe accepts. */
export function roundDown(amount: number, currency: string): number {
  const { step } = ruleOf(currency)
  return amount - (amount % step)
}
