// Reads Stripe's Refund, from an event or an API answer, into the shop's own terms.
import { z } from 'zod'
import type { RefundStatus } from '../generated/prisma/enums.js'
import { amount, idOf, metadata, optionalText, read, reference, stripeId } from './stripe-object.js'

/** A refund as Stripe had it at one time. Amounts in minor units. */
export interface RefundReport {
  kind: 'refund'
  stripeRefundId: string
  /** Our row's id. Null: the refund was made in Stripe's dashboard. */
  refundId: string | null
  orderKey: string | null
  appId: string | null
  paymentIntentId: string | null
  amount: number
  /** Empty if Stripe did not say. */
  currency: string
  status: RefundStatus
  /** Stripe's word for a status that the shop does not know: the refund counts as pending. */
  stripeStatus: string | null
  reason: string | null
  failureReason: string | null
  /** The time at which this was so. */
  at: Date
}

const STATUS: ReadonlyMap<string | null, RefundStatus> = new Map([
  ['pending', 'pending'],
  // The shopper must act first. The money has not left.
  ['requires_action', 'pending'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
])

const refundShape = z.object({
  id: stripeId,
  object: z.literal('refund'),
  amount,
  currency: optionalText,
  status: optionalText,
  payment_intent: reference,
  metadata,
  reason: optionalText,
  failure_reason: optionalText,
})

/**
 * @param at the time of the event, or of Stripe's answer
 * @throws UnreadableObjectError naming the missing or unexpected field
 */
export function refundReport(object: unknown, at: Date): RefundReport {
  const refund = read('refund', refundShape, object)
  const status = STATUS.get(refund.status)
  return {
    kind: 'refund',
    stripeRefundId: refund.id,
    refundId: refund.metadata?.['refund_id'] ?? null,
    orderKey: refund.metadata?.['order_key'] ?? null,
    appId: refund.metadata?.['app'] ?? null,
    paymentIntentId: idOf(refund.payment_intent),
    amount: refund.amount,
    currency: refund.currency ?? '',
    status: status ?? 'pending',
    stripeStatus: status === undefined ? refund.status : null,
    reason: refund.reason,
    failureReason: refund.failure_reason ?? (refund.status === 'canceled' ? 'canceled' : null),
    at,
  }
}
