// Takes units from stock by conditional UPDATEs, so that stock never falls below zero, whoever else is buying. Settlement
// returns them: payments/order-change.ts decides, payments/settlement-sql.ts writes.
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'

interface Line {
  productId: number
  quantity: number
}

/**
 * Takes the units of every line, or of none. Call it under the order's lock. Products are updated in the order of their ids,
 * so that two orders can't deadlock.
 * @returns the id of the product that is short, or null if all units were taken
 */
export async function takeStock(tx: Transaction, lines: readonly Line[]): Promise<number | null> {
  const sorted = sortedById(lines)
  for (const [done, { productId, quantity }] of sorted.entries()) {
    const taken = await tx.$executeRaw(
      Prisma.sql`UPDATE "Product" SET stock = stock - ${quantity} WHERE id = ${productId} AND (stock IS NULL OR stock >= ${quantity})`,
    )
    if (taken === 0) {
      await undoTake(tx, sorted.slice(0, done))
      return productId
    }
  }
  return null
}

/** Undoes what the same call took. */
async function undoTake(tx: Transaction, lines: readonly Line[]): Promise<void> {
  for (const { productId, quantity } of sortedById(lines)) {
    await tx.$executeRaw(Prisma.sql`UPDATE "Product" SET stock = stock + ${quantity} WHERE id = ${productId}`)
  }
}

function sortedById(lines: readonly Line[]): Line[] {
  return [...lines].sort((a, b) => a.productId - b.productId)
}
