import type Stripe from 'stripe'
import { notFound, refused } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { closeDispute, withdrawFunds } from '../payments/disputes.js'
import type { Account } from '../state/account.js'
import type { Dispute } from '../wire.js'
import { previousValues } from './products.js'
import { withoutUndefined } from './without-undefined.js'

const open = ['needs_response', 'warning_needs_response']

export const disputeOperations = [
  operation<Stripe.DisputeListParams>('GET /v1/disputes', (call, params) => {
    const { charge, payment_intent, created } = params
    return listPage(
      call,
      'dispute',
      call.account.all('dispute'),
      params,
      (dispute) => hasValues(dispute, { charge, payment_intent }) && inRange(dispute.created, created),
    )
  }),

  operation('GET /v1/disputes/{dispute}', ({ account, id }) => disputeAt(account, id)),

  operation<Stripe.DisputeUpdateParams>('POST /v1/disputes/{dispute}', ({ account, id }, params) => {
    const dispute = disputeAt(account, id)
    const { evidence, submit } = params
    if ((evidence !== undefined || submit === true) && !open.includes(dispute.status)) {
      throw refused('This dispute is already closed or under review; its evidence cannot be changed.')
    }
    const given = Object.entries(withoutUndefined(evidence ?? {})).map(([name, value]) => [
      name,
      value === '' ? null : value,
    ])
    const submitted = evidence !== undefined && submit !== false
    const changed = account.update('dispute', id, {
      evidence: { ...dispute.evidence, ...(Object.fromEntries(given) as object) },
      evidence_details: {
        ...dispute.evidence_details,
        has_evidence: dispute.evidence_details.has_evidence || given.length > 0,
        submission_count: dispute.evidence_details.submission_count + (submitted || submit === true ? 1 : 0),
        submission_method:
          submitted || submit === true ? 'manual' : dispute.evidence_details.submission_method,
      },
      metadata: mergeMetadata(dispute.metadata, params.metadata),
      ...(submitted || submit === true ? { status: underReview(dispute) } : {}),
    })
    account.emit('charge.dispute.updated', changed, previousValues(dispute, changed))
    return submitted || submit === true ? decide(account, changed) : changed
  }),

  operation('POST /v1/disputes/{dispute}/close', ({ account, id }) => {
    const dispute = disputeAt(account, id)
    if (!open.includes(dispute.status)) throw refused('This dispute is already closed.')
    return closeDispute(account, dispute, dispute.status === 'needs_response' ? 'lost' : 'warning_closed')
  }),
]

function underReview(dispute: Dispute): Dispute['status'] {
  return dispute.status === 'warning_needs_response' ? 'warning_under_review' : 'under_review'
}

/** Stripe's test evidence decides at once; any other stays under review. */
function decide(account: Account, dispute: Dispute): Dispute {
  const inquiry = dispute.status === 'warning_under_review'
  switch (dispute.evidence.uncategorized_text) {
    case 'winning_evidence':
      return closeDispute(account, dispute, inquiry ? 'warning_closed' : 'won')
    case 'losing_evidence':
      return closeDispute(account, dispute, inquiry ? 'warning_closed' : 'lost')
    case 'escalate_inquiry_evidence':
      return inquiry ? escalate(account, dispute) : dispute
    default:
      return dispute
  }
}

function escalate(account: Account, inquiry: Dispute): Dispute {
  const dispute = account.update('dispute', inquiry.id, { status: 'needs_response' })
  account.emit('charge.dispute.updated', dispute, { status: inquiry.status })
  return withdrawFunds(account, dispute)
}

function disputeAt(account: Account, id: string): Dispute {
  const dispute = account.find('dispute', id)
  if (!dispute) throw notFound('dispute', id, 'dispute')
  return dispute
}
