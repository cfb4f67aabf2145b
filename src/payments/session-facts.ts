// What a Checkout Session says, in the shop's own terms; from an event or from Stripe's answer alike.
import { z } from 'zod'
import type { AttemptStatus } from '../generated/prisma/enums.js'

/** What one look at a session tells. Amounts in minor units. */
export interface SessionFacts {
  sessionId: string
  status: AttemptStatus
  /** From `client_reference_id` or metadata: our order, if it is ours. */
  orderKey: string | null
  attemptId: string | null
  appId: string | null
  amountTotal: number | null
  currency: string | null
  paymentIntentId: string | null
  /** Stripe's page, while the session is open. */
  url: string | null
  expiresAt: Date
}

/** The fields that settlement needs. A session without them is of another API version, or no session. */
const sessionShape = z.object({
  id: z.string().min(1),
  object: z.literal('checkout.session'),
  status: z.enum(['open', 'complete', 'expired']),
  payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']),
  client_reference_id: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
  amount_total: z.number().int().nullable(),
  currency: z.string().nullable(),
  url: z.string().nullable(),
  expires_at: z.number().int(),
  payment_intent: z.union([z.string(), z.object({ id: z.string(), status: z.string() }), z.null()]),
})

/** A session that lacks what settlement needs; the message names the field. */
export class UnreadableSession extends Error {
  override name = 'UnreadableSession'
}

/**
 * @param failed a delayed payment's failure is told by its event, and by the payment intent where it is expanded; the
 * session itself stays complete and unpaid
 * @throws UnreadableSession naming the missing or unexpected field
 */
export function sessionFacts(object: unknown, failed = false): SessionFacts {
  const parsed = sessionShape.safeParse(object)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new UnreadableSession(
      `checkout.session: ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? 'unreadable'}`,
    )
  }
  const session = parsed.data
  return {
    sessionId: session.id,
    status: attemptStatus(session, failed),
    orderKey: session.metadata?.['order_key'] ?? session.client_reference_id,
    attemptId: session.metadata?.['attempt_id'] ?? null,
    appId: session.metadata?.['app'] ?? null,
    amountTotal: session.amount_total,
    currency: session.currency,
    paymentIntentId:
      typeof session.payment_intent === 'string'
        ? session.payment_intent
        : (session.payment_intent?.id ?? null),
    url: session.url,
    expiresAt: new Date(session.expires_at * 1000),
  }
}

/** `complete` is not `paid`: a bank debit completes first and brings its money, or not, days later. */
function attemptStatus(session: z.infer<typeof sessionShape>, failed: boolean): AttemptStatus {
  if (session.status !== 'complete') return session.status
  if (session.payment_status !== 'unpaid') return 'paid'
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent?.status : undefined
  return failed || intent === 'requires_payment_method' || intent === 'canceled' ? 'failed' : 'processing'
}
