// Changes stock by hand, with a reason. What is sold meanwhile counts: stock is changed by a difference, never set.
import { currentActor } from '../audit/actor.js'
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import type { StockReason } from './stock-reasons.js'

/** The most units of one variant. */
export const MOST_STOCK = 999_999_999

/** Counts from now on, beginning with so many; changes by so many; or stops counting. */
export type StockChange = { start: number } | { by: number } | 'stop'

export interface StockAdjustment {
  variantId: number
  change: StockChange
}

export interface AdjustmentNote {
  reason: StockReason
  note: string | null
  /** Makes repeated requests one. */
  requestKey: string
}

/**
 * Makes all adjustments of variants of one product, or none.
 * @throws Problem 409 when stock would fall below zero, or is counted or not counted unlike the caller thought
 */
export async function adjustStock(
  prisma: PrismaClient,
  productId: number,
  adjustments: readonly StockAdjustment[],
  note: AdjustmentNote,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await lockProduct(tx, productId)
    const { requestKey } = note
    if ((await tx.stockAdjustment.count({ where: { requestKey } })) > 0) return
    for (const { variantId, change } of adjustments) await adjustOne(tx, productId, variantId, change, note)
  })
}

/**
 * Locks a product and then its variants, in the order of ids: as everyone who sells them does. A trigger copies the first
 * variant to its product.
 */
export async function lockProduct(tx: Transaction, productId: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "Product" WHERE id = ${productId} FOR NO KEY UPDATE`
  await tx.$queryRaw`SELECT id FROM "Variant" WHERE "productId" = ${productId} ORDER BY id FOR NO KEY UPDATE`
}

/** Call it under the product's lock. @throws Problem 409 */
export async function adjustOne(
  tx: Transaction,
  productId: number,
  variantId: number,
  change: StockChange,
  { reason, note, requestKey }: AdjustmentNote,
): Promise<void> {
  const [locked] = await tx.$queryRaw<{ sku: string; stock: number | null }[]>`
    SELECT sku, stock FROM "Variant" WHERE id = ${variantId} AND "productId" = ${productId}`
  if (!locked) throw refused(`The product has no variant ${variantId}.`)
  const { sku, stock: before } = locked
  const { after, delta } = outcomeOf(sku, before, change)
  await tx.$executeRaw`
    UPDATE "Variant" SET stock = ${after}::int, "updatedAt" = now() WHERE id = ${variantId}`
  await tx.stockAdjustment.create({
    data: {
      ...{ variantId, delta, stock: after, reason, note, requestKey },
      actorId: currentActor()?.userId ?? null,
    },
  })
  await recordAudit(tx, {
    action: 'variant.stock_adjusted',
    subject: 'variant',
    subjectId: variantId,
    fields: ['stock'],
  })
}

function outcomeOf(
  sku: string,
  before: number | null,
  change: StockChange,
): { after: number | null; delta: number } {
  if (change === 'stop') return { after: null, delta: -(before ?? 0) }
  if ('start' in change) {
    if (before !== null) throw refused(`Stock of ${sku} is counted already: ${before} units.`)
    return { after: change.start, delta: change.start }
  }
  if (before === null) throw refused(`Stock of ${sku} isn’t counted. Say first how many units there are.`)
  const after = before + change.by
  if (after < 0) throw refused(`${sku} has ${before} units left: ${-change.by} can’t be taken away.`)
  if (after > MOST_STOCK) throw refused(`${sku} can have at most ${MOST_STOCK} units.`)
  return { after, delta: change.by }
}

function refused(detail: string): Problem {
  return new Problem(409, 'stock_refused', 'Stock not changed', detail)
}
