// Finds the days whose numbers have changed, from what has keys or times that an index has already.
import type { Transaction } from '../database/client.js'
import { Prisma } from '../generated/prisma/client.js'

/** Rows before those that were read last, which a slower transaction may have added meanwhile. */
const OVERLAP = 1000

export interface Seen {
  orderId: number
  purchaseId: number
  /** Of each day with open checkouts, a hash of them. */
  openDays: Record<string, string>
  /** PostgreSQL's snapshot of the last turn: what was visible then. */
  snapshot: string | null
}

interface Found {
  days: Set<string>
  seen: Omit<Seen, 'snapshot'>
}

/** The days of what was written since `seen`. */
export async function changedDays(tx: Transaction, timeZone: string, seen: Seen): Promise<Found> {
  const isNew = (row: Prisma.Sql, last: number) =>
    Prisma.sql`${row}.id > ${last - OVERLAP} AND (${row}.id > ${last} OR NOT ${wasVisible(row, seen.snapshot)})`
  const orders = await tx.$queryRaw<{ last: number; day: string }[]>`
    SELECT max(o.id) AS last, (o."createdAt" AT TIME ZONE ${timeZone}::text)::date::text AS day FROM "Order" o
    WHERE ${isNew(Prisma.sql`o`, seen.orderId)} GROUP BY day`
  // Paid, or failed: the day of the payment, and the day on which it was placed.
  const purchases = await tx.$queryRaw<{ last: number; day: string }[]>`
    SELECT max(p.id) AS last, (at AT TIME ZONE ${timeZone}::text)::date::text AS day
    FROM "PurchaseHistory" p JOIN "Order" o ON o.id = p."orderId",
      LATERAL (VALUES (o."createdAt"), (o."paidAt")) AS times (at)
    WHERE ${isNew(Prisma.sql`p`, seen.purchaseId)} AND at IS NOT NULL GROUP BY day`
  const returned = await tx.$queryRaw<{ day: string }[]>`
    WITH taken AS (DELETE FROM "NumbersChange" RETURNING at)
    SELECT DISTINCT (at AT TIME ZONE ${timeZone}::text)::date::text AS day FROM taken`
  const openDays = await readOpenDays(tx, timeZone)
  const closed = [...new Set([...Object.keys(openDays), ...Object.keys(seen.openDays)])].filter(
    (day) => openDays[day] !== seen.openDays[day],
  )
  const last = (rows: { last: number }[], before: number) => Math.max(before, ...rows.map((row) => row.last))
  return {
    days: new Set([...[...orders, ...purchases, ...returned].map(({ day }) => day), ...closed]),
    seen: {
      orderId: last(orders, seen.orderId),
      purchaseId: last(purchases, seen.purchaseId),
      openDays,
    },
  }
}

/**
 * Whether a row was visible in a snapshot, as it is now. Rows have the lower half of their transaction's id, whose upper half is
 * that of the newest transaction or the one before.
 */
function wasVisible(row: Prisma.Sql, snapshot: string | null): Prisma.Sql {
  if (snapshot === null) return Prisma.sql`true`
  return Prisma.sql`(
    SELECT pg_visible_in_snapshot((newest - newest % 4294967296 + x.low
      - CASE WHEN x.low > newest % 4294967296 THEN 4294967296 ELSE 0 END)::text::xid8, ${snapshot}::text::pg_snapshot)
    FROM (SELECT ${row}.xmin::text::bigint AS low, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS newest) AS x)`
}

/** Nothing is written of a checkout that expires but its status. Those that are open have an index, and are few. */
async function readOpenDays(tx: Transaction, timeZone: string): Promise<Record<string, string>> {
  const rows = await tx.$queryRaw<{ day: string; hash: string }[]>`
    SELECT (o."createdAt" AT TIME ZONE ${timeZone}::text)::date::text AS day,
      sum(hashtextextended(a.id || a.status, 0))::text AS hash
    FROM "CheckoutAttempt" a JOIN "Order" o ON o.id = a."orderId"
    WHERE a.status IN ('preparing', 'open', 'processing') GROUP BY day`
  return Object.fromEntries(rows.map(({ day, hash }) => [day, hash]))
}

/** The days up to which and from which an order can be in the numbers. Reads all orders: done once. */
export async function firstDay(tx: Transaction, timeZone: string, today: string): Promise<string> {
  const [first] = await tx.$queryRaw<{ day: string | null }[]>`
    SELECT (least(min("createdAt"), min("paidAt")) AT TIME ZONE ${timeZone}::text)::date::text AS day FROM "Order"`
  return first?.day ?? today
}
