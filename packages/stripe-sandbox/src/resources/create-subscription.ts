// Creating a subscription through the API.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, StripeApiError, unsupported } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import { collectInvoice, defaultMethodOf } from '../billing/collect.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { createInvoiceItem } from '../billing/invoice-items.js'
import { lineForItem, subscriptionLines } from '../billing/invoice-lines.js'
import { finalizeInvoice } from '../billing/finalize-invoice.js'
import { draftInvoice } from '../billing/invoices.js'
import { createSubscriptionRecord, periodOf, schedulePeriodJobs } from '../billing/new-subscription.js'
import { BILLING_RULES } from '../billing/rules.js'
import { checkMaxAmount } from '../money/amounts.js'
import type { Account } from '../state/account.js'
import type { Checked, Customer, Subscription } from '../wire.js'
import { existingPrice } from './line-items.js'
import { checkTrialDays } from './subscription-data.js'
import { applyDiscounts } from './subscription-discounts.js'
import { readItems } from './subscription-items.js'
import { cancellationChanges, readDefaultMethod, readTime } from './subscription-parameters.js'
import { refuseAllBut, refuseUnsupported } from './unsupported-parameters.js'

type Given = Checked<Stripe.SubscriptionCreateParams>

const SUPPORTED_PARAMETERS = [
  'add_invoice_items',
  'billing_mode',
  'cancel_at',
  'cancel_at_period_end',
  'collection_method',
  'currency',
  'customer',
  'default_payment_method',
  'description',
  'discounts',
  'items',
  'metadata',
  'off_session',
  'payment_behavior',
  'payment_settings',
  'proration_behavior',
  'trial_end',
  'trial_period_days',
  'trial_settings',
]

const DAY_SECONDS = 24 * 60 * 60

/** Creates a subscription with its first invoice, and tries to collect it unless told otherwise. */
export function createSubscription(baseAccount: Account, given: Given): Subscription {
  checkSupported(given)
  if (given.customer === undefined) throw missingParameter('customer')
  if (given.items === undefined) throw missingParameter('items')
  const customer = baseAccount.find('customer', given.customer)
  if (!customer) throw noSuch('customer', given.customer, 'customer')
  const account = inCustomersTime(baseAccount, customer.id)
  const items = readItems(account, given.items)
  const [first] = items
  if (given.currency !== undefined && given.currency !== first?.price.currency) {
    throw invalidRequest(
      `The price specified only supports \`${first?.price.currency ?? ''}\`. This doesn't match the expected currency: \`${given.currency}\`.`,
      'currency',
    )
  }
  const methodId = readDefaultMethod(account, customer, given.default_payment_method)
  const trialEnd = readTrialEnd(account, given)
  const behavior = given.payment_behavior ?? 'allow_incomplete'
  const amount = items.reduce((sum, item) => sum + Number(item.price.unit_amount_decimal) * item.quantity, 0)
  const onFile = methodId ?? defaultMethodOf(account, customer.id)
  if (trialEnd === null && amount > 0 && behavior !== 'default_incomplete' && !onFile) {
    throw invalidRequest(
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
      undefined,
      'resource_missing',
    )
  }
  const created = createSubscriptionRecord(account, {
    customer,
    items,
    trialEnd,
    status: 'incomplete',
    missingPaymentMethod: given.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
    savePaymentMethod: given.payment_settings?.save_default_payment_method ?? 'off',
    defaultPaymentMethod: methodId,
    description: given.description ?? null,
    metadata: mergeMetadata({}, given.metadata),
  })
  const subscription = applyDiscounts(account, withPlannedEnd(account, created, given), given.discounts ?? [])
  account.emit('customer.subscription.created', subscription)
  invoiceAndCollect(account, customer, subscription, given)
  schedulePeriodJobs(account, account.get('subscription', subscription.id))
  return account.get('subscription', subscription.id)
}

function invoiceAndCollect(
  account: Account,
  customer: Customer,
  subscription: Subscription,
  given: Given,
): void {
  const trial = subscription.status === 'trialing'
  const invoice = draftInvoice(account, {
    customer,
    currency: subscription.currency,
    reason: 'subscription_create',
    period: { start: account.now(), end: account.now() },
    lines: subscriptionLines(account, subscription, periodOf(subscription), trial),
    subscription,
    autoAdvance: true,
    includePendingItems: false,
    extraLines: (invoiceId) =>
      (given.add_invoice_items ?? []).map((item, index) => {
        const at = `add_invoice_items[${index}]`
        refuseAllBut(item, ['price', 'quantity', 'metadata'], `${at}.`)
        const price = existingPrice(account, item.price, at)
        if (price.recurring) {
          throw invalidRequest(
            'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
            `${at}[price]`,
          )
        }
        return lineForItem(
          createInvoiceItem(account, {
            customer,
            invoice: invoiceId,
            price,
            quantity: item.quantity ?? 1,
            metadata: mergeMetadata({}, item.metadata),
            subscription: subscription.id,
          }),
        )
      }),
  })
  checkMaxAmount(invoice.subtotal, invoice.currency, 'add_invoice_items')
  const open = finalizeInvoice(account, invoice.id)
  if (open.status !== 'open') return
  account.scheduleBilling(
    'give_up_subscription',
    subscription.id,
    account.now() + BILLING_RULES.firstPaymentSeconds,
  )
  if (given.payment_behavior === 'default_incomplete') return
  const collection = collectInvoice(account, open, { offSession: given.off_session === true })
  if (given.payment_behavior !== 'error_if_incomplete') return
  // These errors roll back the request, so an unpaid subscription is not kept.
  if (collection.result === 'declined') throw new StripeApiError(402, collection.error)
  if (collection.result === 'challenge') {
    throw new StripeApiError(402, {
      type: 'card_error',
      code: 'subscription_payment_intent_requires_action',
      message:
        'Subscription creation failed because the payment requires additional user action before it can be completed successfully.',
    })
  }
}

function checkSupported(given: Given): void {
  refuseAllBut(given, SUPPORTED_PARAMETERS)
  refuseUnsupported(given, [
    'payment_settings.payment_method_options',
    'payment_settings.payment_method_types',
  ])
  if (given.payment_behavior === 'pending_if_incomplete')
    throw invalidRequest('`payment_behavior=pending_if_incomplete` is for updates only.', 'payment_behavior')
  if (given.collection_method === 'send_invoice')
    throw unsupported('subscriptions with collection_method send_invoice', 'collection_method')
  if (given.billing_mode?.type === 'classic')
    throw unsupported('the classic billing mode', 'billing_mode[type]')
  const behavior = given.trial_settings?.end_behavior.billing_cycle_anchor
  if (behavior !== undefined)
    throw unsupported('trial_settings[end_behavior][billing_cycle_anchor]', 'trial_settings')
}

function readTrialEnd(account: Account, given: Given): number | null {
  const { trial_end: end, trial_period_days: days } = given
  if (end !== undefined && days !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: trial_end, trial_period_days.',
      'trial_end',
    )
  }
  if (days !== undefined) {
    if (days === 0) return null
    checkTrialDays(days, 'trial_period_days')
    return account.now() + days * DAY_SECONDS
  }
  return readTime(account, end, 'trial_end')
}

/** Sets when the subscription ends, if the request says so. */
function withPlannedEnd(account: Account, subscription: Subscription, given: Given): Subscription {
  const { cancel_at: at, cancel_at_period_end: atPeriodEnd } = given
  if (at !== undefined && atPeriodEnd === true) {
    throw invalidRequest(
      'You may only specify one of these parameters: cancel_at, cancel_at_period_end.',
      'cancel_at',
    )
  }
  return account.update(
    'subscription',
    subscription.id,
    cancellationChanges(account, subscription, at, atPeriodEnd),
  )
}
