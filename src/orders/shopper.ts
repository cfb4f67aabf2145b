// Whose order it is.
import { accountBlocked } from '../accounts/blocked.js'
import type { Transaction } from '../database/client.js'

/** An account, or a browser that orders without one. Neither for an order that began at Stripe. */
export interface Shopper {
  userId: number | null
  /** SHA-256 of the token in the browser's cookie. Null for an order of an account. */
  guestHash: string | null
}

/** Which orders are the shopper's. */
export function ofShopper({
  userId,
  guestHash,
}: Shopper): { userId: number } | { guestHash: string } | { id: -1 } {
  if (userId !== null) return { userId }
  return guestHash === null ? { id: -1 } : { guestHash }
}

/** Visitors who have no account and no cookie have no orders. */
export function isNobody({ userId, guestHash }: Shopper): boolean {
  return userId === null && guestHash === null
}

export async function hasOrders(prisma: Pick<Transaction, 'order'>, shopper: Shopper): Promise<boolean> {
  return (await prisma.order.findFirst({ where: ofShopper(shopper), select: { id: true } })) !== null
}

/**
 * Locks the shopper, so that two tabs or a double click place orders and begin attempts one after the other. To prevent
 * deadlocks, lock the shopper before any order.
 * @returns their customer at Stripe. Null: none is known
 * @throws Problem 403 for a blocked account, and for one that was erased during the request
 */
export async function lockShopper(
  tx: Transaction,
  { userId, guestHash }: Shopper,
): Promise<{ customerId: string | null }> {
  if (userId !== null) {
    const [user] = await tx.$queryRaw<{ customerId: string | null; isBlocked: boolean }[]>`
      SELECT "stripeCustomerId" AS "customerId", "blockedAt" IS NOT NULL OR "erasedAt" IS NOT NULL AS "isBlocked"
      FROM "User" WHERE id = ${userId} FOR NO KEY UPDATE`
    if (user?.isBlocked) throw accountBlocked()
    return { customerId: user?.customerId ?? null }
  }
  if (guestHash !== null)
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${guestHash}, 18150002))::text`
  return { customerId: null }
}
