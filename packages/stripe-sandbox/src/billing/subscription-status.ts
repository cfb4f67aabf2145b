// Changes of a subscription's status and their events.
import type { Account } from '../state/account.js'
import { previousValues } from '../resources/previous-values.js'
import type { Invoice, Subscription } from '../wire.js'

/** A payment makes a subscription with one of these statuses active. */
const AWAITING_PAYMENT = ['incomplete', 'past_due', 'unpaid']

export function isEnded(subscription: Subscription): boolean {
  return subscription.status === 'canceled' || subscription.status === 'incomplete_expired'
}

/** Updates a subscription, and sends `customer.subscription.updated` if anything changed. */
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

/** Updates a subscription whose invoice was paid, and saves the payment method if its settings say so. */
export function subscriptionPaid(account: Account, id: string, methodId: string | null): void {
  const subscription = account.find('subscription', id)
  if (!subscription) return
  const savesMethod = subscription.payment_settings?.save_default_payment_method === 'on_subscription'
  changeSubscription(account, subscription, {
    ...(AWAITING_PAYMENT.includes(subscription.status) ? { status: 'active' as const } : {}),
    ...(savesMethod && methodId !== null ? { default_payment_method: methodId } : {}),
  })
}

/** Marks a subscription as past due after a failed payment. */
export function subscriptionFailed(account: Account, id: string): void {
  const subscription = account.find('subscription', id)
  if (subscription?.status === 'active' || subscription?.status === 'trialing') {
    changeSubscription(account, subscription, { status: 'past_due' })
  }
}

/** Ends a subscription now. Its open invoices are no longer collected automatically. */
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

/** Stops automatic finalization and collection of the matching invoices. Their status does not change. */
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
