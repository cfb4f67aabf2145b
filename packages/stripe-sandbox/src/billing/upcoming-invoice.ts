// The preview of a subscription's next invoice.
import type { Account } from '../state/account.js'
import type { Invoice, Subscription } from '../wire.js'
import { discountOf } from './discounts.js'
import { lineForItem, subscriptionLines } from './invoice-lines.js'
import { buildInvoice } from './invoices.js'
import { intervalOf, periodOf } from './new-subscription.js'
import { periodEnd } from './periods.js'
import { BILLING_RULES } from './rules.js'

/** The next renewal's invoice if nothing changes until then. It is not stored. */
export function upcomingInvoice(account: Account, subscription: Subscription): Invoice {
  const current = periodOf(subscription)
  const end = periodEnd(subscription.billing_cycle_anchor, intervalOf(subscription), current.end)
  const pending = [...account.all('invoiceitem').oldestFirst()].filter(
    (item) => item.customer === subscription.customer && item.invoice === null,
  )
  const invoice = buildInvoice(account, `upcoming_in_${subscription.id.slice(4)}`, {
    customer: account.get('customer', subscription.customer),
    currency: subscription.currency,
    reason: 'upcoming',
    period: current,
    lines: [
      ...pending.map(lineForItem),
      ...subscriptionLines(account, subscription, { start: current.end, end }),
    ],
    subscription,
    discount: discountOf(account, subscription.id),
    autoAdvance: true,
    includePendingItems: false,
  })
  return {
    ...invoice,
    created: current.end,
    next_payment_attempt: current.end + BILLING_RULES.draftSeconds,
    automatically_finalizes_at: null,
  }
}
