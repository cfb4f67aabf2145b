// Keeps the table that operators' searches use ("OrderSearch") up to date with orders and payments.
import type { Transaction } from '../database/client.js'
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'

/** Orders of one turn. A turn takes about 50 ms, which leaves the database to others. */
const BATCH = 500
/** Rows before those that were read last, which a slower transaction may have added meanwhile. */
const OVERLAP = 1000

/** Keeps `indexNextOrders` from writing what it read before the end of this transaction. */
export async function lockOrderSearch(tx: Pick<Transaction, '$queryRaw'>): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "OrderSearchProgress" WHERE id = 1 FOR UPDATE`
}

/** PostgreSQL would read "St.Gallen" and "5/7" as one word each. Searches are taken apart too. */
const PUNCTUATION = String.raw`[][!-/:-@\\^_${'`'}{-~]+`

/** As they were bought. */
const ITEMS = Prisma.sql`(
  SELECT string_agg(concat_ws(' ', i.name, i."variantName", i.sku), ' ') FROM "OrderItem" i WHERE i."orderId" = o.id)`

/** All texts of a column with JSON. */
function textsOf(column: 'shippingAddress' | 'correctedAddress' | 'billingDetails'): Prisma.Sql {
  return Prisma.sql`(SELECT string_agg(t #>> '{}', ' ') FROM jsonb_path_query(o.${Prisma.raw(`"${column}"`)}, '$.**') AS t
    WHERE jsonb_typeof(t) = 'string')`
}

/** Adds orders to the table, or updates their rows. */
export async function indexOrders(
  tx: Pick<Transaction, '$executeRaw'>,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return
  await tx.$executeRaw`
    INSERT INTO "OrderSearch" AS s ("orderId", words, email, country, currency, total, "purchaseId")
    SELECT o.id,
      to_tsvector('simple', regexp_replace(concat_ws(' ', ${textsOf('shippingAddress')}, ${textsOf('correctedAddress')},
        ${textsOf('billingDetails')}, u.name, ${ITEMS}), ${PUNCTUATION}, ' ', 'g')),
      o.email, o."deliveryCountry", o.currency, o.total,
      coalesce((SELECT max(p.id) FROM "PurchaseHistory" p WHERE p."orderId" = o.id), 0)
    FROM "Order" o LEFT JOIN "User" u ON u.id = o."userId"
    WHERE o.id = ANY (${[...ids]}::int[])
    ON CONFLICT ("orderId") DO UPDATE SET words = excluded.words, email = excluded.email, country = excluded.country,
      currency = excluded.currency, total = excluded.total, "purchaseId" = excluded."purchaseId"`
}

/**
 * Adds the next orders that are missing, and updates those that were paid since. One process at a time does it.
 * @returns how many orders were written
 */
export function indexNextOrders(prisma: PrismaClient): Promise<number> {
  return prisma.$transaction(async (tx) => {
    const [progress] = await tx.$queryRaw<{ orderId: number; purchaseId: number }[]>`
      SELECT "orderId", "purchaseId" FROM "OrderSearchProgress" WHERE id = 1 FOR UPDATE SKIP LOCKED`
    if (progress === undefined) return 0
    const added = await tx.$queryRaw<{ id: number }[]>`
      SELECT o.id FROM "Order" o
      WHERE o.id > ${progress.orderId - OVERLAP} AND NOT EXISTS (SELECT FROM "OrderSearch" s WHERE s."orderId" = o.id)
      ORDER BY o.id LIMIT ${BATCH}`
    const paid = await readPurchases(tx, progress.purchaseId)
    const ids = [...new Set([...added.map(({ id }) => id), ...paid.orderIds])]
    await indexOrders(tx, ids)
    const next = {
      orderId: Math.max(progress.orderId, added.at(-1)?.id ?? 0),
      purchaseId: Math.max(progress.purchaseId, paid.readTo),
    }
    if (next.orderId !== progress.orderId || next.purchaseId !== progress.purchaseId)
      await tx.orderSearchProgress.update({ where: { id: 1 }, data: next })
    return ids.length
  })
}

/** The orders in the table whose rows don't have their last purchase yet. */
async function readPurchases(
  tx: Transaction,
  after: number,
): Promise<{ orderIds: number[]; readTo: number }> {
  const purchases = await tx.$queryRaw<{ id: number; orderId: number; isMissing: boolean }[]>`
    SELECT p.id, p."orderId", coalesce(s."purchaseId" < p.id, false) AS "isMissing"
    FROM (SELECT id, "orderId" FROM "PurchaseHistory" WHERE id > ${after - OVERLAP} ORDER BY id LIMIT ${OVERLAP + BATCH}) p
    LEFT JOIN "OrderSearch" s ON s."orderId" = p."orderId"
    ORDER BY p.id`
  const orderIds = purchases.flatMap(({ orderId, isMissing }) => (isMissing ? [orderId] : []))
  return { orderIds, readTo: purchases.at(-1)?.id ?? 0 }
}
