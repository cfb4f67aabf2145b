// Building and storing subscriptions, and scheduling the jobs of a period.
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import { inKeyOrder } from '../state/key-order.js'
import { listOf } from '../api/lists.js'
import type { Customer, Metadata, Price, Subscription, SubscriptionItem } from '../wire.js'
import { type Interval, periodEnd } from './periods.js'
import { planOf } from './plans.js'
import { BILLING_RULES } from './rules.js'

export interface NewSubscriptionItem {
  price: Price
  quantity: number
  metadata: Metadata
}

/** What a new subscription is made from. */
export interface NewSubscription {
  customer: Customer
  items: readonly NewSubscriptionItem[]
  /** Unix time in seconds, or null for no trial. */
  trialEnd: number | null
  status: 'active' | 'incomplete'
  missingPaymentMethod: 'cancel' | 'create_invoice' | 'pause'
  savePaymentMethod: 'off' | 'on_subscription'
  defaultPaymentMethod: string | null
  description: string | null
  metadata: Metadata
}

/** Stores a subscription that begins now. The caller creates its invoice and sends its events. */
export function createSubscriptionRecord(account: Account, given: NewSubscription): Subscription {
  const now = account.now()
  const id = newId('subscription')
  const { trialEnd } = given
  const [first] = given.items
  if (!first?.price.recurring) throw new Error('a subscription needs a recurring price')
  const end = trialEnd ?? periodEnd(now, first.price.recurring, now)
  const items = given.items.map((item) => buildItem(account, id, item, { start: now, end }))
  return account.save(
    'subscription',
    inKeyOrder({
      id,
      object: 'subscription',
      application: null,
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: trialEnd ?? now,
      billing_cycle_anchor_config: null,
      billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
      billing_schedules: [],
      billing_thresholds: null,
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
      collection_method: 'charge_automatically',
      created: now,
      currency: first.price.currency,
      customer: given.customer.id,
      customer_account: null,
      days_until_due: null,
      default_payment_method: given.defaultPaymentMethod,
      default_source: null,
      default_tax_rates: [],
      description: given.description,
      discounts: [],
      ended_at: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        description: null,
        footer: null,
        issuer: { type: 'self' },
      },
      items: itemList(id, items),
      latest_invoice: null,
      livemode: false,
      managed_payments: null,
      metadata: given.metadata,
      next_pending_invoice_item_invoice: null,
      on_behalf_of: null,
      pause_collection: null,
      payment_settings: {
        payment_method_options: null,
        payment_method_types: null,
        save_default_payment_method: given.savePaymentMethod,
      },
      pending_invoice_item_interval: null,
      pending_setup_intent: null,
      pending_update: null,
      schedule: null,
      start_date: now,
      status: trialEnd === null ? given.status : 'trialing',
      test_clock: account.testClock(),
      transfer_data: null,
      trial_end: trialEnd,
      trial_settings: {
        end_behavior: { billing_cycle_anchor: null, missing_payment_method: given.missingPaymentMethod },
      },
      trial_start: trialEnd === null ? null : now,
    }),
  )
}

/** Builds a subscription item without storing it. */
export function buildItem(
  account: Account,
  subscriptionId: string,
  { price, quantity, metadata }: NewSubscriptionItem,
  period: { start: number; end: number },
): SubscriptionItem {
  return {
    id: newId('subscription_item'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: account.now(),
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata,
    plan: planOf(price),
    price,
    quantity,
    subscription: subscriptionId,
    tax_rates: [],
  }
}

const MAX_ITEMS = 20

/** Wraps a subscription's items as the list object that its API object includes. */
export function itemList(subscriptionId: string, items: SubscriptionItem[]): Subscription['items'] {
  return listOf(items, `/v1/subscription_items?subscription=${subscriptionId}`, MAX_ITEMS)
}

/** The current period in Unix seconds. All items of a subscription share it. */
export function periodOf(subscription: Subscription): { start: number; end: number } {
  const [item] = subscription.items.data
  if (!item) throw new Error(`the subscription ${subscription.id} has no item`)
  return { start: item.current_period_start, end: item.current_period_end }
}

export function intervalOf(subscription: Subscription): Interval {
  const recurring = subscription.items.data[0]?.price.recurring
  if (!recurring) throw new Error(`the subscription ${subscription.id} has no recurring price`)
  return recurring
}

/** Schedules the jobs of the current period. Each job checks that it is still due when it runs, as times may change. */
export function schedulePeriodJobs(account: Account, subscription: Subscription): void {
  const { start, end } = periodOf(subscription)
  account.scheduleBilling('end_period', subscription.id, end)
  const noticeAt = end - BILLING_RULES.renewalNoticeSeconds
  if (noticeAt > start) account.scheduleBilling('announce_invoice', subscription.id, noticeAt)
  if (subscription.status !== 'trialing') return
  const trialNoticeAt = end - BILLING_RULES.trialNoticeSeconds
  if (trialNoticeAt > account.now())
    account.scheduleBilling('announce_trial_end', subscription.id, trialNoticeAt)
  else account.emit('customer.subscription.trial_will_end', subscription)
}
