// Parameters that several subscription operations share.
import type Stripe from 'stripe'
import { invalidRequest, unsupported } from '../api/errors.js'
import { periodOf } from '../billing/new-subscription.js'
import { resolvePaymentMethod } from '../payments/payment-methods.js'
import type { Account } from '../state/account.js'
import type { Checked, Customer, Subscription } from '../wire.js'

const FIVE_YEARS_SECONDS = 5 * 366 * 24 * 60 * 60

/** Reads a Unix time in seconds, which must be in the future. Null for `now` or no value. */
export function readTime(account: Account, given: number | 'now' | undefined, param: string): number | null {
  if (given === undefined || given === 'now') return null
  if (given <= account.now()) {
    throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', param)
  }
  checkNotTooFar(account, given, param)
  return given
}

/** Throws for a time too far in the future, which catches times in milliseconds. */
export function checkNotTooFar(account: Account, given: number, param: string): void {
  if (given > account.now() + FIVE_YEARS_SECONDS)
    throw invalidRequest('Invalid timestamp: can be no more than five years in the future.', param)
}

/** The id of a payment method, or null if there is no value. Throws if it is not the customer's. */
export function readDefaultMethod(
  account: Account,
  customer: Customer,
  given: string | undefined,
): string | null {
  if (given === undefined) return null
  const method = resolvePaymentMethod(account, given, 'default_payment_method')
  if (method.customer === customer.id) return method.id
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
    'default_payment_method',
    'resource_missing',
  )
}

/** The changes for a planned cancellation. An empty `cancel_at` or a false `cancel_at_period_end` takes it back. */
export function cancellationChanges(
  account: Account,
  subscription: Subscription,
  at: Checked<Stripe.SubscriptionUpdateParams>['cancel_at'],
  atPeriodEnd: boolean | undefined,
): Partial<Subscription> {
  const details = { comment: null, feedback: null, feedback_option: null }
  if (atPeriodEnd === true) {
    return {
      cancel_at_period_end: true,
      cancel_at: periodOf(subscription).end,
      canceled_at: account.now(),
      cancellation_details: { ...details, reason: 'cancellation_requested' },
    }
  }
  if (typeof at === 'number') {
    const end = readTime(account, at, 'cancel_at')
    account.scheduleBilling('cancel_subscription', subscription.id, at)
    return {
      cancel_at_period_end: false,
      cancel_at: end,
      canceled_at: account.now(),
      cancellation_details: { ...details, reason: 'cancellation_requested' },
    }
  }
  if (typeof at === 'string' && at !== '') throw unsupported(`cancel_at ${at}`, 'cancel_at')
  if (atPeriodEnd === undefined && at === undefined) return {}
  return {
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    cancellation_details: { ...details, reason: null },
  }
}
