// Opening disputes and inquiries, and withdrawing the disputed amount.
import { refused } from '../api/errors.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Dispute } from '../wire.js'
import { settleCharge } from './charges.js'
import { recordBalanceTransaction } from './fees.js'
import { closeWarnings } from './fraud-warnings.js'
import { failPendingRefunds } from './refunds.js'
import { eligibilityOf, PROGRAM } from './compelling-evidence.js'
import type { CardDispute } from './test-cards.js'

/** Stripe's fee for a dispute, in minor units. */
export const DISPUTE_FEE = 1500

/** How long a shop has to respond. */
export const RESPONSE_SECONDS = 7 * 24 * 60 * 60

/** The reasons for disputes, with Visa's code for each. */
const VISA_REASON_CODES = {
  fraudulent: '10.4',
  product_not_received: '13.1',
  product_unacceptable: '13.3',
  duplicate: '12.6',
  credit_not_processed: '13.6',
  subscription_canceled: '13.2',
  unrecognized: null,
  general: null,
} as const

export type DisputeReason = keyof typeof VISA_REASON_CODES

export const DISPUTE_REASONS = Object.keys(VISA_REASON_CODES) as DisputeReason[]

export function isDisputeReason(text: string): text is DisputeReason {
  return Object.hasOwn(VISA_REASON_CODES, text)
}

const NO_EVIDENCE: Dispute['evidence'] = {
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

/** Opens the disputes that a test card leads to. */
export function openCardDisputes(account: Account, chargeId: string, kind: CardDispute): void {
  if (kind === 'inquiry') openDispute(account, chargeId, { reason: 'general', inquiry: true })
  else if (kind === 'compelling_evidence')
    openDispute(account, chargeId, { reason: 'fraudulent', compelling: true })
  else if (kind !== 'multiple') openDispute(account, chargeId, { reason: kind })
  else {
    const { amount } = account.get('charge', chargeId)
    openDispute(account, chargeId, { reason: 'fraudulent', amount: Math.max(1, Math.floor(amount / 2)) })
    // The smallest payment has no second half.
    if (amount > 1) openDispute(account, chargeId, { reason: 'product_not_received' })
  }
}

interface NewDispute {
  reason: DisputeReason
  inquiry?: boolean
  /** Whether it can be answered with Visa Compelling Evidence 3.0. */
  compelling?: boolean
  /** In minor units. Defaults to everything that is neither refunded nor disputed. */
  amount?: number
}

/**
 * Opens a dispute, which withdraws the amount and a fee, or an inquiry, which withdraws nothing.
 *
 * @throws StripeApiError when the amount is more than is left to dispute
 */
export function openDispute(account: Account, chargeId: string, given: NewDispute): Dispute {
  const { reason, inquiry = false, compelling = false } = given
  const charge = settleCharge(account, chargeId)
  const undisputed = charge.amount_captured - charge.amount_refunded - disputedAmount(account, chargeId)
  const amount = given.amount ?? undisputed
  if (amount < 1 || amount > undisputed)
    throw refused('There is nothing left to dispute: this charge has already been refunded or disputed.')
  failPendingRefunds(account, chargeId)
  const id = newId('dispute')
  const networkReason = VISA_REASON_CODES[reason]
  const brand = charge.payment_method_details?.card?.brand
  const dispute = account.save('dispute', {
    id,
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    enhanced_eligibility_types: compelling ? [PROGRAM] : [],
    evidence: {
      ...NO_EVIDENCE,
      customer_email_address: charge.billing_details.email,
      customer_name: charge.billing_details.name,
    },
    evidence_details: {
      due_by: account.now() + RESPONSE_SECONDS,
      enhanced_eligibility: compelling ? { [PROGRAM]: eligibilityOf(undefined) } : {},
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
  const disputed = account.update('charge', charge.id, { disputed: true })
  account.schedule('miss_deadline', id, RESPONSE_SECONDS)
  account.emit('charge.dispute.created', dispute)
  closeWarnings(account, disputed)
  return inquiry ? dispute : withdrawFunds(account, dispute)
}

/** The amount under dispute or lost, in minor units. Won disputes and closed inquiries do not count. */
function disputedAmount(account: Account, chargeId: string): number {
  let total = 0
  for (const dispute of account.all('dispute').newestFirst()) {
    if (dispute.charge === chargeId && dispute.status !== 'won' && dispute.status !== 'warning_closed')
      total += dispute.amount
  }
  return total
}

/** Takes the disputed amount and the fee from the balance. */
export function withdrawFunds(account: Account, dispute: Dispute): Dispute {
  const withdrawal = recordBalanceTransaction(account, {
    amount: -dispute.amount,
    fee: DISPUTE_FEE,
    feeDescription: 'Dispute fee',
    currency: dispute.currency,
    description: `Chargeback withdrawal for ${dispute.charge}`,
    source: dispute.id,
    type: 'adjustment',
    category: 'dispute',
  })
  const after = account.update('dispute', dispute.id, {
    balance_transactions: [...dispute.balance_transactions, withdrawal],
    is_charge_refundable: false,
  })
  account.emit('charge.dispute.funds_withdrawn', after)
  return after
}
