// Reads Stripe's Refund, from an event or an API answer, into the shop's own terms.
import { z } from 'zod'
import type { RefundStatus } from '../generated/prisma/enums.js'
import { amount, idOf, read, reference, stripeId, text } from './stripe-object.js'

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
  currency: string
  status: RefundStatus
  reason: string | null
  failureReason: string | null
  /** The time at which this was so. */
  at: Date
}

const STATUS = {
  pending: 'pending',
  // The shopper must act first. The money has not left.
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
} as const satisfies Record<string, RefundStatus>

const refundShape = z.object({
  id: stripeId,
  object: z.literal('refund'),
  amount,
  currency: text,
  status: z.enum(Object.keys(STATUS) as (keyof typeof STATUS)[]),
  payment_intent: reference,
  metadata: z.record(z.string(), text).nullable(),
  reason: text.nullable(),
  failure_reason: text.optional(),
})

/**
 * @param at the time of the event, or of Stripe's answer
 * @throws UnreadableObjectError naming the missing or unexpected field
 */
export function refundReport(object: unknown, at: Date): RefundReport {
  const refund = read('refund', refundShape, object)
  return {
    kind: 'refund',
    stripeRefundId: refund.id,
    refundId: refund.metadata?.['refund_id'] ?? null,
    orderKey: refund.metadata?.['order_key'] ?? null,
    appId: refund.metadata?.['app'] ?? null,
    paymentIntentId: idOf(refund.payment_intent),
    amount: refund.amount,
    currency: refund.currency,
    status: STATUS[refund.status],
    reason: refund.reason,
    failureReason: refund.failure_reason ?? (refund.status === 'canceled' ? 'canceled' : null),
    at,
  }
}
