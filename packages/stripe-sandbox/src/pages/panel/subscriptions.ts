// The panel's pages of subscriptions.
import { refused } from '../../api/errors.js'
import { defaultMethodOf } from '../../billing/collect.js'
import { inCustomersTime } from '../../billing/customer-time.js'
import { amountOf, productName } from '../../billing/invoice-lines.js'
import { periodOf } from '../../billing/new-subscription.js'
import { BILLING_RULES } from '../../billing/rules.js'
import { changeSubscription, endSubscription, isEnded } from '../../billing/subscription-status.js'
import { cancellationChanges } from '../../resources/subscription-parameters.js'
import { advanceTo } from '../../resources/test-clocks.js'
import type { Account } from '../../state/account.js'
import type { Subscription } from '../../wire.js'
import { priceText, productsText } from '../subscription-price.js'
import { everyText } from '../subscription-terms.js'
import { invoicesTable } from './invoices.js'
import { panelKind, type ActionForm, type Fact, type Table } from './kind.js'
import { relatedEvents } from './related-events.js'
import { amount, facts, metadataFacts, moment, paymentMethod, time, words } from './format.js'

/** The steps by which a test clock can be advanced, in seconds. */
const STEPS: { value: string; label: string }[] = [
  { value: String(60 * 60), label: 'an hour' },
  { value: String(24 * 60 * 60), label: 'a day' },
  { value: String(7 * 24 * 60 * 60), label: 'a week' },
]
const TO_NEXT_PAYMENT = 'next'

/** A subscription's page shows its items and invoices. */
export const subscriptions = panelKind<'subscription'>({
  path: 'subscriptions',
  kind: 'subscription',
  title: 'Subscriptions',
  empty: 'None yet. Create one with the API, or with a session in subscription mode.',
  columns: [
    { label: 'Product' },
    { label: 'Status', as: 'state' },
    { label: 'Price' },
    { label: 'Customer', extra: true },
    { label: 'Period ends', as: 'time', extra: true },
  ],
  states: ['active', 'trialing', 'past due', 'incomplete', 'paused', 'canceled', 'incomplete expired'],
  state: (_, subscription) => words(subscription.status),
  cells: (account, subscription) => [
    productsText(account, subscription),
    words(subscription.status),
    priceText(subscription),
    customerText(account, subscription),
    time(periodOf(subscription).end),
  ],
  words: (account, subscription) => [
    subscription.id,
    subscription.customer,
    customerText(account, subscription),
    productsText(account, subscription),
    subscription.description,
    ...Object.values(subscription.metadata),
  ],
  page(account, subscription) {
    const period = periodOf(subscription)
    return {
      title: productsText(account, subscription),
      state: words(subscription.status),
      facts: facts(
        {
          label: 'Customer',
          value: customerText(account, subscription),
          href: `/customers/${subscription.customer}`,
        },
        { label: 'Price', value: priceText(subscription) },
        {
          label: 'Pays with',
          value: paymentMethod(
            account,
            subscription.default_payment_method ?? defaultMethodOf(account, subscription.customer),
          ),
        },
        { label: 'Period', value: `${time(period.start)} to ${time(period.end)}` },
        { label: 'Trial until', value: moment(subscription.trial_end) },
        { label: 'Ends', value: isEnded(subscription) ? '' : moment(subscription.cancel_at) },
        { label: 'Ended', value: moment(subscription.ended_at) },
        { label: 'Because', value: words(subscription.cancellation_details?.reason ?? '') },
        {
          label: 'Latest invoice',
          value: subscription.latest_invoice ?? '',
          href: `/invoices/${subscription.latest_invoice ?? ''}`,
          code: true,
        },
        clockFacts(account, subscription),
        { label: 'Description', value: subscription.description ?? '' },
        { label: 'Created', value: time(subscription.created) },
        metadataFacts(subscription.metadata),
      ),
      actions: actionsFor(account, subscription),
      tables: [
        itemsOf(account, subscription),
        ...invoicesTable(
          account,
          (invoice) => invoice.parent?.subscription_details?.subscription === subscription.id,
        ),
        relatedEvents(account, subscription.id),
      ],
    }
  },
  actions: {
    cancel(outside, subscription, { choice }) {
      if (isEnded(subscription)) throw refused('This subscription has already ended.')
      const account = inCustomersTime(outside, subscription.customer)
      if (choice === 'now') {
        endSubscription(account, subscription, 'cancellation_requested')
        return 'Subscription ended.'
      }
      const ends = choice !== 'keep'
      const changed = changeSubscription(
        account,
        subscription,
        cancellationChanges(account, subscription, undefined, ends),
      )
      return ends ? `The subscription ends on ${moment(changed.cancel_at)}.` : 'Subscription continues.'
    },
    advance(account, subscription, { text }) {
      const clock = account.find('test_helpers.test_clock', subscription.test_clock)
      if (!clock)
        throw refused('This subscription uses the sandbox’s clock, which is at the top of the page.')
      const known = STEPS.find(({ value }) => value === text('by'))
      const target =
        known === undefined ? nextPayment(account, subscription) : clock.frozen_time + Number(known.value)
      advanceTo(account, clock, target)
      return `The test clock is advancing to ${time(target)}. Reload in a moment.`
    },
  },
})

/** A table of the matching records, or no table. */
export function subscriptionsTable(account: Account, fits: (subscription: Subscription) => boolean): Table[] {
  const found = [...account.all('subscription').newestFirst()].filter(fits)
  if (found.length === 0) return []
  return [
    {
      title: subscriptions.title,
      columns: [{ label: 'Product' }, { label: 'Status', as: 'state' }, { label: 'Price' }],
      rows: found.map((subscription) => ({
        href: `/subscriptions/${subscription.id}`,
        cells: [productsText(account, subscription), words(subscription.status), priceText(subscription)],
      })),
      empty: '',
    },
  ]
}

/** When the next payment attempt is due: after the period, and after the time that its invoice is a draft. */
function nextPayment(account: Account, subscription: Subscription): number {
  const latest = account.find('invoice', subscription.latest_invoice)
  return latest?.next_payment_attempt ?? periodOf(subscription).end + BILLING_RULES.draftSeconds
}

function customerText(account: Account, { customer: id }: Subscription): string {
  const customer = account.find('customer', id)
  return customer?.email ?? customer?.name ?? id
}

function clockFacts(account: Account, { test_clock: id }: Subscription): Fact[] {
  const clock = account.find('test_helpers.test_clock', id)
  if (!clock) return []
  const name = clock.name ?? clock.id
  return [
    { label: 'Test clock', value: `${name}, ${clock.status}` },
    { label: 'Its time', value: time(clock.frozen_time) },
  ]
}

function actionsFor(account: Account, subscription: Subscription): ActionForm[] {
  if (isEnded(subscription)) return []
  const ends = subscription.cancel_at !== null
  const cancel: ActionForm = {
    name: 'cancel',
    title: 'Cancel',
    explain: ends
      ? `It ends on ${moment(subscription.cancel_at)}.`
      : 'At the end of the period: nothing more is charged. Now: it ends at once, without a refund.',
    buttons: [
      ends ? { label: 'Keep it', value: 'keep' } : { label: 'At the end of the period', value: 'end' },
      { label: 'Now', value: 'now', quiet: true },
    ],
  }
  if (!account.find('test_helpers.test_clock', subscription.test_clock)) return [cancel]
  const advance: ActionForm = {
    name: 'advance',
    title: 'Advance the test clock',
    explain: 'Only customers of this test clock are affected.',
    fields: [
      {
        name: 'by',
        label: 'By',
        options: [{ value: TO_NEXT_PAYMENT, label: 'until the next payment' }, ...STEPS],
      },
    ],
    buttons: [{ label: 'Advance the clock' }],
  }
  return [advance, cancel]
}

function itemsOf(account: Account, subscription: Subscription): Table {
  return {
    title: 'Items',
    columns: [
      { label: 'Product' },
      { label: 'Quantity', as: 'amount' },
      { label: 'Price' },
      { label: 'Item', as: 'code', extra: true },
    ],
    rows: subscription.items.data.map((item) => ({
      href: '',
      cells: [
        productName(account, item.price),
        String(item.quantity ?? 1),
        `${amount(amountOf(item.price, item.quantity ?? 1), item.price.currency)} ${
          item.price.recurring ? everyText(item.price.recurring) : ''
        }`,
        item.id,
      ],
    })),
    empty: 'No items.',
  }
}
