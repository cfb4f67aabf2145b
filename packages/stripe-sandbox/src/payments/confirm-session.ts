// Confirming a Checkout Session, from the pay page or the API.
import { completeSubscriptionSession } from '../billing/session-subscription.js'
import { refused } from '../api/errors.js'
import { intentMethodOptions } from '../resources/session-method-options.js'
import type { Account } from '../state/account.js'
import type { PaymentIntent, PaymentMethod, Session, SetupIntent } from '../wire.js'
import { confirmIntent, type Confirmation } from './confirm.js'
import { createIntent } from './intents.js'
import type { BillingDetails } from './payment-methods.js'
import { presentIntent } from './presentment.js'
import { checkDiscount } from './session-discount.js'
import { completeSession } from './session-outcome.js'
import { requireTaxCountry } from './tax-location.js'
import { confirmSetup, createSetupIntent } from './setup.js'

/** Confirms a session with a payment method. As at Stripe, the payment intent is created by the first confirmation. */
export function confirmSession(account: Account, session: Session, method: PaymentMethod): Confirmation {
  requireOpen(session)
  if (!needsMethod(session)) return confirmFreeSession(account, session, method.billing_details)
  requireTaxCountry(session)
  checkDiscount(account, session, session.customer_details?.email ?? method.billing_details.email)
  if (!session.payment_method_types.includes(method.type)) {
    throw refused(
      `The payment method type "${method.type}" is not allowed for this Checkout Session. Allowed: ${session.payment_method_types.join(', ')}.`,
      'payment_method',
    )
  }
  if (!session.amount_total) return confirmSetup(account, setupIntentOf(account, session), method)
  const existing = paymentIntentOf(account, session)
  if (existing) return confirmIntent(account, presentIntent(account, session, existing), method)
  const intent = presentIntent(account, session, createSessionIntent(account, session))
  return confirmIntent(account, intent, method, { unannounced: intent })
}

/** Whether the session asks for a payment method. Trials and setup sessions do, although nothing is due yet. */
export function needsMethod(session: Session): boolean {
  if (session.amount_total) return true
  return (
    session.mode === 'setup' ||
    (session.mode === 'subscription' && session.payment_method_collection === 'always')
  )
}

/** Completes a session with nothing due, without a payment. */
export function confirmFreeSession(
  account: Account,
  session: Session,
  billing: BillingDetails,
): Confirmation {
  requireOpen(session)
  checkDiscount(account, session, session.customer_details?.email ?? billing.email ?? null)
  if (session.mode === 'subscription') {
    completeSubscriptionSession(account, session, {
      billing,
      method: undefined,
      intent: undefined,
      announcePayment: () => undefined,
    })
  } else {
    completeSession(account, cancelFailedIntent(account, session), billing, 'no_payment_required')
  }
  return { result: 'paid' }
}

/** A session's payment intent, which exists after the first payment attempt. */
export function paymentIntentOf(account: Account, session: Session): PaymentIntent | undefined {
  return account.find(
    'payment_intent',
    session.payment_intent ?? account.get('session_details', session.id).hiddenIntent,
  )
}

function requireOpen(session: Session): void {
  if (session.status === 'open') return
  throw refused(`You cannot confirm this Checkout Session because it is ${session.status ?? 'closed'}.`)
}

/** Cancels the intent of an earlier failed payment, for a session that a promotion code has made free. */
function cancelFailedIntent(account: Account, session: Session): Session {
  const intent = account.find('payment_intent', session.payment_intent)
  if (!intent) return session
  const canceled = account.update('payment_intent', intent.id, {
    status: 'canceled',
    canceled_at: account.now(),
    cancellation_reason: 'automatic',
    next_action: null,
  })
  account.emit('payment_intent.canceled', canceled)
  return account.update('checkout.session', session.id, { payment_intent: null })
}

function createSessionIntent(account: Account, session: Session): PaymentIntent {
  const subscription = session.mode === 'subscription'
  const intent = createIntent(
    account,
    {
      ...account.get('session_details', session.id).intent,
      amount: session.amount_total ?? 0,
      currency: session.currency ?? 'usd',
      customer: session.customer,
      payment_method_types: session.payment_method_types,
      payment_method_options: intentMethodOptions(session),
      ...(subscription ? { description: 'Subscription creation', setup_future_usage: 'off_session' } : {}),
    },
    { session: session.id },
  )
  // A session in subscription mode shows its invoice instead of the payment intent.
  if (subscription) account.update('session_details', session.id, { hiddenIntent: intent.id })
  else account.update('checkout.session', session.id, { payment_intent: intent.id })
  return intent
}

function setupIntentOf(account: Account, session: Session): SetupIntent {
  return (
    account.find(
      'setup_intent',
      session.setup_intent ?? account.get('session_details', session.id).hiddenIntent,
    ) ?? createHiddenSetup(account, session)
  )
}

function createHiddenSetup(account: Account, session: Session): SetupIntent {
  const intent = createSetupIntent(account, { customer: session.customer }, { session: session.id })
  account.update('session_details', session.id, { hiddenIntent: intent.id })
  return intent
}
