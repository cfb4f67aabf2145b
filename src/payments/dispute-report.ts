// Reads Stripe's Dispute into the shop's own terms.
import { z } from 'zod'
import { DisputeStatus } from '../generated/prisma/enums.js'
import { amount, idOf, optionalText, read, reference, seconds, stripeId } from './stripe-object.js'

/** A dispute as Stripe had it at one time. Amounts in minor units. */
export interface DisputeReport {
  kind: 'dispute'
  disputeId: string
  paymentIntentId: string | null
  amount: number
  /** Empty if Stripe did not say. */
  currency: string
  reason: string
  status: DisputeStatus
  /** Stripe's word for a status that the shop does not know: a person must look, as if it waited for a response. */
  stripeStatus: string | null
  /** The deadline for evidence. Null: no more is accepted. */
  evidenceDueBy: Date | null
  createdAt: Date
  /** The time at which this was so. */
  at: Date
}

const disputeShape = z.object({
  id: stripeId,
  object: z.literal('dispute'),
  amount,
  currency: optionalText,
  reason: optionalText,
  status: optionalText,
  payment_intent: reference,
  created: seconds.nullish(),
  evidence_details: z.object({ due_by: seconds.nullish() }).nullish(),
})

/**
 * @param at the time of the event, or of Stripe's answer
 * @throws UnreadableObjectError naming the missing or unexpected field
 */
export function disputeReport(object: unknown, at: Date): DisputeReport {
  const dispute = read('dispute', disputeShape, object)
  const status = knownStatus(dispute.status)
  // Stripe says 0 or null when there is none.
  const due = dispute.evidence_details?.due_by || null
  return {
    kind: 'dispute',
    disputeId: dispute.id,
    paymentIntentId: idOf(dispute.payment_intent),
    amount: dispute.amount,
    currency: dispute.currency ?? '',
    reason: dispute.reason ?? 'no reason given',
    status: status ?? (dispute.status?.startsWith('warning_') ? 'warning_needs_response' : 'needs_response'),
    stripeStatus: status === null ? dispute.status : null,
    evidenceDueBy: due === null ? null : new Date(due * 1000),
    createdAt: dispute.created == null ? at : new Date(dispute.created * 1000),
    at,
  }
}

function knownStatus(status: string | null): DisputeStatus | null {
  // During an appeal the shopper still has the money, so the dispute counts as lost until it is won.
  if (status === 'appeal_needs_response' || status === 'appeal_under_review') return 'lost'
  return Object.values(DisputeStatus).find((known) => known === status) ?? null
}
