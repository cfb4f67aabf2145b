import { refused } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { PaymentIntent, PaymentMethod, Session } from '../wire.js'
import { confirmIntent, type Confirmation } from './confirm.js'
import { createIntent } from './intents.js'

/** The customer presses Pay. The session's payment intent is made at its first confirmation, not before. */
export function confirmSession(account: Account, session: Session, method: PaymentMethod): Confirmation {
  if (session.status !== 'open') {
    throw refused(`You cannot confirm this Checkout Session because it is ${session.status ?? 'closed'}.`)
  }
  if (!session.payment_method_types.includes(method.type)) {
    throw refused(
      `The payment method type "${method.type}" is not allowed for this Checkout Session. Allowed: ${session.payment_method_types.join(', ')}.`,
      'payment_method',
    )
  }
  const known = account.find('payment_intent', session.payment_intent)
  if (known) return confirmIntent(account, known, method)
  const intent = createSessionIntent(account, session)
  return confirmIntent(account, intent, method, intent)
}

function createSessionIntent(account: Account, session: Session): PaymentIntent {
  const intent = createIntent(
    account,
    {
      ...account.get('session_details', session.id).intent,
      amount: session.amount_total ?? 0,
      currency: session.currency ?? 'usd',
      customer: session.customer,
      payment_method_types: session.payment_method_types,
    },
    { session: session.id },
  )
  account.update('checkout.session', session.id, { payment_intent: intent.id })
  return intent
}
