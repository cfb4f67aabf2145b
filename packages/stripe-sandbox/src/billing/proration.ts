// Proration of subscription changes within a period.
import type { Account } from '../state/account.js'
import type { Subscription, SubscriptionItem } from '../wire.js'
import { createInvoiceItem } from './invoice-items.js'
import { amountOf, productName } from './invoice-lines.js'
import { periodOf } from './new-subscription.js'

/**
 * Prorates a change of items within a period: credits the unused time of the old items and charges the remaining time
 * at the new prices. Both become pending invoice items.
 *
 * @param at when the change takes effect, in Unix seconds
 */
export function prorate(
  account: Account,
  before: Subscription,
  after: readonly SubscriptionItem[],
  at: number,
): void {
  if (before.status !== 'active' && before.status !== 'past_due') return
  const { start, end } = periodOf(before)
  const remainingShare = Math.max(0, end - at) / (end - start)
  for (const old of before.items.data) {
    const now = after.find((item) => item.id === old.id)
    if (now && now.price.id === old.price.id && now.quantity === old.quantity) continue
    addProration(account, before, old, -Math.round(fullAmount(old) * remainingShare), 'Unused time', at)
    if (now)
      addProration(account, before, now, Math.round(fullAmount(now) * remainingShare), 'Remaining time', at)
  }
  for (const added of after) {
    if (before.items.data.some((item) => item.id === added.id)) continue
    addProration(account, before, added, Math.round(fullAmount(added) * remainingShare), 'Remaining time', at)
  }
}

function addProration(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  amount: number,
  label: 'Unused time' | 'Remaining time',
  at: number,
): void {
  const { price, quantity = 1 } = item
  const name = quantity === 1 ? productName(account, price) : `${quantity} × ${productName(account, price)}`
  createInvoiceItem(account, {
    customer: account.get('customer', subscription.customer),
    invoice: null,
    price,
    amount,
    quantity: 1,
    description: `${label} on ${name} after ${dateText(at)}`,
    period: { start: at, end: periodOf(subscription).end },
    proration: { subscription: subscription.id, item: item.id },
  })
}

function fullAmount(item: SubscriptionItem): number {
  return amountOf(item.price, item.quantity ?? 1)
}

/** For example `25 Nov 2026`. */
function dateText(seconds: number): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(seconds * 1000)
}
