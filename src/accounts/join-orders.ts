// Orders that were placed without an account join the account that has proved their address.
import type { Transaction } from '../database/client.js'

/**
 * Gives a verified account the orders of its address that have none, once their checkout is completed: anyone can type an
 * address, and what nobody paid must not appear in its owner's account. Links to the orders still open them.
 */
export async function joinOrders(tx: Transaction, userId: number): Promise<void> {
  const orders = await tx.$queryRaw<{ id: number }[]>`
    SELECT o.id FROM "Order" o JOIN "User" u ON u.email = o.email
    WHERE u.id = ${userId} AND u."verifiedAt" IS NOT NULL AND o."userId" IS NULL AND EXISTS (
      SELECT FROM "CheckoutAttempt" a
      WHERE a."orderId" = o.id AND (a."processingAt" IS NOT NULL OR a."paidAt" IS NOT NULL))
    ORDER BY o.id FOR NO KEY UPDATE OF o`
  await giveOrders(tx, orders, userId)
}

/**
 * Gives orders without an account to one, with their purchases.
 * @param orders locked
 */
export async function giveOrders(
  tx: Transaction,
  orders: readonly { id: number }[],
  userId: number,
): Promise<void> {
  if (orders.length === 0) return
  const ids = orders.map(({ id }) => id)
  // A separate statement, to see the purchases that were committed while the first one waited for the locks.
  await tx.$executeRaw`
    WITH joined AS (
      UPDATE "Order" SET "userId" = ${userId}, "guestHash" = NULL, "updatedAt" = now()
      WHERE id = ANY(${ids}::int[]) AND "userId" IS NULL RETURNING id)
    UPDATE "PurchaseHistory" SET "userId" = ${userId}
    FROM joined WHERE "orderId" = joined.id AND "PurchaseHistory"."userId" IS NULL`
}
