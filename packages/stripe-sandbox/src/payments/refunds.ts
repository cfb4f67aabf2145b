// Creating, finishing and canceling refunds.
import { missingParameter, refused } from '../api/errors.js'
import { formatAmount } from '../money/currencies.js'
import type { Account } from '../state/account.js'
import { newId, randomText } from '../state/identifiers.js'
import type { Charge, Refund } from '../wire.js'
import { settleCharge } from './charges.js'
import { recordBalanceTransaction } from './fees.js'
import { closeWarnings } from './fraud-warnings.js'
import { presentedRefund } from './presentment.js'
import { testCard } from './test-cards.js'
import { VOUCHERS } from './voucher-types.js'

/** How long a test card's delayed refund result takes. */
const REFUND_DELAY_SECONDS = 5

interface RefundRequest {
  /** In minor units, or undefined for everything that is left. */
  amount: number | undefined
  reason: Refund['reason']
  metadata: Refund['metadata']
  /** Where a konbini customer is asked for their bank account. Defaults to the email of the payment. */
  email?: string | undefined
}

/**
 * Refunds a charge. The events are sent in Stripe's order.
 *
 * @throws StripeApiError when the charge cannot be refunded, or not by this amount
 */
export function refundCharge(account: Account, unsettled: Charge, request: RefundRequest): Refund {
  const refundable = unsettled.amount_captured - unsettled.amount_refunded
  checkRefundable(account, unsettled, request.amount, refundable)
  const charge = settleCharge(account, unsettled.id)
  const amount = request.amount ?? refundable
  const cardRefund = testCard(account.find('payment_source', charge.payment_method)?.number ?? '')?.refund
  const presentment = presentedRefund(charge, amount)
  const byMail = mailedTo(charge, request.email)
  const id = newId('refund')
  const entry = recordBalanceTransaction(account, {
    amount: -amount,
    fee: 0,
    currency: charge.currency,
    description: 'REFUND FOR CHARGE',
    source: id,
    type: 'refund',
    category: 'refund',
  })
  const refund = account.save('refund', {
    id,
    object: 'refund',
    amount,
    balance_transaction: entry.id,
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    ...(charge.payment_method_details?.type === 'card'
      ? {
          destination_details: {
            type: 'card',
            card: {
              reference_status: 'pending',
              reference_type: 'acquirer_reference_number',
              type: 'refund' as const,
            },
          },
        }
      : { destination_details: { type: charge.payment_method_details?.type ?? 'card' } }),
    metadata: request.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(byMail ? { instructions_email: byMail, next_action: bankDetailsByMail(account, byMail) } : {}),
    ...(presentment ? { presentment_details: presentment } : {}),
    ...(cardRefund === 'pending' ? { pending_reason: 'processing' as const } : {}),
    reason: request.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: byMail ? 'requires_action' : cardRefund === 'pending' ? 'pending' : 'succeeded',
    transfer_reversal: null,
  })
  account.emit('refund.created', refund)
  const refunded = charge.amount_refunded + amount
  const after = account.update('charge', charge.id, {
    amount_refunded: refunded,
    refunded: refunded === charge.amount_captured,
  })
  account.emit('charge.refunded', after, {
    amount_refunded: charge.amount_refunded,
    refunded: charge.refunded,
  })
  closeWarnings(account, after)
  if (byMail !== undefined) {
    account.schedule('finish_refund', refund.id, account.context.delayedMethodSeconds)
    return refund
  }
  if (cardRefund !== undefined) {
    account.schedule('finish_refund', refund.id, REFUND_DELAY_SECONDS)
    return refund
  }
  if (!refund.destination_details?.card) return refund
  const { card } = refund.destination_details
  const referenced = account.update('refund', refund.id, {
    destination_details: {
      ...refund.destination_details,
      card: { ...card, reference: randomDigits(), reference_status: 'available' },
    },
  })
  emitUpdate(account, referenced, { destination_details: refund.destination_details })
  return refund
}

/** How long a customer has to name their bank account, in seconds. */
const BANK_DETAILS_SECONDS = 45 * 24 * 60 * 60

/** The address that a refund's instructions go to: konbini refunds need the customer's bank account. */
function mailedTo(charge: Charge, email: string | undefined): string | undefined {
  if (charge.payment_method_details?.type !== 'konbini') return undefined
  const known = email ?? charge.billing_details.email
  if (!known) throw missingParameter('instructions_email')
  return known
}

function bankDetailsByMail(account: Account, email: string): NonNullable<Refund['next_action']> {
  const now = account.now()
  return {
    type: 'display_details',
    display_details: {
      email_sent: { email_sent_at: now, email_sent_to: email },
      expires_at: now + BANK_DETAILS_SECONDS,
    },
  }
}

/** Applies a refund's delayed result, unless the refund has changed in the meantime. */
export function finishDelayedRefund(account: Account, refundId: string): void {
  const refund = account.get('refund', refundId)
  if (refund.status === 'requires_action') finishRefund(account, refundId, 'succeeded')
  const card = testCard(account.find('payment_source', refund.payment_method)?.number ?? '')
  if (card?.refund === 'pending' && refund.status === 'pending') finishRefund(account, refundId, 'succeeded')
  if (card?.refund === 'fails' && refund.status === 'succeeded') finishRefund(account, refundId, 'failed')
}

/**
 * Makes a pending refund succeed, or a pending or succeeded one fail, which returns the amount to the charge.
 *
 * @throws StripeApiError when the refund's status does not allow it
 */
export function finishRefund(account: Account, refundId: string, outcome: 'succeeded' | 'failed'): void {
  const refund = account.get('refund', refundId)
  if (outcome === 'failed') {
    if (!['pending', 'requires_action', 'succeeded'].includes(refund.status ?? ''))
      throw refused(`This refund is ${refund.status ?? 'closed'} already.`)
    const failed = reverseRefund(account, refund, 'failed', 'expired_or_canceled_card')
    account.emit('refund.failed', failed)
    account.emit('charge.refund.updated', failed, { status: refund.status })
    return
  }
  if (refund.status !== 'pending' && refund.status !== 'requires_action')
    throw refused('Only a pending refund can succeed.')
  const { pending_reason: reason, next_action: action, ...rest } = refund
  const succeeded = account.save('refund', { ...rest, status: 'succeeded' })
  emitUpdate(account, succeeded, {
    status: refund.status,
    ...(reason === undefined ? {} : { pending_reason: reason }),
    ...(action === undefined ? {} : { next_action: action }),
  })
}

/**
 * Cancels a refund. Stripe's API cancels only refunds with the status `requires_action`, which no test card produces,
 * so the sandbox also cancels pending ones, as Stripe's dashboard does.
 */
export function cancelRefund(account: Account, refund: Refund): Refund {
  if (refund.status !== 'pending' && refund.status !== 'requires_action') {
    throw refused(
      `Refund ${refund.id} cannot be canceled because its status is ${refund.status ?? 'unknown'}. Only a refund that is pending or requires action can be canceled.`,
    )
  }
  const canceled = reverseRefund(account, refund, 'canceled', 'merchant_request')
  emitUpdate(account, canceled, { status: refund.status })
  return canceled
}

/** Fails a charge's pending refunds, because a dispute takes the payment back. */
export function failPendingRefunds(account: Account, chargeId: string): void {
  for (const refund of [...account.all('refund').newestFirst()]) {
    if (refund.charge !== chargeId || refund.status !== 'pending') continue
    const failed = reverseRefund(account, refund, 'failed', 'charge_for_pending_refund_disputed')
    account.emit('refund.failed', failed)
    account.emit('charge.refund.updated', failed, { status: refund.status })
  }
}

function reverseRefund(
  account: Account,
  refund: Refund,
  status: 'failed' | 'canceled',
  reason: string,
): Refund {
  const charge = account.get('charge', refund.charge)
  const returned = recordBalanceTransaction(account, {
    amount: refund.amount,
    fee: 0,
    currency: refund.currency,
    description: 'REFUND FAILURE',
    source: refund.id,
    type: 'refund_failure',
    category: 'refund_failure',
  })
  const rest = { ...refund }
  delete rest.pending_reason
  delete rest.next_action
  account.update('charge', charge.id, {
    amount_refunded: charge.amount_refunded - refund.amount,
    refunded: false,
  })
  return account.save('refund', {
    ...rest,
    status,
    failure_reason: reason,
    failure_balance_transaction: returned.id,
  })
}

function emitUpdate(account: Account, refund: Refund, previous: object): void {
  account.emit('refund.updated', refund, previous)
  account.emit('charge.refund.updated', refund, previous)
}

function checkRefundable(
  account: Account,
  charge: Charge,
  amount: number | undefined,
  refundable: number,
): void {
  if (charge.status !== 'succeeded' || !charge.captured) {
    throw refused(`This charge (${charge.id}) cannot be refunded: it did not succeed.`, 'charge')
  }
  const type = charge.payment_method_details?.type
  if (type === 'oxxo' || type === 'boleto')
    throw refused(`Charges made with ${VOUCHERS[type].name} cannot be refunded.`, 'charge')
  const dispute = [...account.all('dispute').newestFirst()].find((found) => found.charge === charge.id)
  if (dispute && !dispute.is_charge_refundable) {
    throw refused(
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
      undefined,
      'charge_disputed',
    )
  }
  if (refundable === 0) {
    throw refused(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded')
  }
  if (amount !== undefined && amount > refundable) {
    throw refused(
      `Refund amount (${formatAmount(amount, charge.currency)}) is greater than unrefunded amount on charge (${formatAmount(refundable, charge.currency)})`,
      'amount',
    )
  }
}

function randomDigits(): string {
  return randomText(23).replace(/\D/g, '7')
}
