// Units are taken and given back by one conditional UPDATE each: never below zero, whoever else is buying.
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'

interface Line {
  productId: number
  quantity: number
}

/**
 * Takes the units of every line, or of none.
 * Call it under the order's lock; products are taken in the order of their ids, so that two orders never wait for each other.
 * @returns the product that is short, or null when all were taken
 */
export async function takeStock(tx: Transaction, lines: readonly Line[]): Promise<number | null> {
  const sorted = sortedById(lines)
  for (const [done, { productId, quantity }] of sorted.entries()) {
    const taken = await tx.$executeRaw(
      Prisma.sql`UPDATE "Product" SET stock = stock - ${quantity} WHERE id = ${productId} AND (stock IS NULL OR stock >= ${quantity})`,
    )
    if (taken === 0) {
      await releaseStock(tx, sorted.slice(0, done))
      return productId
    }
  }
  return null
}

/** Gives back what was taken in the same transaction. */
async function releaseStock(tx: Transaction, lines: readonly Line[]): Promise<void> {
  for (const { productId, quantity } of sortedById(lines)) {
    await tx.$executeRaw(Prisma.sql`UPDATE "Product" SET stock = stock + ${quantity} WHERE id = ${productId}`)
  }
}

function sortedById(lines: readonly Line[]): Line[] {
  return [...lines].sort((a, b) => a.productId - b.productId)
}
