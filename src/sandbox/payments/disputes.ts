import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Dispute } from '../wire.js'
import { settleCharge } from './charges.js'
import { book } from './fees.js'

/** Stripe's fee for a dispute, in the smallest unit. */
const disputeFee = 1500

const timeToRespond = 7 * 24 * 60 * 60

const networkReasons: Record<string, string> = { fraudulent: '10.4', product_not_received: '13.1' }

const noEvidence: Dispute['evidence'] = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
}

/** The cardholder complains to their bank. An inquiry takes no money; a dispute takes the charge and a fee. */
export function openDispute(
  account: Account,
  chargeId: string,
  kind: 'fraudulent' | 'product_not_received' | 'inquiry',
): Dispute {
  const charge = settleCharge(account, chargeId)
  const id = newId('dispute')
  const inquiry = kind === 'inquiry'
  const reason = inquiry ? 'general' : kind
  const networkReason = networkReasons[reason] ?? null
  const brand = charge.payment_method_details?.card?.brand
  const dispute = account.save('dispute', {
    id,
    object: 'dispute',
    amount: charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...noEvidence,
      customer_email_address: charge.billing_details.email,
      customer_name: charge.billing_details.name,
    },
    evidence_details: {
      due_by: account.now() + timeToRespond,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    network_reason_code: networkReason,
    payment_intent: charge.payment_intent,
    ...(brand
      ? {
          payment_method_details: {
            type: 'card',
            card: {
              brand,
              case_type: inquiry ? 'inquiry' : 'chargeback',
              network: brand,
              network_reason_code: networkReason,
            },
          },
        }
      : {}),
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  })
  account.update('charge', charge.id, { disputed: true })
  account.emit('charge.dispute.created', dispute)
  return inquiry ? dispute : withdrawFunds(account, dispute)
}

export function withdrawFunds(account: Account, dispute: Dispute): Dispute {
  const taken = book(account, {
    amount: -dispute.amount,
    fee: disputeFee,
    feeDescription: 'Dispute fee',
    currency: dispute.currency,
    description: `Chargeback withdrawal for ${dispute.charge}`,
    source: dispute.id,
    type: 'adjustment',
    category: 'dispute',
  })
  const after = account.update('dispute', dispute.id, {
    balance_transactions: [...dispute.balance_transactions, taken],
    is_charge_refundable: false,
  })
  account.emit('charge.dispute.funds_withdrawn', after)
  return after
}

/** The bank decides. Money that was taken comes back with its fee when the seller wins. */
export function closeDispute(
  account: Account,
  dispute: Dispute,
  status: 'won' | 'lost' | 'warning_closed',
): Dispute {
  const closed = account.update('dispute', dispute.id, { status, is_charge_refundable: status !== 'lost' })
  account.emit('charge.dispute.closed', closed)
  if (status !== 'won' || closed.balance_transactions.length === 0) return closed
  const returned = book(account, {
    amount: dispute.amount,
    fee: -disputeFee,
    feeDescription: 'Dispute fee refund',
    currency: dispute.currency,
    description: `Chargeback reversal for ${dispute.charge}`,
    source: dispute.id,
    type: 'adjustment',
    category: 'dispute_reversal',
  })
  const after = account.update('dispute', dispute.id, {
    balance_transactions: [...closed.balance_transactions, returned],
  })
  account.emit('charge.dispute.funds_reinstated', after)
  return after
}
