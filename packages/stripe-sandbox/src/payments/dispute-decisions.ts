// Answering and deciding disputes and inquiries.
import type Stripe from 'stripe'
import { refused } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import { previousValues } from '../resources/previous-values.js'
import { withoutUndefined } from '../resources/without-undefined.js'
import type { Account } from '../state/account.js'
import type { Checked, Dispute } from '../wire.js'
import { DISPUTE_FEE, RESPONSE_SECONDS, withdrawFunds } from './disputes.js'
import { checkCompellingEvidence, eligibilityOf, PROGRAM, withCompelling } from './compelling-evidence.js'
import { checkEvidence } from './evidence-limits.js'
import { recordBalanceTransaction } from './fees.js'

export type Decision = 'win' | 'lose' | 'escalate'

/**
 * Stripe's test values of `uncategorized_text`, which decide a dispute at once. Other evidence stays under review. In the
 * sandbox they decide an appeal too, as its `reason_for_filing`.
 */
const TEST_EVIDENCE: Record<string, Decision> = {
  winning_evidence: 'win',
  losing_evidence: 'lose',
  escalate_inquiry_evidence: 'escalate',
}

const AWAITING_RESPONSE = ['needs_response', 'warning_needs_response']
const OPEN = [
  ...AWAITING_RESPONSE,
  'under_review',
  'warning_under_review',
  'appeal_needs_response',
  'appeal_under_review',
]

/** Whether the shop can still submit evidence or accept the dispute. */
function awaitsResponse(dispute: Dispute): boolean {
  return AWAITING_RESPONSE.includes(dispute.status)
}

export interface EvidenceUpdate {
  evidence?: Checked<Stripe.DisputeUpdateParams.Evidence> | undefined
  metadata?: Checked<Stripe.DisputeUpdateParams>['metadata']
  /** True submits the evidence to the bank, false only saves it. Defaults to true if there is evidence. */
  submit?: boolean | undefined
}

/** Saves a shop's evidence and metadata, and submits the evidence unless `submit` is false. */
export function updateEvidence(account: Account, dispute: Dispute, given: EvidenceUpdate): Dispute {
  const { evidence, submit } = given
  if (evidence !== undefined || submit === true) refuseLateEvidence(dispute, evidence)
  const fields = Object.entries(withoutUndefined(evidence ?? {})).map(([name, value]) => [
    name,
    value === '' ? null : value,
  ])
  const submitted = submit ?? evidence !== undefined
  const details = dispute.evidence_details
  const merged = withCompelling({ ...dispute.evidence, ...(Object.fromEntries(fields) as object) })
  if (fields.length > 0) {
    checkEvidence(account, { ...dispute, evidence: merged })
    checkCompellingEvidence(account, { ...dispute, evidence: merged })
  }
  const program = merged.enhanced_evidence[PROGRAM]
  const changed = account.update('dispute', dispute.id, {
    evidence: merged,
    evidence_details: {
      ...details,
      ...(program && {
        enhanced_eligibility: { ...details.enhanced_eligibility, [PROGRAM]: eligibilityOf(program) },
      }),
      has_evidence: details.has_evidence || fields.length > 0,
      submission_count: details.submission_count + (submitted ? 1 : 0),
      submission_method: submitted ? 'manual' : details.submission_method,
    },
    metadata: mergeMetadata(dispute.metadata, given.metadata),
    ...(submitted ? { status: statusUnderReview(dispute) } : {}),
  })
  account.emit('charge.dispute.updated', changed, previousValues(dispute, changed))
  const deciding = isAppeal(dispute)
    ? changed.evidence.appeal?.card?.reason_for_filing
    : changed.evidence.uncategorized_text
  const decision = submitted ? TEST_EVIDENCE[deciding ?? ''] : undefined
  if (decision === undefined || (decision === 'escalate' && !isInquiry(changed))) return changed
  return decideDispute(account, changed, decision)
}

/** @throws StripeApiError unless the dispute can still be answered with this */
function refuseLateEvidence(dispute: Dispute, evidence: EvidenceUpdate['evidence']): void {
  if (isAppeal(dispute) && dispute.status === 'appeal_needs_response') {
    const other = Object.keys(withoutUndefined(evidence ?? {})).find((name) => name !== 'appeal')
    if (other === undefined) return
    throw refused('Only evidence for the appeal can be changed now.', `evidence[${other}]`)
  }
  if (!awaitsResponse(dispute))
    throw refused('This dispute is already closed or under review; its evidence cannot be changed.')
  if (evidence?.appeal) throw refused('This dispute can’t be appealed.', 'evidence[appeal]')
}

function statusUnderReview(dispute: Dispute): Dispute['status'] {
  if (isAppeal(dispute)) return 'appeal_under_review'
  return isInquiry(dispute) ? 'warning_under_review' : 'under_review'
}

/**
 * Lets the shop appeal a lost dispute. At Stripe only accounts that asked for it can.
 * @throws StripeApiError for any other dispute
 */
export function offerAppeal(account: Account, dispute: Dispute): Dispute {
  if (dispute.status !== 'lost' || dispute.evidence.appeal)
    throw refused('Only a lost dispute can be appealed, once.')
  const open = account.update('dispute', dispute.id, {
    status: 'appeal_needs_response',
    evidence: { ...dispute.evidence, appeal: {} },
    evidence_details: {
      ...dispute.evidence_details,
      due_by: account.now() + RESPONSE_SECONDS,
      past_due: false,
    },
  })
  account.schedule('miss_deadline', dispute.id, RESPONSE_SECONDS)
  account.emit('charge.dispute.updated', open, previousValues(dispute, open))
  return open
}

/** Applies the bank's decision. Whether won or lost, an inquiry is closed as `warning_closed`. */
export function decideDispute(account: Account, dispute: Dispute, decision: Decision): Dispute {
  if (!OPEN.includes(dispute.status)) throw refused('This dispute is already closed.')
  if (decision === 'escalate') {
    if (!isInquiry(dispute)) throw refused('Only an inquiry can be escalated.')
    return escalate(account, dispute)
  }
  if (isInquiry(dispute)) return closeDispute(account, dispute, 'warning_closed')
  return closeDispute(account, dispute, decision === 'win' ? 'won' : 'lost')
}

/** Closes a dispute because the shop accepts it. */
export function acceptDispute(account: Account, dispute: Dispute): Dispute {
  if (!awaitsResponse(dispute)) throw refused('This dispute is already closed.')
  return closeDispute(account, dispute, isInquiry(dispute) ? 'warning_closed' : 'lost')
}

/** Runs when the time to respond is over. Without a response a dispute is lost and an inquiry is closed. */
export function missDeadline(account: Account, id: string): void {
  const dispute = account.get('dispute', id)
  const { due_by: due } = dispute.evidence_details
  // An inquiry that was escalated in the meantime, or a dispute that can be appealed, has a later deadline.
  if (
    !(awaitsResponse(dispute) || dispute.status === 'appeal_needs_response') ||
    due === null ||
    due > account.now()
  )
    return
  const late = account.update('dispute', id, {
    evidence_details: { ...dispute.evidence_details, past_due: true },
  })
  closeDispute(account, late, isInquiry(late) ? 'warning_closed' : 'lost')
}

/** Closes a dispute. When the shop wins, the withdrawn amount and the fee are returned. */
function closeDispute(
  account: Account,
  dispute: Dispute,
  status: 'won' | 'lost' | 'warning_closed',
): Dispute {
  const closed = account.update('dispute', dispute.id, { status, is_charge_refundable: status !== 'lost' })
  account.emit('charge.dispute.closed', closed, { status: dispute.status })
  if (status !== 'won' || closed.balance_transactions.length === 0) return closed
  const reversal = recordBalanceTransaction(account, {
    amount: dispute.amount,
    fee: -DISPUTE_FEE,
    feeDescription: 'Dispute fee refund',
    currency: dispute.currency,
    description: `Chargeback reversal for ${dispute.charge}`,
    source: dispute.id,
    type: 'adjustment',
    category: 'dispute_reversal',
  })
  const after = account.update('dispute', dispute.id, {
    balance_transactions: [...closed.balance_transactions, reversal],
  })
  account.emit('charge.dispute.funds_reinstated', after)
  return after
}

/** Turns an inquiry into a dispute: withdraws the amount and gives the shop a new deadline. */
function escalate(account: Account, inquiry: Dispute): Dispute {
  const { card } = inquiry.payment_method_details ?? {}
  const dispute = account.update('dispute', inquiry.id, {
    status: 'needs_response',
    evidence_details: {
      ...inquiry.evidence_details,
      due_by: account.now() + RESPONSE_SECONDS,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    ...(card ? { payment_method_details: { type: 'card', card: { ...card, case_type: 'chargeback' } } } : {}),
  })
  account.schedule('miss_deadline', dispute.id, RESPONSE_SECONDS)
  account.emit('charge.dispute.updated', dispute, previousValues(inquiry, dispute))
  return withdrawFunds(account, dispute)
}

function isAppeal(dispute: Dispute): boolean {
  return dispute.status.startsWith('appeal')
}

function isInquiry(dispute: Dispute): boolean {
  return dispute.status.startsWith('warning')
}
