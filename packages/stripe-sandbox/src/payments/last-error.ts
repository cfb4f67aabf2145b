// The message of a session's last failed attempt.
import type { Account } from '../state/account.js'
import type { Session } from '../wire.js'
import { paymentIntentOf } from './confirm-session.js'

/** Why a session's last attempt failed, as shown to the customer. */
export function lastErrorMessage(account: Account, session: Session): string | undefined {
  const details = account.get('session_details', session.id)
  const setup = account.find('setup_intent', session.setup_intent ?? details.hiddenIntent)
  return paymentIntentOf(account, session)?.last_payment_error?.message ?? setup?.last_setup_error?.message
}
