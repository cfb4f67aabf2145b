// Everything the customer portal shows.
import { periodOf } from '../billing/new-subscription.js'
import { isEnded } from '../billing/subscription-status.js'
import { formatAmount } from '../money/currencies.js'
import { TEST_CARDS } from '../payments/test-cards.js'
import type { Account } from '../state/account.js'
import type { Invoice, PortalConfiguration, PortalSession, Subscription } from '../wire.js'
import { priceText, productsText } from './subscription-price.js'

const MOST_INVOICES = 24

export function portalModel(
  account: Account,
  session: PortalSession,
  configuration: PortalConfiguration,
  problem: string | null,
): object {
  const { features, business_profile: profile } = configuration
  const customer = account.get('customer', session.customer)
  const subscriptions = [...account.all('subscription').newestFirst()].filter(
    (found) => found.customer === customer.id && !isEnded(found),
  )
  const method = account.find(
    'payment_method',
    subscriptions.find((found) => found.default_payment_method !== null)?.default_payment_method ??
      customer.invoice_settings.default_payment_method,
  )
  return {
    title: 'Your subscriptions',
    headline: profile.headline,
    privacyUrl: profile.privacy_policy_url,
    termsUrl: profile.terms_of_service_url,
    action: `/p/session/${session.id}`,
    returnUrl: session.return_url,
    customer: customer.name ?? customer.email ?? 'Your account',
    problem,
    canCancel: features.subscription_cancel.enabled,
    cancelsAtOnce: features.subscription_cancel.mode === 'immediately',
    canChangeCard: features.payment_method_update.enabled,
    subscriptions: subscriptions.map((subscription) => shownSubscription(account, subscription)),
    card: method?.card ?? null,
    invoices: features.invoice_history.enabled ? shownInvoices(account, customer.id) : null,
    testCards: TEST_CARDS.slice(0, 2).concat(
      TEST_CARDS.filter((card) => card.attachable || card.skipsChallengeOffSession),
    ),
  }
}

function shownSubscription(account: Account, subscription: Subscription): object {
  return {
    id: subscription.id,
    name: productsText(account, subscription),
    price: priceText(subscription),
    state: stateOf(subscription),
    ends: subscription.cancel_at !== null,
  }
}

/** The subscription's state as the customer reads it. */
function stateOf(subscription: Subscription): string {
  const end = dateOf(periodOf(subscription).end)
  if (subscription.cancel_at !== null) return `Ends on ${dateOf(subscription.cancel_at)}`
  switch (subscription.status) {
    case 'trialing':
      return `Free until ${end}`
    case 'past_due':
      return 'The last payment failed. Change your card, and it will be tried again.'
    case 'incomplete':
      return 'Waiting for the first payment'
    case 'paused':
      return 'Paused'
    default:
      return `Renews on ${end}`
  }
}

const INVOICE_STATES: Record<string, string> = {
  open: 'Due',
  paid: 'Paid',
  void: 'Void',
  uncollectible: 'Not collected',
}

function shownInvoices(account: Account, customerId: string): object[] {
  const shown: Invoice[] = []
  for (const invoice of account.all('invoice').newestFirst()) {
    if (invoice.customer !== customerId || invoice.number === null) continue
    if (shown.push(invoice) === MOST_INVOICES) break
  }
  return shown.map((invoice) => ({
    number: invoice.number,
    href: `/i/${invoice.id}`,
    date: dateOf(invoice.created),
    amount: formatAmount(invoice.total, invoice.currency),
    state: INVOICE_STATES[invoice.status ?? ''] ?? '',
  }))
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
