// Telling the session or invoice behind a payment intent how the payment went.
import { completeSubscriptionSession, createSessionCustomer } from '../billing/session-subscription.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { markFailed, markPaid } from '../billing/invoice-outcome.js'
import type { Account } from '../state/account.js'
import type { Invoice, PaymentIntent, PaymentMethod, Session } from '../wire.js'
import { attachMethod } from './attach.js'
import { isSaved } from './method-options.js'
import { completeIntentSession, settleSession } from './session-outcome.js'

/**
 * Updates the Checkout Session or invoice that a payment intent belongs to, if any, after a successful confirmation.
 *
 * @param announcePayment sends the payment's events; a subscription's session sends its own events first
 */
export function notifyPaid(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  status: 'paid' | 'unpaid',
  announcePayment: () => void,
): void {
  const session = subscriptionSessionOf(account, intent)
  if (session) {
    const billing = method.billing_details
    completeSubscriptionSession(account, session, { billing, method, intent, announcePayment })
    return
  }
  announcePayment()
  const invoice = invoiceOf(account, intent)
  if (!invoice) {
    completeIntentSession(account, intent, method, status)
    saveMethod(account, intent, method)
  } else if (status === 'paid') {
    invoicePaid(account, intent, method, invoice)
  }
}

/** Records a failed payment on the invoice, if the intent belongs to one. */
export function notifyFailed(account: Account, intent: PaymentIntent): void {
  const invoice = invoiceOf(account, intent)
  if (invoice) markFailed(inCustomersTime(account, invoice.customer), invoice)
}

/** The same for a payment that needs an action by the customer. */
export function notifyActionRequired(account: Account, intent: PaymentIntent): void {
  const invoice = invoiceOf(account, intent)
  if (invoice) markFailed(inCustomersTime(account, invoice.customer), invoice, true)
}

/** Updates the session or invoice after a delayed payment has succeeded or failed. */
export function notifySettled(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  paid: boolean,
): void {
  const invoice = invoiceOf(account, intent)
  if (!invoice) settleSession(account, intent, paid)
  else if (paid) invoicePaid(account, intent, method, invoice)
  else notifyFailed(account, intent)
}

/** Creates the customer of a subscription session before its charge, which refers to them. */
export function withSessionCustomer(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
): PaymentIntent {
  const session = subscriptionSessionOf(account, intent)
  if (!session || intent.customer !== null) return intent
  return account.update('payment_intent', intent.id, {
    customer: createSessionCustomer(account, session, method.billing_details).id,
  })
}

function invoicePaid(account: Account, intent: PaymentIntent, method: PaymentMethod, invoice: Invoice): void {
  if (invoice.status === 'paid') return
  const customerAccount = inCustomersTime(account, invoice.customer)
  saveMethod(customerAccount, intent, method)
  markPaid(customerAccount, invoice, { methodId: method.id })
}

/** Attaches a saved method to the customer. The intent is read again, as the session may just have created the customer. */
function saveMethod(account: Account, intent: PaymentIntent, method: PaymentMethod): void {
  const { customer } = account.get('payment_intent', intent.id)
  if (customer === null) return
  if (isSaved(intent, method)) attachMethod(account, method, customer)
  else if (isConsented(account, intent, method))
    attachMethod(
      account,
      account.update('payment_method', method.id, { allow_redisplay: 'always' }),
      customer,
    )
}

/** Whether the customer ticked the box that saves the method. */
function isConsented(account: Account, intent: PaymentIntent, method: PaymentMethod): boolean {
  const details = account.find('session_details', account.get('intent_details', intent.id).session)
  return details?.consentedMethod === method.id
}

function subscriptionSessionOf(account: Account, intent: PaymentIntent): Session | undefined {
  const session = account.find('checkout.session', account.get('intent_details', intent.id).session)
  return session?.mode === 'subscription' && session.status === 'open' ? session : undefined
}

function invoiceOf(account: Account, intent: PaymentIntent): Invoice | undefined {
  return account.find('invoice', account.get('intent_details', intent.id).invoice)
}
