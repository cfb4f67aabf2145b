// Completing a Checkout Session in subscription mode.
import { attachMethod } from '../payments/attach.js'
import { countSale } from '../payments/count-sale.js'
import { collectedNames, completedDetails, newCustomer } from '../payments/customer-details.js'
import { storeTaxId, updateCustomer } from '../payments/customer-update.js'
import { createCustomer } from '../resources/customers.js'
import { previousValues } from '../resources/previous-values.js'
import type { BillingDetails } from '../payments/payment-methods.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { SessionDetails } from '../state/records.js'
import type { Customer, LineItem, PaymentIntent, PaymentMethod, Session } from '../wire.js'
import { inCustomersTime } from './customer-time.js'
import { attachDiscount } from './discounts.js'
import { createInvoiceItem } from './invoice-items.js'
import { lineForItem, subscriptionLines } from './invoice-lines.js'
import { finalizeInvoice } from './finalize-invoice.js'
import { draftInvoice } from './invoices.js'
import { createSubscriptionRecord, periodOf, schedulePeriodJobs } from './new-subscription.js'

/** Creates a session's customer without an event: `customer.created` is sent when the session completes. */
export function createSessionCustomer(
  account: Account,
  session: Session,
  billing: BillingDetails = {},
): Customer {
  return createCustomer(account, newCustomer(completedDetails(account, session, billing)))
}

interface SubscriptionPayment {
  billing: BillingDetails
  method: PaymentMethod | undefined
  /** The payment intent of the first invoice; undefined when nothing is due yet. */
  intent: PaymentIntent | undefined
  /** Sends the payment's events, which follow those of the session and the subscription. */
  announcePayment: () => void
}

/** Completes a session after the customer has paid or saved a card: creates the subscription and its first invoice. */
export function completeSubscriptionSession(
  baseAccount: Account,
  opened: Session,
  payment: SubscriptionPayment,
): void {
  const account = inCustomersTime(baseAccount, opened.customer)
  const { billing, method, intent } = payment
  const known = account.find('customer', opened.customer)
  const before =
    known ?? account.find('customer', intent?.customer) ?? createSessionCustomer(account, opened, billing)
  if (method) attachMethod(account, method, before.id)
  if (!known) account.emit('customer.created', before)
  const customer = account.update('customer', before.id, { currency: opened.currency })
  account.emit('customer.updated', customer, previousValues(before, customer))
  updateCustomer(account, opened, billing)
  storeTaxId(account, opened, customer.id)

  const details = account.get('session_details', opened.id)
  const recurring = details.lineItems.filter((line) => line.price.recurring)
  const subscription = createSubscriptionRecord(account, {
    customer,
    items: recurring.map((line) => ({ price: line.price, quantity: line.quantity ?? 1, metadata: {} })),
    trialEnd: trialEnd(account, details),
    status: 'active',
    missingPaymentMethod: details.subscription?.missingPaymentMethod ?? 'create_invoice',
    savePaymentMethod: 'off',
    defaultPaymentMethod: method?.id ?? null,
    description: details.subscription?.description ?? null,
    metadata: details.subscription?.metadata ?? {},
  })
  if (details.discount) attachDiscount(account, subscription, details.discount)
  const invoiceId = newId('invoice')
  account.update('subscription', subscription.id, { latest_invoice: invoiceId })
  const entered = completedDetails(account, opened, billing)
  const complete = account.update('checkout.session', opened.id, {
    status: 'complete',
    payment_status: intent ? 'paid' : 'no_payment_required',
    customer: customer.id,
    customer_details: entered,
    collected_information: collectedNames(opened, entered),
    subscription: subscription.id,
    invoice: invoiceId,
  })
  countSale(account, complete)
  account.emit('checkout.session.completed', complete)
  account.emit('customer.subscription.created', account.get('subscription', subscription.id))
  payment.announcePayment()

  const oneTime = details.lineItems.filter((line) => !line.price.recurring)
  const trial = subscription.status === 'trialing'
  const invoice = draftInvoice(account, {
    id: invoiceId,
    customer,
    currency: subscription.currency,
    reason: 'subscription_create',
    period: { start: account.now(), end: account.now() },
    lines: subscriptionLines(account, subscription, periodOf(subscription), trial),
    extraLines: () => oneTime.map((line) => lineForItem(oneTimeItem(account, customer, line, invoiceId))),
    subscription: account.get('subscription', subscription.id),
    autoAdvance: true,
    includePendingItems: false,
  })
  finalizeInvoice(account, invoice.id, intent)
  schedulePeriodJobs(account, subscription)
}

function trialEnd(account: Account, { subscription }: SessionDetails): number | null {
  const trial = subscription?.trial ?? null
  if (trial === null) return null
  return 'end' in trial ? trial.end : account.now() + trial.days * 24 * 60 * 60
}

/** One-time prices of the session are charged on the first invoice. */
function oneTimeItem(account: Account, customer: Customer, line: LineItem, invoiceId: string) {
  return createInvoiceItem(account, {
    customer,
    invoice: invoiceId,
    price: line.price,
    quantity: line.quantity ?? 1,
    description: line.description,
  })
}
