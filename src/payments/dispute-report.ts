// Reads Stripe's Dispute into the shop's own terms.
import { z } from 'zod'
import { DisputeStatus } from '../generated/prisma/enums.js'
import { amount, idOf, read, reference, seconds, stripeId, text } from './stripe-object.js'

/** A dispute as Stripe had it at one time. Amounts in minor units. */
export interface DisputeReport {
  kind: 'dispute'
  disputeId: string
  paymentIntentId: string | null
  amount: number
  currency: string
  reason: string
  status: DisputeStatus
  /** The deadline for evidence. Null: no more is accepted. */
  evidenceDueBy: Date | null
  createdAt: Date
  /** The time at which this was so. */
  at: Date
}

/** During an appeal the shopper still has the money, so the dispute counts as lost until it is won. */
const appeal = z.enum(['appeal_needs_response', 'appeal_under_review']).transform(() => DisputeStatus.lost)

const disputeShape = z.object({
  id: stripeId,
  object: z.literal('dispute'),
  amount,
  currency: text,
  reason: text,
  status: z.union([z.enum(DisputeStatus), appeal]),
  payment_intent: reference,
  created: seconds,
  evidence_details: z.object({ due_by: seconds.nullable() }),
})

/**
 * @param at the time of the event, or of Stripe's answer
 * @throws UnreadableObjectError naming the missing or unexpected field
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
