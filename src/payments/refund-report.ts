// What a Refund says, in the shop's own terms; from an event or from Stripe's answer alike.
import { z } from 'zod'
import type { RefundStatus } from '../generated/prisma/enums.js'
import { amount, idOf, read, reference, stripeId, words } from './stripe-object.js'

/** What one look at a refund tells. Amounts in minor units. */
export interface RefundReport {
  kind: 'refund'
  stripeRefundId: string
  /** Our row's id when the shop asked for it; null when it was made in Stripe's dashboard. */
  refundId: string | null
  orderKey: string | null
  appId: string | null
  paymentIntentId: string | null
  amount: number
  currency: string
  status: RefundStatus
  reason: string | null
  failureReason: string | null
  /** When Stripe said so. */
  at: Date
}

const STATUS = {
  pending: 'pending',
  // The shopper must do something first; the money has not gone.
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
} as const satisfies Record<string, RefundStatus>

const refundShape = z.object({
  id: stripeId,
  object: z.literal('refund'),
  amount,
  currency: words,
  status: z.enum(Object.keys(STATUS) as (keyof typeof STATUS)[]),
  payment_intent: reference,
  metadata: z.record(z.string(), words).nullable(),
  reason: words.nullable(),
  failure_reason: words.optional(),
})

/**
 * @param at when this was so: the event's time, or now
 * @throws UnreadableObject naming the missing or unexpected field
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
