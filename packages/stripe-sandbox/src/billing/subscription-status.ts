import type { Account } from '../state/account.js'
import { previousValues } from '../resources/previous-values.js'
import type { Invoice, Subscription } from '../wire.js'

/** Waiting for a payment: one that arrives makes the subscription active. */
const AWAITING_PAYMENT = ['incomplete', 'past_due', 'unpaid']

/** Over for good. */
export function isEnded(subscription: Subscription): boolean {
  return subscription.status === 'canceled' || subscription.status === 'incomplete_expired'
}

/** Changes a subscription and sends what changed. */
export function changeSubscription(
  account: Account,
  before: Subscription,
  changes: Partial<Subscription>,
): Subscription {
  const after = account.update('subscription', before.id, changes)
  const previous = previousValues(before, after)
  if (Object.keys(previous).length > 0) account.emit('customer.subscription.updated', after, previous)
  return after
}

export function subscriptionPaid(account: Account, id: string, methodId: string | null): void {
  const subscription = account.find('subscription', id)
  if (!subscription) return
  const savesMethod = subscription.payment_settings?.save_default_payment_method === 'on_subscription'
  changeSubscription(account, subscription, {
    ...(AWAITING_PAYMENT.includes(subscription.status) ? { status: 'active' as const } : {}),
    ...(savesMethod && methodId !== null ? { default_payment_method: methodId } : {}),
  })
}

export function subscriptionFailed(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (subscription?.status === 'active' || subscription?.status === 'trialing') {
    changeSubscription(account, subscription, { status: 'past_due' })
  }
}

/** Ends a subscription now. What it still has open is not collected any more. */
export function endSubscription(
  account: Account,
  subscription: Subscription,
  reason: 'cancellation_requested' | 'payment_failed',
  details: {
    comment?: string | null
    feedback?: NonNullable<Subscription['cancellation_details']>['feedback']
  } = {},
): Subscription {
  const now = account.now()
  stopCollecting(account, (invoice) => invoice.parent?.subscription_details?.subscription === subscription.id)
  const ended = account.update('subscription', subscription.id, {
    status: 'canceled',
    canceled_at: subscription.canceled_at ?? now,
    ended_at: now,
    cancellation_details: {
      comment: details.comment ?? subscription.cancellation_details?.comment ?? null,
      feedback: details.feedback ?? subscription.cancellation_details?.feedback ?? null,
      feedback_option: null,
      reason,
    },
  })
  account.emit('customer.subscription.deleted', ended)
  return ended
}

/** What is open stays open, and nothing happens to it by itself any more. */
export function stopCollecting(account: Account, matches: (invoice: Invoice) => boolean): void {
  for (const invoice of [...account.all('invoice').oldestFirst()]) {
    if ((invoice.status !== 'open' && invoice.status !== 'draft') || !matches(invoice)) continue
    account.update('invoice', invoice.id, {
      auto_advance: false,
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    })
  }
}
