import type { Account } from '../state/account.js'
import type { PaymentIntent, PaymentMethod, Session } from '../wire.js'

/** The customer has done their part: the session that this intent belongs to, if any, is complete. */
export function completeSession(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  paymentStatus: 'paid' | 'unpaid',
): void {
  const session = sessionOf(account, intent)
  if (!session) return
  const { billing_details: billing } = method
  const email = session.customer_details?.email ?? session.customer_email ?? billing.email
  const complete = account.update('checkout.session', session.id, {
    status: 'complete',
    payment_status: paymentStatus,
    url: null,
    customer_details: {
      address: billing.address ?? null,
      business_name: null,
      email,
      individual_name: null,
      name: billing.name,
      phone: billing.phone,
      tax_exempt: 'none',
      tax_ids: [],
    },
  })
  account.emit('checkout.session.completed', complete)
}

/** A delayed payment has arrived, or will not. */
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
