// Completing a session that only saves a card.
import { completeSubscriptionSession } from '../billing/session-subscription.js'
import type { Account } from '../state/account.js'
import type { PaymentMethod } from '../wire.js'
import { attachMethod } from './attach.js'
import { completeSession } from './session-outcome.js'

/** Completes a session without a payment, in setup mode or with a trial, once the payment method is set up. */
export function completeSetupSession(
  account: Account,
  sessionId: string | null,
  method: PaymentMethod,
): void {
  const session = account.find('checkout.session', sessionId)
  if (session?.status !== 'open') return
  const billing = method.billing_details
  if (session.mode === 'subscription') {
    completeSubscriptionSession(account, session, {
      billing,
      method,
      intent: undefined,
      announcePayment: () => undefined,
    })
    return
  }
  const { customer } = completeSession(account, session, billing, 'no_payment_required')
  if (customer !== null) attachMethod(account, account.get('payment_method', method.id), customer)
}
