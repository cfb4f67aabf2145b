// Settles attempts that are past their deadline although no event has ended them: asks Stripe and returns their stock.
import { Prisma } from '../generated/prisma/client.js'
import type { AttemptStatus } from '../generated/prisma/enums.js'
import { closeSession, settleFromStripe } from '../checkout/checkout-session.js'
import { closeCheckout } from '../checkout/close-checkout.js'
import { isRepairing } from '../settings/repairing.js'
import type { PaymentDeps } from '../payments/payment-deps.js'

/** How long Stripe's own expiry event may take to arrive. */
const GRACE_SECONDS = 60
const RECHECK_MINUTES = 5
/** Delayed payments and orders under review can take days. They are checked now and then in case an event was missed. */
const SLOW_RECHECK_HOURS = 6
/** A voucher that was not paid in time gives its units back. The news comes within the next business day. */
const VOUCHER_RECHECK_MINUTES = 60
const BATCH = 20

interface Overdue {
  id: string
  orderId: number
  status: AttemptStatus
  stripeSessionId: string | null
}

/** Returns how many attempts were checked. */
export async function settleOverdueAttempts(deps: PaymentDeps): Promise<number> {
  // An attempt without a session may have had one that the restored backup lacks.
  if (await isRepairing(deps.database.prisma)) return 0
  // The deadlines are Stripe's.
  const now = deps.stripe.clock.earlier().getTime() / 1000
  const over = Prisma.sql`to_timestamp(${now}) - ${GRACE_SECONDS} * interval '1 second'`
  const attempts = await deps.database.prisma.$queryRaw<Overdue[]>`
    UPDATE "CheckoutAttempt" SET "checkedAt" = now()
    WHERE id IN (
      SELECT attempt.id FROM "CheckoutAttempt" attempt JOIN "Order" ON "Order".id = attempt."orderId"
      WHERE attempt.status IN ('preparing', 'open', 'processing')
        AND (attempt."expiresAt" < ${over} OR attempt."payBy" < ${over})
        AND (attempt."checkedAt" IS NULL OR attempt."checkedAt" < attempt."payBy" AND attempt."payBy" < ${over}
          OR attempt."checkedAt" < now() - CASE
          WHEN attempt.status = 'processing' AND attempt."payBy" < ${over}
          THEN ${VOUCHER_RECHECK_MINUTES} * interval '1 minute'
          WHEN attempt.status = 'processing' OR "Order"."needsAttention" IS NOT NULL
          THEN ${SLOW_RECHECK_HOURS} * interval '1 hour' ELSE ${RECHECK_MINUTES} * interval '1 minute' END)
      ORDER BY attempt."expiresAt" LIMIT ${BATCH} FOR UPDATE OF attempt SKIP LOCKED)
    RETURNING id, "orderId", status, "stripeSessionId"`
  for (const attempt of attempts) {
    try {
      await settleOverdue(deps, attempt)
    } catch (error) {
      deps.log.warn(
        { err: error, attempt: attempt.id },
        'an overdue attempt could not be settled; it will be retried',
      )
    }
  }
  return attempts.length
}

async function settleOverdue(deps: PaymentDeps, { orderId, status, stripeSessionId }: Overdue) {
  if (stripeSessionId === null) await closeCheckout(deps, orderId)
  else if (status === 'processing') await settleFromStripe(deps, stripeSessionId)
  // Before the shop returns the stock, the session must be closed at Stripe, whose clock may differ from ours.
  else await closeSession(deps, stripeSessionId)
}
