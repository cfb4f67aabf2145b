// What a Checkout Session says, in the shop's own terms; from an event or from Stripe's answer alike.
import { z } from 'zod'
import type { AttemptStatus } from '../generated/prisma/enums.js'
import { amount, idOf, read, seconds, stripeId, words } from './stripe-object.js'

/** What one look at a session tells. Amounts in minor units. */
export interface SessionReport {
  kind: 'session'
  sessionId: string
  status: AttemptStatus
  /** From metadata or `client_reference_id`: our order, if it is ours. */
  orderKey: string | null
  attemptId: string | null
  appId: string | null
  /** Before discounts. */
  amountSubtotal: number | null
  amountDiscount: number
  /** What is to be paid. */
  amountTotal: number | null
  currency: string | null
  paymentIntentId: string | null
  /** Stripe's page, while the session is open. */
  url: string | null
  expiresAt: Date
  /** When Stripe said so. */
  at: Date
}

/** The fields that settlement needs. A session without them is of another API version, or no session. */
const sessionShape = z.object({
  id: stripeId,
  object: z.literal('checkout.session'),
  status: z.enum(['open', 'complete', 'expired']),
  payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']),
  client_reference_id: words.nullable(),
  metadata: z.record(z.string(), words).nullable(),
  amount_subtotal: amount.nullable(),
  amount_total: amount.nullable(),
  total_details: z.object({ amount_discount: amount }).nullable(),
  currency: words.nullable(),
  url: words.nullable(),
  expires_at: seconds,
  payment_intent: z.union([stripeId, z.object({ id: stripeId, status: z.string() }), z.null()]),
})

/**
 * @param at when this was so: the event's time, or now
 * @param failed a delayed payment's failure is told by its event, and by the payment intent where it is expanded; the
 * session itself stays complete and unpaid
 * @throws UnreadableObject naming the missing or unexpected field
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

/** `complete` is not `paid`: a bank debit completes first and brings its money, or not, days later. */
function attemptStatus(session: z.infer<typeof sessionShape>, failed: boolean): AttemptStatus {
  if (session.status !== 'complete') return session.status
  if (session.payment_status !== 'unpaid') return 'paid'
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent?.status : undefined
  return failed || intent === 'requires_payment_method' || intent === 'canceled' ? 'failed' : 'processing'
}
