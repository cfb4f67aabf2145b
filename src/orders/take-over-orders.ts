// Orders that a shopper placed in this browser before they signed in become orders of their account.
import { giveOrders } from '../accounts/join-orders.js'
import type { Transaction } from '../database/client.js'
import { lockShopper } from './shopper.js'

/**
 * Takes over the orders of a browser that have the account's address, paid or not: an open one can then be paid, canceled or
 * replaced like any order of the account. Those with other addresses keep their links.
 * @param guestHash of the browser's token
 */
export async function takeOverOrders(tx: Transaction, guestHash: string, userId: number): Promise<void> {
  // Before the orders, as whatever places orders and begins attempts.
  await lockShopper(tx, { userId, guestHash: null })
  await lockShopper(tx, { userId: null, guestHash })
  const orders = await tx.$queryRaw<{ id: number }[]>`
    SELECT o.id FROM "Order" o JOIN "User" u ON u.email = o.email
    WHERE u.id = ${userId} AND o."userId" IS NULL AND o."guestHash" = ${guestHash}
    ORDER BY o.id FOR NO KEY UPDATE OF o`
  await giveOrders(tx, orders, userId)
}
