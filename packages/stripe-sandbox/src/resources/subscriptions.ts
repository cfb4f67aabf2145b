// API operations for subscriptions and their items.
import type Stripe from 'stripe'
import { notFound, refused, unsupported } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { operation } from '../api/operation.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { resume } from '../billing/cycle.js'
import { periodOf } from '../billing/new-subscription.js'
import { endSubscription, isEnded } from '../billing/subscription-status.js'
import type { Account } from '../state/account.js'
import type { Checked, Subscription } from '../wire.js'
import { createSubscription } from './create-subscription.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { updateSubscription } from './update-subscription.js'

export const subscriptionOperations = [
  operation<Stripe.SubscriptionCreateParams>('POST /v1/subscriptions', ({ account }, params) =>
    createSubscription(account, params),
  ),

  operation<Stripe.SubscriptionListParams>('GET /v1/subscriptions', (call, params) => {
    const { collection_method, customer, customer_account, price, plan, status, created } = params
    refuseUnsupported(params, ['automatic_tax'])
    const { current_period_start: starts, current_period_end: ends } = params
    return listPage(
      call,
      'subscription',
      call.account.all('subscription'),
      params,
      (subscription) =>
        hasValues(subscription, { collection_method, customer, customer_account }) &&
        hasStatus(subscription, status) &&
        (price === undefined || subscription.items.data.some((item) => item.price.id === price)) &&
        (plan === undefined || subscription.items.data.some((item) => item.plan.id === plan)) &&
        // As at Stripe, subscriptions on a test clock are only listed by clock or by customer.
        (customer !== undefined || subscription.test_clock === (params.test_clock ?? null)) &&
        (params.test_clock === undefined || subscription.test_clock === params.test_clock) &&
        inRange(periodOf(subscription).start, starts) &&
        inRange(periodOf(subscription).end, ends) &&
        inRange(subscription.created, created),
    )
  }),

  operation('GET /v1/subscriptions/{subscription}', ({ account, id }) => requireSubscription(account, id)),

  operation<Stripe.SubscriptionUpdateParams>(
    'POST /v1/subscriptions/{subscription}',
    ({ account, id }, params) => updateSubscription(account, requireSubscription(account, id), params),
  ),

  operation<Stripe.SubscriptionCancelParams>(
    'DELETE /v1/subscriptions/{subscription}',
    ({ account, id }, params) => {
      refuseUnsupported(params, ['invoice_now', 'prorate', 'cancellation_details.feedback_option'])
      const subscription = requireSubscription(account, id)
      if (isEnded(subscription)) throw notFound('subscription', id)
      const { comment, feedback } = params.cancellation_details ?? {}
      return endSubscription(
        inCustomersTime(account, subscription.customer),
        subscription,
        'cancellation_requested',
        { comment: comment || null, feedback: feedback || null },
      )
    },
  ),

  operation<Stripe.SubscriptionResumeParams>(
    'POST /v1/subscriptions/{subscription}/resume',
    ({ account, id }, params) => {
      const subscription = requireSubscription(account, id)
      if (subscription.status !== 'paused') {
        throw refused('Only a paused subscription can be resumed.')
      }
      if (params.billing_cycle_anchor?.type === 'unchanged')
        throw unsupported('billing_cycle_anchor unchanged', 'billing_cycle_anchor')
      if (params.payment_behavior === 'resume_on_payment_success')
        throw unsupported('payment_behavior resume_on_payment_success', 'payment_behavior')
      resume(inCustomersTime(account, subscription.customer), subscription)
      return account.get('subscription', id)
    },
  ),

  operation<Stripe.SubscriptionItemListParams>('GET /v1/subscription_items', (call, params) => {
    const { items } = requireSubscription(call.account, params.subscription)
    return { ...items, url: call.path }
  }),

  operation('GET /v1/subscription_items/{item}', ({ account, id }) => {
    for (const { items } of account.all('subscription').newestFirst()) {
      const item = items.data.find((found) => found.id === id)
      if (item) return item
    }
    throw notFound('subscription_item', id, 'item')
  }),
]

/** Without a status, canceled subscriptions are not listed. */
function hasStatus(
  subscription: Subscription,
  status: Checked<Stripe.SubscriptionListParams>['status'],
): boolean {
  switch (status) {
    case 'all':
      return true
    case undefined:
      return subscription.status !== 'canceled'
    case 'ended':
      return isEnded(subscription)
    default:
      return subscription.status === status
  }
}

function requireSubscription(account: Account, id: string): Subscription {
  const subscription = account.find('subscription', id)
  if (!subscription) throw notFound('subscription', id)
  return subscription
}
