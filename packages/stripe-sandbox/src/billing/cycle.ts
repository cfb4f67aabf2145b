// What a subscription and its invoices do over time: renewals, trial ends, notices, retries and cancellation.
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

/** Runs at the end of a period: cancels the subscription, or begins the next period with an invoice. */
export function endPeriod(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  // The period's end may have moved since this job was scheduled.
  if (!subscription || periodOf(subscription).end > account.now()) return
  const { status } = subscription
  if (status !== 'active' && status !== 'past_due' && status !== 'trialing') return
  if (subscription.cancel_at_period_end) endSubscription(account, subscription, 'cancellation_requested')
  else if (status === 'trialing') endTrial(account, subscription, 'subscription_cycle')
  else beginPeriod(account, subscription, 'subscription_cycle')
}

/** Ends a trial, as scheduled or by request. Returns the draft for the paid period that follows, or null without one. */
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

/** Resumes a paused subscription with a period that begins now and is invoiced at once. */
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
  // After a trial or a pause, the billing cycle restarts now.
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

/** Sends `invoice.upcoming` a few days before a renewal. */
export function announceInvoice(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (!subscription || subscription.cancel_at_period_end) return
  if (subscription.status !== 'active' && subscription.status !== 'trialing') return
  const remaining = periodOf(subscription).end - account.now()
  if (remaining <= 0 || remaining > BILLING_RULES.renewalNoticeSeconds) return
  account.emit('invoice.upcoming', upcomingInvoice(account, subscription))
}

/** Sends `customer.subscription.trial_will_end` a few days before the end of a trial. */
export function announceTrialEnd(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (subscription?.status !== 'trialing') return
  if (periodOf(subscription).end - account.now() > BILLING_RULES.trialNoticeSeconds) return
  account.emit('customer.subscription.trial_will_end', subscription)
}

/** Finalizes and collects a draft whose time for changes is over. */
export function finalizeDraft(account: Account, id: string): void {
  const draft = account.find('invoice', id)
  if (draft?.status !== 'draft' || draft.automatically_finalizes_at === null) return
  if (draft.automatically_finalizes_at > account.now()) return
  finalizeAndCollect(account, draft, { offSession: true })
}

/** Finalizes a draft and charges it, or only sends it if that is its collection method. Null if nothing was charged. */
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

/** Retries a failed payment. When the last retry fails, the subscription ends. */
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

/** Runs at `cancel_at`. */
export function cancelAsScheduled(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (!subscription || isEnded(subscription)) return
  if (subscription.cancel_at === null || subscription.cancel_at > account.now()) return
  endSubscription(account, subscription, 'cancellation_requested')
}

/** Expires a subscription whose first invoice was not paid in time. */
export function expireIncomplete(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (subscription?.status !== 'incomplete') return
  const invoice = account.find('invoice', subscription.latest_invoice)
  if (invoice?.status === 'open') voidInvoice(account, invoice)
  changeSubscription(account, subscription, { status: 'incomplete_expired', ended_at: account.now() })
}
