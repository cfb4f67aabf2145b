// Orders that nobody ever went to Stripe with: nothing there will tell that they are over.
import type { PrismaClient } from '../generated/prisma/client.js'

const FORGOTTEN_HOURS = 24
/** Older ones were seen when they were younger. */
const LOOKED_BACK_DAYS = 30
const BATCH = 500

/**
 * Returns how many have expired; they can be paid all the same, at a new attempt. Whoever begins one now has the order's
 * lock, or has changed when it was last updated.
 */
export function expireForgottenOrders(prisma: PrismaClient): Promise<number> {
  return prisma.$executeRaw`
    UPDATE "Order" SET status = 'expired', "updatedAt" = now() WHERE id IN (
      SELECT id FROM "Order"
      WHERE "createdAt" > now() - ${LOOKED_BACK_DAYS} * interval '1 day'
        AND status = 'pending' AND "updatedAt" < now() - ${FORGOTTEN_HOURS} * interval '1 hour'
        AND NOT EXISTS (SELECT FROM "CheckoutAttempt" WHERE "orderId" = "Order".id)
      ORDER BY id LIMIT ${BATCH} FOR NO KEY UPDATE SKIP LOCKED)`
}
