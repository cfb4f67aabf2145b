// Reads Stripe's Checkout Session, from an event or an API answer, into the shop's own terms.
import { z } from 'zod'
import type { AttemptStatus } from '../generated/prisma/enums.js'
import { amount, idOf, read, seconds, stripeId, text } from './stripe-object.js'

/** A session as Stripe had it at one time. Amounts in minor units. */
export interface SessionReport {
  kind: 'session'
  sessionId: string
  status: AttemptStatus
  /** The key of our order, from metadata or `client_reference_id`. Other apps' sessions may have one, too. */
  orderKey: string | null
  attemptId: string | null
  appId: string | null
  /** Before discounts. */
  amountSubtotal: number | null
  amountDiscount: number
  /** After discounts: what is charged. */
  amountTotal: number | null
  currency: string | null
  paymentIntentId: string | null
  /** Stripe's page, while the session is open. */
  url: string | null
  expiresAt: Date
  /** The time at which this was so. */
  at: Date
}

/** The fields that settlement needs. Without them, the object is of another API version or not a session. */
const sessionShape = z.object({
  id: stripeId,
  object: z.literal('checkout.session'),
  status: z.enum(['open', 'complete', 'expired']),
  payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']),
  client_reference_id: text.nullable(),
  metadata: z.record(z.string(), text).nullable(),
  amount_subtotal: amount.nullable(),
  amount_total: amount.nullable(),
  total_details: z.object({ amount_discount: amount }).nullable(),
  currency: text.nullable(),
  url: text.nullable(),
  expires_at: seconds,
  payment_intent: z.union([stripeId, z.object({ id: stripeId, status: z.string() }), z.null()]),
})

/**
 * @param at the time of the event, or of Stripe's answer
 * @param failed whether the event says that a delayed payment failed. The session itself stays complete and unpaid; apart
 * from the event, only an expanded payment intent shows the failure.
 * @throws UnreadableObjectError naming the missing or unexpected field
 */
export function sessionReport(object: unknown, at: Date, failed = false): SessionReport {
  const session = read('checkout.session', sessionShape, object)
  return {
    kind: 'session',
    sessionId: session.id,
    status: attemptStatus(session, failed),
    orderKey: session.metadata?.['order_key'] ?? session.client_reference_id,
    attemptId: session.metadata?.['attempt_id'] ?? null,
    appId: session.metadata?.['app'] ?? null,
    amountSubtotal: session.amount_subtotal,
    amountDiscount: session.total_details?.amount_discount ?? 0,
    amountTotal: session.amount_total,
    currency: session.currency,
    paymentIntentId: idOf(session.payment_intent),
    url: session.url,
    expiresAt: new Date(session.expires_at * 1000),
    at,
  }
}

/** A session can be complete and unpaid: a bank debit succeeds or fails days after checkout. */
function attemptStatus(session: z.infer<typeof sessionShape>, failed: boolean): AttemptStatus {
  if (session.status !== 'complete') return session.status
  if (session.payment_status !== 'unpaid') return 'paid'
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent?.status : undefined
  return failed || intent === 'requires_payment_method' || intent === 'canceled' ? 'failed' : 'processing'
}
