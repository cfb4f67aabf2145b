// Expires orders whose shopper never started to pay: no Stripe event will ever say that they are over.
import type { PrismaClient } from '../generated/prisma/client.js'

const ABANDONED_AFTER_HOURS = 24
/** Limits the scan. Older orders were handled by earlier runs. */
const LOOK_BACK_DAYS = 30
const BATCH = 500

/**
 * Returns how many orders expired. The shopper can still pay one with a new attempt. An attempt that begins at the same
 * time holds the order's lock or has changed its `updatedAt`, so that order is skipped.
 */
export function expireAbandonedOrders(prisma: PrismaClient): Promise<number> {
  return prisma.$executeRaw`
    UPDATE "Order" SET status = 'expired', "updatedAt" = now() WHERE id IN (
      SELECT id FROM "Order"
      WHERE "createdAt" > now() - ${LOOK_BACK_DAYS} * interval '1 day'
        AND status = 'pending' AND NOT "holdsUnmatched" AND "updatedAt" < now() - ${ABANDONED_AFTER_HOURS} * interval '1 hour'
        AND NOT EXISTS (SELECT FROM "CheckoutAttempt" WHERE "orderId" = "Order".id)
      ORDER BY id LIMIT ${BATCH} FOR NO KEY UPDATE SKIP LOCKED)`
}
