// Deletes guests' carts that have not changed for GUEST_CART_DAYS.
import type { PrismaClient } from '../generated/prisma/client.js'
import { GUEST_CART_DAYS } from '../cart/guest-cookie.js'

const BATCH = 500

/** Returns how many were deleted. */
export function deleteExpiredCarts(prisma: PrismaClient): Promise<number> {
  return prisma.$executeRaw`
    DELETE FROM "Cart" WHERE id IN (
      SELECT id FROM "Cart"
      WHERE "userId" IS NULL AND "updatedAt" < now() - ${GUEST_CART_DAYS} * interval '1 day'
      LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`
}
