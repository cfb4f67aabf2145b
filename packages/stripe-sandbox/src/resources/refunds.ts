// API operations for refunds.
import type Stripe from 'stripe'
import { invalidRequest, noSuch, notFound, refused } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { cancelRefund, refundCharge } from '../payments/refunds.js'
import type { Account } from '../state/account.js'
import type { Charge, Refund } from '../wire.js'
import { previousValues } from './previous-values.js'
import { refuseUnsupported } from './unsupported-parameters.js'

const UNSUPPORTED_PARAMETERS = [
  'customer',
  'currency',
  'origin',
  'refund_application_fee',
  'reverse_transfer',
]

export const refundOperations = [
  operation<Stripe.RefundCreateParams>('POST /v1/refunds', ({ account }, params) => {
    refuseUnsupported(params, UNSUPPORTED_PARAMETERS)
    const { amount } = params
    if (amount !== undefined && amount < 1) {
      throw invalidRequest(
        'This value must be greater than or equal to 1.',
        'amount',
        'parameter_invalid_integer',
      )
    }
    const charge = chargeToRefund(account, params.payment_intent, params.charge)
    return refundCharge(account, charge, {
      amount,
      reason: params.reason ?? null,
      metadata: mergeMetadata({}, params.metadata),
      email: params.instructions_email,
    })
  }),

  operation<Stripe.RefundListParams>('GET /v1/refunds', (call, params) => {
    const { charge, payment_intent, created } = params
    return listPage(
      call,
      'refund',
      call.account.all('refund'),
      params,
      (refund) => hasValues(refund, { charge, payment_intent }) && inRange(refund.created, created),
    )
  }),

  operation('POST /v1/refunds/{refund}/cancel', ({ account, id }) =>
    cancelRefund(account, requireRefund(account, id)),
  ),

  operation('GET /v1/refunds/{refund}', ({ account, id }) => requireRefund(account, id)),

  operation<Stripe.RefundUpdateParams>('POST /v1/refunds/{refund}', ({ account, id }, params) => {
    const refund = requireRefund(account, id)
    const updated = account.update('refund', id, {
      metadata: mergeMetadata(refund.metadata ?? {}, params.metadata),
    })
    const previous = previousValues(refund, updated)
    account.emit('refund.updated', updated, previous)
    account.emit('charge.refund.updated', updated, previous)
    return updated
  }),
]

function chargeToRefund(
  account: Account,
  intentId: string | undefined,
  chargeId: string | undefined,
): Charge {
  if (intentId === undefined && chargeId === undefined) {
    throw invalidRequest(
      'One of the following params should be provided for this request: payment_intent or charge.',
    )
  }
  const intent = account.find('payment_intent', intentId)
  if (intentId !== undefined && !intent) throw noSuch('payment_intent', intentId, 'payment_intent')
  if (intent && (intent.status !== 'succeeded' || intent.latest_charge === null)) {
    throw refused(
      `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
      'payment_intent',
    )
  }
  const id = chargeId ?? intent?.latest_charge ?? ''
  const charge = account.find('charge', id)
  if (!charge || (intent && charge.payment_intent !== intent.id)) throw noSuch('charge', id, 'charge')
  return charge
}

function requireRefund(account: Account, id: string): Refund {
  const refund = account.find('refund', id)
  if (!refund) throw notFound('refund', id, 'refund')
  return refund
}
