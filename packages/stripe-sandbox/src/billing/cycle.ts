import type { Account } from '../state/account.js'
import type { Invoice, Subscription } from '../wire.js'
import { voidInvoice } from './close-invoice.js'
import { type CollectionResult, collectInvoice, defaultMethodOf } from './collect.js'
import { subscriptionLines } from './invoice-lines.js'
import { subscriptionOf } from './invoice-outcome.js'
import { finalizeInvoice } from './finalize-invoice.js'
import { draftInvoice } from './invoices.js'
import { intervalOf, itemList, periodOf, schedulePeriodJobs } from './new-subscription.js'
import { periodEnd } from './periods.js'
import { BILLING_RULES } from './rules.js'
import { changeSubscription, endSubscription, isEnded } from './subscription-status.js'
import { upcomingInvoice } from './upcoming-invoice.js'

/** The current period is over: the subscription ends, or a new period begins with an invoice. */
export function endPeriod(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  // A change since it was planned may have moved the end.
  if (!subscription || periodOf(subscription).end > account.now()) return
  const { status } = subscription
  if (status !== 'active' && status !== 'past_due' && status !== 'trialing') return
  if (subscription.cancel_at_period_end) endSubscription(account, subscription, 'cancellation_requested')
  else if (status === 'trialing') endTrial(account, subscription, 'subscription_cycle')
  else beginPeriod(account, subscription, 'subscription_cycle')
}

/** A trial is over, by itself or because the shop said so. Returns the draft of the first invoice, if there is one. */
export function endTrial(
  account: Account,
  subscription: Subscription,
  reason: 'subscription_cycle' | 'subscription_update',
): Invoice | null {
  const behavior = subscription.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice'
  const method = subscription.default_payment_method ?? defaultMethodOf(account, subscription.customer)
  if (method || behavior === 'create_invoice') return beginPeriod(account, subscription, reason)
  if (behavior === 'cancel') {
    endSubscription(account, subscription, 'cancellation_requested')
  } else {
    const paused = changeSubscription(account, subscription, { status: 'paused', trial_end: account.now() })
    account.emit('customer.subscription.paused', paused)
  }
  return null
}

/** A subscription that was paused goes on, with a period that begins now and is asked for at once. */
export function resume(account: Account, paused: Subscription): void {
  const draft = beginPeriod(account, paused, 'subscription_update')
  account.emit('customer.subscription.resumed', account.get('subscription', paused.id))
  finalizeAndCollect(account, draft, { offSession: true })
}

function beginPeriod(
  account: Account,
  before: Subscription,
  reason: 'subscription_cycle' | 'subscription_update',
): Invoice {
  const trial = before.status === 'trialing'
  const previous = periodOf(before)
  // After a trial or a pause the cycle begins anew.
  const restarts = trial || before.status === 'paused'
  const start = restarts ? account.now() : previous.end
  const anchor = restarts ? start : before.billing_cycle_anchor
  const end = periodEnd(anchor, intervalOf(before), start)
  const items = before.items.data.map((item) => ({
    ...item,
    current_period_start: start,
    current_period_end: end,
  }))
  const subscription = changeSubscription(account, before, {
    ...(restarts ? { status: 'active' as const, billing_cycle_anchor: anchor } : {}),
    ...(trial ? { trial_end: start } : {}),
    items: itemList(before.id, items),
  })
  const invoice = draftInvoice(account, {
    customer: account.get('customer', subscription.customer),
    currency: subscription.currency,
    reason,
    period: { start: previous.start, end: start },
    lines: subscriptionLines(account, subscription, { start, end }),
    subscription,
    autoAdvance: true,
    includePendingItems: true,
  })
  schedulePeriodJobs(account, subscription)
  return invoice
}

/** `invoice.upcoming`, some days before a renewal. */
export function announceInvoice(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (!subscription || subscription.cancel_at_period_end) return
  if (subscription.status !== 'active' && subscription.status !== 'trialing') return
  const remaining = periodOf(subscription).end - account.now()
  if (remaining <= 0 || remaining > BILLING_RULES.renewalNoticeSeconds) return
  account.emit('invoice.upcoming', upcomingInvoice(account, subscription))
}

export function announceTrialEnd(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (subscription?.status !== 'trialing') return
  if (periodOf(subscription).end - account.now() > BILLING_RULES.trialNoticeSeconds) return
  account.emit('customer.subscription.trial_will_end', subscription)
}

/** A renewal's draft has been open for changes long enough. */
export function finalizeDraft(account: Account, id: string): void {
  const draft = account.find('invoice', id)
  if (draft?.status !== 'draft' || draft.automatically_finalizes_at === null) return
  if (draft.automatically_finalizes_at > account.now()) return
  finalizeAndCollect(account, draft, { offSession: true })
}

/** Finalizes a draft and asks for the money at once, where that is its way. */
export function finalizeAndCollect(
  account: Account,
  draft: Invoice,
  how: { offSession: boolean },
): CollectionResult | null {
  const invoice = finalizeInvoice(account, draft.id)
  if (invoice.status !== 'open') return null
  if (invoice.collection_method === 'send_invoice') {
    account.emit('invoice.sent', invoice)
    return null
  }
  return collectInvoice(account, invoice, how)
}

/** A payment that failed is tried again. After the last try the subscription ends. */
export function retryCollection(account: Account, id: string): void {
  const invoice = account.find('invoice', id)
  if (invoice?.status !== 'open' || invoice.next_payment_attempt === null) return
  if (invoice.next_payment_attempt > account.now()) return
  collectInvoice(account, invoice, { offSession: true })
  const after = account.get('invoice', id)
  if (after.status !== 'open' || after.next_payment_attempt !== null) return
  const subscription = account.find('subscription', subscriptionOf(after))
  if (subscription && !isEnded(subscription)) endSubscription(account, subscription, 'payment_failed')
}

/** `cancel_at` has come. */
export function cancelAsScheduled(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (!subscription || isEnded(subscription)) return
  if (subscription.cancel_at === null || subscription.cancel_at > account.now()) return
  endSubscription(account, subscription, 'cancellation_requested')
}

/** The first payment did not come in time. */
export function expireIncomplete(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (subscription?.status !== 'incomplete') return
  const invoice = account.find('invoice', subscription.latest_invoice)
  if (invoice?.status === 'open') voidInvoice(account, invoice)
  changeSubscription(account, subscription, { status: 'incomplete_expired', ended_at: account.now() })
}
