// The pay page as an API, for the official CLI and tests without a browser.
import { invalidRequest, StripeApiError } from '../api/errors.js'
import { operation } from '../api/operation.js'
import { expand } from '../api/expansion.js'
import { present } from '../api/present.js'
import { confirmSession, paymentIntentOf } from '../payments/confirm-session.js'
import { declinedAnswer } from '../payments/intents.js'
import { checkMethodOwner } from '../payments/method-owner.js'
import { resolvePaymentMethod } from '../payments/payment-methods.js'
import { setTaxCountry } from '../payments/tax-location.js'
import type { Account } from '../state/account.js'
import { requireSession } from './checkout-sessions.js'

/**
 * Stripe has these operations for its own pay page and CLI but does not document them. The id is the session's, and
 * the response is the session with its payment intent.
 */
export const paymentPageOperations = [
  operation('GET /v1/payment_pages/{session}', ({ account, id }) => page(account, id)),

  operation<{ payment_method: string; expected_amount?: number }>(
    'POST /v1/payment_pages/{session}/confirm',
    ({ account, id }, params) => {
      const known = requireSession(account, id)
      const method = resolvePaymentMethod(account, params.payment_method)
      checkMethodOwner(account, method, known.customer)
      const session = setTaxCountry(account, known, method.billing_details.address?.country)
      if (params.expected_amount !== undefined && params.expected_amount !== (session.amount_total ?? 0)) {
        throw invalidRequest(
          `The expected amount (${params.expected_amount}) is not the session's amount (${session.amount_total ?? 0}).`,
          'expected_amount',
        )
      }
      const confirmation = confirmSession(account, session, method)
      if (confirmation.result === 'declined') {
        const intent = paymentIntentOf(account, requireSession(account, id))
        if (intent) throw declinedAnswer(account, confirmation.error, intent.id)
        throw new StripeApiError(402, confirmation.error, true)
      }
      return page(account, id)
    },
  ),
]

function page(account: Account, id: string): object {
  return expand(account, present(account, requireSession(account, id)), ['line_items', 'payment_intent'])
}
