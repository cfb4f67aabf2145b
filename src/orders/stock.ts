// Takes units from stock, so that stock never falls below zero, whoever else is buying. Settlement returns them:
// payments/order-change.ts decides, payments/settlement-sql.ts writes.
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'

interface Line {
  variantId: number
  quantity: number
}

/**
 * Takes the units of every line, or of none. Call it under the order's lock.
 * @param lines each variant once
 * @returns the id of the variant that is short, or null if all units were taken
 */
export async function takeStock(tx: Transaction, lines: readonly Line[]): Promise<number | null> {
  const ids = Prisma.sql`${lines.map(({ variantId }) => variantId)}::int[]`
  const quantities = Prisma.sql`${lines.map(({ quantity }) => quantity)}::int[]`
  const [short] = await tx.$queryRaw<
    { id: number }[]
  >`WITH ${takenUnits(ids, quantities)} SELECT id FROM short`
  return short?.id ?? null
}

/**
 * The same as a part of a larger statement.
 * @param ids an SQL expression for an array of variants, each once
 * @param quantities one for the units of each
 * @returns queries of a WITH. `short(id)` has a row if a variant is short, and then no units are taken
 */
export function takenUnits(ids: Prisma.Sql, quantities: Prisma.Sql): Prisma.Sql {
  // Under its lock, a row is seen as it is now. The update follows the row there, too.
  return Prisma.sql`
    ${lockedVariants(ids)},
    wanted AS MATERIALIZED (
      SELECT locked.id, locked.stock, w.quantity FROM locked
      JOIN unnest(${ids}, ${quantities}) AS w(id, quantity) ON w.id = locked.id),
    short AS MATERIALIZED (SELECT id FROM wanted WHERE stock < quantity ORDER BY id LIMIT 1),
    taken AS (
      UPDATE "Variant" v SET stock = v.stock - wanted.quantity FROM wanted
      WHERE v.id = wanted.id AND v.stock IS NOT NULL AND NOT EXISTS (SELECT FROM short))`
}

/** Locks what `takeStock` and settlement change, for a transaction that does it in several steps. */
export async function lockStock(tx: Transaction, variantIds: readonly number[]): Promise<void> {
  await tx.$queryRaw`WITH ${lockedVariants(Prisma.sql`${[...variantIds]}::int[]`)} SELECT count(*)::int FROM locked`
}

/**
 * Locks variants, in an order in which no two transactions can deadlock: first the products whose first variants they are,
 * which triggers and the previous release write, then the variants, each in the order of ids.
 * @param ids an SQL expression for an array
 * @returns the query `locked(id, stock)` of a WITH
 */
export function lockedVariants(ids: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    products AS MATERIALIZED (
      SELECT id FROM "Product" WHERE id = ANY(${ids}) ORDER BY id FOR NO KEY UPDATE),
    locked AS MATERIALIZED (
      SELECT id, stock FROM "Variant" WHERE id = ANY(${ids}) AND (SELECT count(*) FROM products) >= 0
      ORDER BY id FOR NO KEY UPDATE)`
}

/**
 * Puts units back into stock. Call it under the order's lock.
 * @param lines each variant once
 */
export async function giveBackStock(tx: Transaction, lines: readonly Line[]): Promise<void> {
  const ids = lines.map(({ variantId }) => variantId)
  const quantities = lines.map(({ quantity }) => quantity)
  await tx.$executeRaw`
    WITH ${lockedVariants(Prisma.sql`${ids}::int[]`)}
    UPDATE "Variant" v SET stock = v.stock + back.quantity
    FROM unnest(${ids}::int[], ${quantities}::int[]) AS back(id, quantity) JOIN locked ON locked.id = back.id
    WHERE v.id = back.id AND v.stock IS NOT NULL`
}
