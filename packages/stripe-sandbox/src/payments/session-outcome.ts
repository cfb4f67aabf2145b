// Completing a Checkout Session, and settling its delayed payment.
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
  const customer = completeSession(account, session, method.billing_details, paymentStatus).customer
  if (customer === intent.customer) return
  account.update('payment_intent', intent.id, { customer })
  if (intent.latest_charge !== null) account.update('charge', intent.latest_charge, { customer })
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
    session.customer_creation === 'always' && session.customer === null
      ? createCustomer(account, newCustomer(details))
      : undefined
  if (created) account.emit('customer.created', created)
  updateCustomer(account, session, billing)
  storeTaxId(account, session, created?.id ?? session.customer)
  const presentment = presentmentOf(account, session)
  const complete = account.update('checkout.session', session.id, {
    status: 'complete',
    payment_status: paymentStatus,
    customer: created?.id ?? session.customer,
    customer_details: details,
    ...(presentment ? { presentment_details: presentment } : {}),
    collected_information: collectedNames(session, details),
  })
  countSale(account, complete)
  account.emit('checkout.session.completed', complete)
  return complete
}

/** Updates a completed session after its delayed payment has succeeded or failed. */
export function settleSession(account: Account, intent: PaymentIntent, paid: boolean): void {
  const session = sessionOf(account, intent)
  if (session?.status !== 'complete') return
  if (paid) {
    const settled = account.update('checkout.session', session.id, { payment_status: 'paid' })
    account.emit('checkout.session.async_payment_succeeded', settled)
  } else {
    account.emit('checkout.session.async_payment_failed', session)
  }
}

function sessionOf(account: Account, intent: PaymentIntent): Session | undefined {
  return account.find('checkout.session', account.get('intent_details', intent.id).session)
}
