// What a Dispute says, in the shop's own terms.
import { z } from 'zod'
import { DisputeStatus } from '../generated/prisma/enums.js'
import { amount, idOf, read, reference, seconds, stripeId, words } from './stripe-object.js'

/** What one look at a dispute tells. Amounts in minor units. */
export interface DisputeReport {
  kind: 'dispute'
  disputeId: string
  paymentIntentId: string | null
  amount: number
  currency: string
  reason: string
  status: DisputeStatus
  /** Until when evidence is taken; null when it can't be given any more. */
  evidenceDueBy: Date | null
  createdAt: Date
  /** When Stripe said so. */
  at: Date
}

/** While an appeal runs, the money is with the shopper: as lost as before, until it is won. */
const appeal = z.enum(['appeal_needs_response', 'appeal_under_review']).transform(() => DisputeStatus.lost)

const disputeShape = z.object({
  id: stripeId,
  object: z.literal('dispute'),
  amount,
  currency: words,
  reason: words,
  status: z.union([z.enum(DisputeStatus), appeal]),
  payment_intent: reference,
  created: seconds,
  evidence_details: z.object({ due_by: seconds.nullable() }),
})

/**
 * @param at when this was so: the event's time
 * @throws UnreadableObject naming the missing or unexpected field
 */
export function disputeReport(object: unknown, at: Date): DisputeReport {
  const dispute = read('dispute', disputeShape, object)
  const due = dispute.evidence_details.due_by
  return {
    kind: 'dispute',
    disputeId: dispute.id,
    paymentIntentId: idOf(dispute.payment_intent),
    amount: dispute.amount,
    currency: dispute.currency,
    reason: dispute.reason,
    status: dispute.status,
    evidenceDueBy: due === null ? null : new Date(due * 1000),
    createdAt: new Date(dispute.created * 1000),
    at,
  }
}
