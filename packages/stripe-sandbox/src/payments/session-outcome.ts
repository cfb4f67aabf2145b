// Completing a Checkout Session, and settling its delayed payment.
import { createSessionInvoice, invoiceIdFor } from '../billing/session-invoice.js'
import { createCustomer } from '../resources/customers.js'
import type { Account } from '../state/account.js'
import type { PaymentIntent, PaymentMethod, Session } from '../wire.js'
import { collectedNames, completedDetails, newCustomer } from './customer-details.js'
import type { BillingDetails } from './payment-methods.js'
import { presentmentOf } from './presentment.js'
import { countSale } from './count-sale.js'
import { storeTaxId, updateCustomer } from './customer-update.js'

/** Completes the session that a confirmed payment intent belongs to, if any. */
export function completeIntentSession(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  paymentStatus: 'paid' | 'unpaid',
): void {
  const session = sessionOf(account, intent)
  if (!session) return
  completeSession(account, session, method.billing_details, paymentStatus)
}

/** Completes a session and sends its events. `no_payment_required` is for sessions with nothing due. */
export function completeSession(
  account: Account,
  session: Session,
  billing: BillingDetails,
  paymentStatus: 'paid' | 'unpaid' | 'no_payment_required',
): Session {
  const details = completedDetails(account, session, billing)
  const created =
    session.customer === null && makesCustomer(account, session)
      ? createCustomer(account, newCustomer(details))
      : undefined
  if (created) account.emit('customer.created', created)
  updateCustomer(account, session, billing)
  storeTaxId(account, session, created?.id ?? session.customer)
  const presentment = presentmentOf(account, session)
  const customer = created?.id ?? session.customer
  const intent = account.find('payment_intent', session.payment_intent)
  if (intent) giveToCustomer(account, intent, customer)
  const invoice = paymentStatus === 'unpaid' ? null : invoiceIdFor(account, session, customer)
  const complete = account.update('checkout.session', session.id, {
    status: 'complete',
    payment_status: paymentStatus,
    customer,
    ...(invoice === null ? {} : { invoice }),
    customer_details: details,
    ...(presentment ? { presentment_details: presentment } : {}),
    collected_information: collectedNames(session, details),
  })
  countSale(account, complete)
  account.emit('checkout.session.completed', complete)
  if (invoice !== null) createSessionInvoice(account, complete, invoice)
  return complete
}

function giveToCustomer(account: Account, intent: PaymentIntent, customer: string | null): void {
  if (customer === intent.customer) return
  account.update('payment_intent', intent.id, { customer })
  if (intent.latest_charge !== null) account.update('charge', intent.latest_charge, { customer })
}

/** A saved card and an invoice need a customer, also if the shop asked for none. */
function makesCustomer(account: Account, session: Session): boolean {
  return (
    session.customer_creation === 'always' ||
    session.invoice_creation?.enabled === true ||
    account.get('session_details', session.id).consentedMethod !== undefined
  )
}

/** Updates a completed session after its delayed payment has succeeded or failed. */
export function settleSession(account: Account, intent: PaymentIntent, paid: boolean): void {
  const session = sessionOf(account, intent)
  if (session?.status !== 'complete') return
  if (paid) {
    const invoice = invoiceIdFor(account, session, session.customer)
    const settled = account.update('checkout.session', session.id, {
      payment_status: 'paid',
      ...(invoice === null ? {} : { invoice }),
    })
    account.emit('checkout.session.async_payment_succeeded', settled)
    if (invoice !== null) createSessionInvoice(account, settled, invoice)
  } else {
    account.emit('checkout.session.async_payment_failed', session)
  }
}

function sessionOf(account: Account, intent: PaymentIntent): Session | undefined {
  return account.find('checkout.session', account.get('intent_details', intent.id).session)
}
