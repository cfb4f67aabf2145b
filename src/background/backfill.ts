// Fills the columns that this release added in rows of earlier ones: an order's totals, and the variants of what was bought.
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'

const BATCH = 1000
/** The previous release can run beside this one for a while, and settles orders without these columns. */
const PASSES = 2

interface Table {
  name: 'Order' | 'OrderItem' | 'PurchaseHistory'
  /** Fills the rows whose id is above `after`, up to `upTo`. */
  fill: (prisma: PrismaClient, after: number, upTo: number) => Promise<unknown>
}

const TABLES: readonly Table[] = [
  { name: 'Order', fill: fillTotals },
  { name: 'OrderItem', fill: (...range) => fillVariants('OrderItem', ...range) },
  { name: 'PurchaseHistory', fill: (...range) => fillVariants('PurchaseHistory', ...range) },
]

/**
 * Returns the job of a loop. Each call fills the next batch, by primary key, and resolves to 0 at the end of a pass through all
 * tables. After the last pass the shop is marked, and nothing is done any more. It is safe to run it in several processes, and
 * to kill them: a row that is filled stays as it is.
 */
export function backfill(prisma: PrismaClient): () => Promise<number> {
  let isDone = false
  let passes = 0
  let table = 0
  let after = 0
  return async () => {
    isDone ||= await wasDone(prisma)
    if (isDone) return 0
    const current = TABLES[table]
    if (current) {
      const upTo = await endOfBatch(prisma, current.name, after)
      if (upTo === null) {
        table += 1
        after = 0
      } else {
        await current.fill(prisma, after, upTo)
        after = upTo
      }
      return 1
    }
    table = 0
    passes += 1
    if (passes === PASSES) await prisma.shop.updateMany({ data: { backfilled: true } })
    return 0
  }
}

async function wasDone(prisma: PrismaClient): Promise<boolean> {
  const shop = await prisma.shop.findUnique({ where: { id: 1 }, select: { backfilled: true } })
  return shop?.backfilled ?? false
}

/** The highest id of the next batch. Null: there is none. */
async function endOfBatch(prisma: PrismaClient, table: Table['name'], after: number): Promise<number | null> {
  const [row] = await prisma.$queryRaw<{ id: number | null }[]>`
    SELECT max(id) AS id FROM (
      SELECT id FROM ${nameOf(table)} WHERE id > ${after} ORDER BY id LIMIT ${BATCH}) AS batch`
  return row?.id ?? null
}

/**
 * An order's totals follow from its items and its completed session, as `totalsOf` in src/orders/order-facts.ts says. The orders
 * are locked in a statement of their own, so that what is read of their sessions is not older than the orders.
 */
async function fillTotals(prisma: PrismaClient, after: number, upTo: number): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const locked = await tx.$queryRaw<{ id: number }[]>`
      SELECT id FROM "Order" o
      WHERE id > ${after} AND id <= ${upTo} AND ("itemsTotal" IS NULL OR EXISTS (
        SELECT FROM "CheckoutAttempt" a WHERE a."orderId" = o.id AND a.status IN ('processing', 'paid')
          AND a."amountDiscount" > 0 AND o."discountTotal" = 0))
      ORDER BY id FOR NO KEY UPDATE`
    if (locked.length === 0) return
    await tx.$executeRaw`
      UPDATE "Order" o SET "itemsTotal" = sums.items, "discountTotal" = coalesce(completed."amountDiscount", 0),
        total = coalesce(completed."amountTotal", sums.items + o."shippingTotal")
      FROM (
        SELECT "orderId", sum("unitAmount" * quantity)::int AS items FROM "OrderItem"
        WHERE "orderId" = ANY(${locked.map(({ id }) => id)}::int[]) GROUP BY "orderId") AS sums
      LEFT JOIN LATERAL (
        SELECT a."amountDiscount", a."amountTotal" FROM "CheckoutAttempt" a
        WHERE a."orderId" = sums."orderId" AND a.status IN ('processing', 'paid')
        ORDER BY a.status DESC, coalesce(a."paidAt", a."processingAt"), a."stripeSessionId" COLLATE "C" LIMIT 1
      ) AS completed ON true
      WHERE o.id = sums."orderId"`
  })
}

/** Such a row means the variant with its product's id. */
function fillVariants(
  table: Table['name'],
  prisma: PrismaClient,
  after: number,
  upTo: number,
): Promise<number> {
  return prisma.$executeRaw`
    UPDATE ${nameOf(table)} AS filled SET "variantId" = variant.id FROM "Variant" variant
    WHERE filled.id > ${after} AND filled.id <= ${upTo} AND filled."variantId" IS NULL
      AND variant.id = filled."productId"`
}

function nameOf(table: Table['name']): Prisma.Sql {
  return Prisma.raw(`"${table}"`)
}
