// Capturing an authorized payment.
import { refused } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { PaymentIntent } from '../wire.js'
import { settleCharge } from './charges.js'

type Changes = Partial<
  Pick<PaymentIntent, 'metadata' | 'statement_descriptor' | 'statement_descriptor_suffix'>
>

/**
 * Captures an authorized payment, in full unless an amount in minor units is given. The rest is released.
 *
 * @throws StripeApiError when the payment is not authorized, or the amount is not between 1 and the authorized amount
 */
export function captureIntent(
  account: Account,
  intent: PaymentIntent,
  requestedAmount: number | undefined,
  { metadata = intent.metadata, ...descriptors }: Changes = {},
): PaymentIntent {
  if (intent.status !== 'requires_capture') {
    throw refused(
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      undefined,
      'payment_intent_unexpected_state',
    )
  }
  const amount = requestedAmount ?? intent.amount_capturable
  if (amount < 1 || amount > intent.amount_capturable) {
    throw refused(
      'The amount to capture must be at least 1 and at most the amount that can be captured.',
      'amount_to_capture',
      'amount_too_large',
    )
  }
  const charge = account.get('charge', intent.latest_charge)
  const captured = account.update('charge', charge.id, {
    ...descriptors,
    captured: true,
    amount_captured: amount,
  })
  account.emit('charge.captured', captured, { captured: false, amount_captured: 0 })
  const paid = account.update('payment_intent', intent.id, {
    ...descriptors,
    metadata,
    status: 'succeeded',
    amount_received: amount,
    amount_capturable: 0,
  })
  account.emit('payment_intent.succeeded', paid)
  settleCharge(account, charge.id)
  const { session } = account.get('intent_details', intent.id)
  if (session !== null) account.update('checkout.session', session, { payment_status: 'paid' })
  return paid
}
