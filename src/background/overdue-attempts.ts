// Attempts past their deadline of which no event told the end: Stripe is asked, and the units go back.
import type { AttemptStatus } from '../generated/prisma/enums.js'
import { closeSession, settleFromStripe } from '../checkout/checkout-session.js'
import { closeCheckout } from '../checkout/close-checkout.js'
import type { PaymentDeps } from '../payments/payment-deps.js'

/** Stripe's own event about the expiry is given this long to arrive. */
const GRACE_SECONDS = 60
const AGAIN_MINUTES = 5
/** Delayed payments take days, and so may a person: they are asked about now and then, in case an event was missed. */
const SLOW_HOURS = 6
const BATCH = 20

interface Overdue {
  id: string
  orderId: number
  status: AttemptStatus
  stripeSessionId: string | null
}

/** Returns how many attempts were looked at. */
export async function settleOverdueAttempts(deps: PaymentDeps): Promise<number> {
  const attempts = await deps.database.prisma.$queryRaw<Overdue[]>`
    UPDATE "CheckoutAttempt" SET "checkedAt" = now()
    WHERE id IN (
      SELECT attempt.id FROM "CheckoutAttempt" attempt JOIN "Order" ON "Order".id = attempt."orderId"
      WHERE attempt.status IN ('preparing', 'open', 'processing')
        AND attempt."expiresAt" < now() - ${GRACE_SECONDS} * interval '1 second'
        AND (attempt."checkedAt" IS NULL OR attempt."checkedAt" < now() - CASE
          WHEN attempt.status = 'processing' OR "Order"."needsAttention" IS NOT NULL
          THEN ${SLOW_HOURS} * interval '1 hour' ELSE ${AGAIN_MINUTES} * interval '1 minute' END)
      ORDER BY attempt."expiresAt" LIMIT ${BATCH} FOR UPDATE OF attempt SKIP LOCKED)
    RETURNING id, "orderId", status, "stripeSessionId"`
  for (const attempt of attempts) {
    try {
      await settleOverdue(deps, attempt)
    } catch (error) {
      deps.log.warn(
        { err: error, attempt: attempt.id },
        'an overdue attempt could not be settled; it is tried again',
      )
    }
  }
  return attempts.length
}

async function settleOverdue(deps: PaymentDeps, { orderId, status, stripeSessionId }: Overdue) {
  if (stripeSessionId === null) await closeCheckout(deps, orderId)
  else if (status === 'processing') await settleFromStripe(deps, stripeSessionId)
  // What the shop takes for over must be over at Stripe, whatever its clock says.
  else await closeSession(deps, stripeSessionId)
}
