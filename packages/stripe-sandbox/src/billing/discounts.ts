// Coupons on subscriptions and the discounts on their invoices.
import { reductions } from '../payments/reductions.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { AppliedDiscount } from '../state/records.js'
import type { InvoiceLineItem, Subscription } from '../wire.js'
import { addIntervals } from './periods.js'

/** Attaches a coupon to a subscription for the coupon's duration. */
export function attachDiscount(
  account: Account,
  subscription: Subscription,
  { coupon, products, discount }: AppliedDiscount,
): Subscription {
  const start = account.now()
  const months = coupon.duration === 'repeating' ? coupon.duration_in_months : null
  const stored = account.save('discount', {
    ...discount,
    id: newId('discount'),
    customer: subscription.customer,
    end: months === null ? null : addIntervals(start, { interval: 'month', interval_count: months }),
    start,
    subscription: subscription.id,
  })
  account.save('subscription_details', {
    id: subscription.id,
    discount: { coupon, products, discount: stored },
  })
  return account.update('subscription', subscription.id, { discounts: [stored.id] })
}

/** Removes a subscription's discount. */
export function detachDiscount(account: Account, subscriptionId: string): void {
  account.remove('subscription_details', subscriptionId)
  account.update('subscription', subscriptionId, { discounts: [] })
}

/** The discount on a subscription's next invoice, unless it has ended. */
export function discountOf(account: Account, subscriptionId: string): AppliedDiscount | undefined {
  const applied = account.find('subscription_details', subscriptionId)?.discount
  const end = applied?.discount.end ?? null
  return end !== null && end <= account.now() ? undefined : applied
}

/** Records that an invoice used the discount: a coupon with the duration `once` is detached. */
export function consumeDiscount(account: Account, subscriptionId: string): void {
  const applied = account.find('subscription_details', subscriptionId)?.discount
  if (applied?.coupon.duration === 'once') detachDiscount(account, subscriptionId)
}

/** The lines with their `discount_amounts` set. */
export function discountLines(
  lines: readonly InvoiceLineItem[],
  currency: string,
  applied: AppliedDiscount | undefined,
): InvoiceLineItem[] {
  if (!applied) return [...lines]
  const { coupon, products, discount } = applied
  const bases = lines.map((line) => {
    const product = line.pricing?.price_details?.product
    const eligible = products === null || (product !== undefined && products.includes(product))
    return eligible && line.discountable && line.amount > 0 ? line.amount : 0
  })
  const reductionByLine = reductions(coupon, bases, currency)
  return lines.map((line, index) => {
    const amount = reductionByLine[index] ?? 0
    return { ...line, discount_amounts: amount === 0 ? [] : [{ amount, discount: discount.id }] }
  })
}

/** What each discount takes off an invoice in total, in minor units. */
export function discountTotals(lines: readonly InvoiceLineItem[]): { amount: number; discount: string }[] {
  const sums = new Map<string, number>()
  for (const { discount_amounts: parts } of lines) {
    for (const { amount, discount } of parts ?? []) {
      sums.set(discount, (sums.get(discount) ?? 0) + amount)
    }
  }
  return [...sums].map(([discount, amount]) => ({ amount, discount }))
}
