// Updating a subscription through the API.
import type Stripe from 'stripe'
import { invalidRequest, noSuch, unsupported } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { endTrial, finalizeAndCollect } from '../billing/cycle.js'
import { detachDiscount } from '../billing/discounts.js'
import { draftInvoice } from '../billing/invoices.js'
import { itemList, buildItem, periodOf, schedulePeriodJobs } from '../billing/new-subscription.js'
import { prorate } from '../billing/proration.js'
import { changeSubscription, isEnded } from '../billing/subscription-status.js'
import type { Account } from '../state/account.js'
import type { Checked, Subscription, SubscriptionItem } from '../wire.js'
import { planOf } from '../billing/plans.js'
import { applyDiscounts } from './subscription-discounts.js'
import { checkItems, readItem, readItemPrice } from './subscription-items.js'
import { cancellationChanges, readDefaultMethod, readTime } from './subscription-parameters.js'
import { refuseAllBut, refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

type Given = Checked<Stripe.SubscriptionUpdateParams>

const SUPPORTED_PARAMETERS = [
  'cancel_at',
  'cancel_at_period_end',
  'cancellation_details',
  'default_payment_method',
  'description',
  'discounts',
  'items',
  'metadata',
  'off_session',
  'payment_behavior',
  'payment_settings',
  'proration_behavior',
  'proration_date',
  'trial_end',
  'trial_settings',
]

const ALLOWED_AFTER_END = ['cancellation_details', 'metadata']

/** Updates a subscription: its items, discounts, trial, cancellation and other settings. */
export function updateSubscription(baseAccount: Account, before: Subscription, given: Given): Subscription {
  refuseAllBut(given, SUPPORTED_PARAMETERS)
  refuseUnsupported(given, [
    'cancellation_details.feedback_option',
    'payment_settings.payment_method_options',
    'payment_settings.payment_method_types',
    'trial_settings.end_behavior.billing_cycle_anchor',
  ])
  if (given.payment_behavior !== undefined && given.payment_behavior !== 'allow_incomplete')
    throw unsupported(`the payment_behavior ${given.payment_behavior} in an update`, 'payment_behavior')
  if (
    isEnded(before) &&
    Object.keys(given).some((name) => name !== 'expand' && !ALLOWED_AFTER_END.includes(name))
  ) {
    throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.')
  }
  const account = inCustomersTime(baseAccount, before.customer)
  const items = given.items === undefined ? before.items.data : changedItems(account, before, given.items)
  if (given.proration_behavior !== 'none' && given.items !== undefined) {
    prorate(account, before, items, given.proration_date ?? account.now())
  }
  const trialEnd = readTrialEnd(account, before, given)
  const after = changeSubscription(account, before, {
    ...changedDiscounts(account, before, given.discounts),
    ...cancellationChanges(account, before, given.cancel_at, given.cancel_at_period_end),
    ...plainChanges(account, before, given),
    items: itemList(
      before.id,
      trialEnd === undefined ? items : items.map((item) => ({ ...item, current_period_end: trialEnd })),
    ),
    ...(trialEnd === undefined ? {} : { trial_end: trialEnd, billing_cycle_anchor: trialEnd }),
  })
  if (trialEnd !== undefined) schedulePeriodJobs(account, after)
  if (given.trial_end === 'now' && after.status === 'trialing') {
    const draft = endTrial(account, after, 'subscription_update')
    if (draft) finalizeAndCollect(account, draft, { offSession: given.off_session === true })
  } else if (given.proration_behavior === 'always_invoice' && given.items !== undefined) {
    invoiceNow(account, after, given)
  }
  return account.get('subscription', before.id)
}

function plainChanges(account: Account, before: Subscription, given: Given): Partial<Subscription> {
  const customer = account.get('customer', before.customer)
  const method = given.default_payment_method
  const details = given.cancellation_details
  return withoutUndefined({
    default_payment_method: method === undefined ? undefined : readDefaultMethod(account, customer, method),
    description: given.description === undefined ? undefined : given.description || null,
    metadata: mergeMetadata(before.metadata, given.metadata),
    cancellation_details: details
      ? {
          comment: details.comment || null,
          feedback: details.feedback || null,
          feedback_option: null,
          reason:
            given.cancel_at_period_end === true || isEnded(before)
              ? ('cancellation_requested' as const)
              : null,
        }
      : undefined,
    payment_settings:
      given.payment_settings?.save_default_payment_method && before.payment_settings
        ? {
            ...before.payment_settings,
            save_default_payment_method: given.payment_settings.save_default_payment_method,
          }
        : undefined,
    trial_settings: given.trial_settings
      ? {
          end_behavior: {
            billing_cycle_anchor: null,
            missing_payment_method:
              given.trial_settings.end_behavior.missing_payment_method ?? 'create_invoice',
          },
        }
      : undefined,
  })
}

/** Replaces the discounts. An empty string removes them. */
function changedDiscounts(
  account: Account,
  before: Subscription,
  given: Given['discounts'],
): Pick<Subscription, 'discounts'> | undefined {
  if (given === undefined) return undefined
  detachDiscount(account, before.id)
  return { discounts: applyDiscounts(account, account.get('subscription', before.id), given || []).discounts }
}

/** The new end of a trial that is still running, or undefined for no change. */
function readTrialEnd(account: Account, before: Subscription, given: Given): number | undefined {
  const end = readTime(account, given.trial_end, 'trial_end')
  if (end === null) return undefined
  if (before.status === 'trialing') return end
  throw unsupported('a new trial for a subscription that is not trialing', 'trial_end')
}

function changedItems(
  account: Account,
  before: Subscription,
  given: NonNullable<Given['items']>,
): SubscriptionItem[] {
  let items = before.items.data
  for (const [index, change] of given.entries()) {
    const at = `items[${index}]`
    const { id, deleted, ...rest } = change
    if (id === undefined) {
      items = [
        ...items,
        buildItem(account, before.id, readItem(account, rest as never, at), periodOf(before)),
      ]
      continue
    }
    const known = items.find((item) => item.id === id)
    if (!known) throw noSuch('subscription_item', id, `${at}[id]`)
    items =
      deleted === true
        ? items.filter((item) => item !== known)
        : items.map((item) => (item === known ? changedItem(account, known, change, at) : item))
  }
  checkItems(items)
  const [first] = before.items.data
  const [now] = items
  if (now?.price.recurring?.interval !== first?.price.recurring?.interval)
    throw unsupported('a change to another billing interval', 'items')
  return items
}

function changedItem(
  account: Account,
  known: SubscriptionItem,
  change: NonNullable<Given['items']>[number],
  at: string,
): SubscriptionItem {
  refuseAllBut(change, ['id', 'deleted', 'metadata', 'plan', 'price', 'price_data', 'quantity'], `${at}.`)
  const named = change.price !== undefined || change.price_data !== undefined || change.plan !== undefined
  const price = named ? readItemPrice(account, change, at) : known.price
  return {
    ...known,
    price,
    plan: planOf(price),
    quantity: change.quantity ?? known.quantity ?? 1,
    metadata: mergeMetadata(known.metadata, change.metadata, `${at}[metadata]`),
  }
}

/** Invoices pending prorations at once instead of with the next renewal. */
function invoiceNow(account: Account, subscription: Subscription, given: Given): void {
  const draft = draftInvoice(account, {
    customer: account.get('customer', subscription.customer),
    currency: subscription.currency,
    reason: 'subscription_update',
    period: periodOf(subscription),
    lines: [],
    subscription,
    autoAdvance: true,
    includePendingItems: true,
  })
  finalizeAndCollect(account, draft, { offSession: given.off_session === true })
}
