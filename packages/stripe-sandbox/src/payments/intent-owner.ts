import { completeSubscriptionSession, createSessionCustomer } from '../billing/session-subscription.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { markFailed, markPaid } from '../billing/invoice-outcome.js'
import type { Account } from '../state/account.js'
import type { Invoice, PaymentIntent, PaymentMethod, Session } from '../wire.js'
import { attachMethod } from './attach.js'
import { isSaved } from './method-options.js'
import { completeIntentSession, settleSession } from './session-outcome.js'

/**
 * What a payment intent was made for hears how the payment goes: a Checkout Session, an invoice, or nobody. Each of
 * them decides where the events of the payment come among its own.
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

export function notifyFailed(account: Account, intent: PaymentIntent): void {
  const invoice = invoiceOf(account, intent)
  if (invoice) markFailed(inCustomersTime(account, invoice.customer), invoice)
}

export function notifyActionRequired(account: Account, intent: PaymentIntent): void {
  const invoice = invoiceOf(account, intent)
  if (invoice) markFailed(inCustomersTime(account, invoice.customer), invoice, true)
}

/** A delayed payment has arrived, or will not. */
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

/** The buyer of a subscription exists before the charge does, which names them. */
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

/** A customer who paid with a method that is to be kept has it from now on. Their session may just have made them. */
function saveMethod(account: Account, intent: PaymentIntent, method: PaymentMethod): void {
  const { customer } = account.get('payment_intent', intent.id)
  if (customer !== null && isSaved(intent, method)) attachMethod(account, method, customer)
}

function subscriptionSessionOf(account: Account, intent: PaymentIntent): Session | undefined {
  const session = account.find('checkout.session', account.get('intent_details', intent.id).session)
  return session?.mode === 'subscription' && session.status === 'open' ? session : undefined
}

function invoiceOf(account: Account, intent: PaymentIntent): Invoice | undefined {
  return account.find('invoice', account.get('intent_details', intent.id).invoice)
}
