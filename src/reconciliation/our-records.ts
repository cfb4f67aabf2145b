// What the shop has recorded of payments, refunds and disputes, to be compared with what Stripe booked.
import type { RawReader } from '../database/direct.js'
import { Prisma } from '../generated/prisma/client.js'
import type { About } from './bookings.js'
import type { Month } from './month.js'

export interface OurRecord {
  kind: About['kind']
  /** A payment's is its payment intent. Null: it has none. */
  id: string | null
  orderKey: string | null
  /** In minor units. Null: Stripe did not say. */
  amount: number | null
  currency: string | null
  /** paid, succeeded, failed, lost … */
  status: string
}

type Row = Omit<OurRecord, 'amount'> & { amount: string | null }

const records = (rows: readonly Row[]): OurRecord[] =>
  rows.map((row) => ({ ...row, amount: row.amount === null ? null : Number(row.amount) }))

/** By payment intent, including money that fits no order. One that settled its order counts once. */
export async function paymentsBy(reader: RawReader, intents: readonly string[]): Promise<OurRecord[]> {
  const rows = await reader.$queryRaw<Row[]>`
    SELECT DISTINCT ON (id) 'payment' AS kind, id, "orderKey", amount::text, currency, status FROM (
      SELECT a."paymentIntentId" AS id, o.key AS "orderKey", coalesce(a."amountTotal", o.total)::bigint AS amount, o.currency,
        a.status::text, 1 AS place
      FROM "CheckoutAttempt" a JOIN "Order" o ON o.id = a."orderId" WHERE a."paymentIntentId" = ANY (${[...intents]}::text[])
      UNION ALL
      SELECT u."paymentIntentId", o.key, u.amount, u.currency, u.status::text, 2
      FROM "UnmatchedPayment" u LEFT JOIN "Order" o ON o.id = u."orderId"
      WHERE u."paymentIntentId" = ANY (${[...intents]}::text[])) AS known
    ORDER BY id, status = 'paid' DESC, place`
  return records(rows)
}

export async function refundsBy(reader: RawReader, ids: readonly string[]): Promise<OurRecord[]> {
  const rows = await reader.$queryRaw<Row[]>`
    SELECT 'refund' AS kind, r."stripeRefundId" AS id, o.key AS "orderKey", coalesce(r."largeAmount", r.amount)::text AS amount,
      r.currency, r.status::text
    FROM "Refund" r LEFT JOIN "Order" o ON o.id = r."orderId" WHERE r."stripeRefundId" = ANY (${[...ids]}::text[])`
  return records(rows)
}

export async function disputesBy(reader: RawReader, ids: readonly string[]): Promise<OurRecord[]> {
  const rows = await reader.$queryRaw<Row[]>`
    SELECT 'dispute' AS kind, d.id, o.key AS "orderKey", coalesce(d."largeAmount", d.amount)::text AS amount, d.currency,
      d.status::text
    FROM "Dispute" d LEFT JOIN "Order" o ON o.id = d."orderId" WHERE d.id = ANY (${[...ids]}::text[])`
  return records(rows)
}

/** An order's second payment can come this long after the first. */
const SECOND_PAYMENT_DAYS = 40

const DAY_MS = 86_400_000
/** Records that are read at once. */
const PAGE = 1000

/** A record, and the time by which records are in order. */
export interface DatedRecord extends OurRecord {
  at: Date
}

/**
 * What Stripe should have booked in a month: what moved money by the shop's own times. Day by day, the newest first, and within a
 * day a page at a time.
 * @param size of a page
 */
export async function* recordsOf(
  reader: RawReader,
  month: Month,
  size = PAGE,
): AsyncGenerator<DatedRecord[]> {
  const first = month.begin.getTime() - SECOND_PAYMENT_DAYS * DAY_MS
  for (let end = month.end.getTime(); end > first; end -= DAY_MS) {
    const day = { begin: new Date(Math.max(first, end - DAY_MS)), end: new Date(end) }
    let after: Place | null = null
    do {
      const rows: PlacedRow[] = await reader.$queryRaw<PlacedRow[]>(pageOf(month, day, after, size))
      if (rows.length > 0) yield rows.map(recordIn)
      after = rows.length < size ? null : (rows.at(-1) ?? null)
    } while (after !== null)
  }
}

/** Where a page ends: the database's time as text, and what tells rows of one moment apart. */
interface Place {
  place: string
  row: string
}

type PlacedRow = Row & Place & { at: Date }

function recordIn({ kind, id, orderKey, amount, currency, status, at }: PlacedRow): DatedRecord {
  return { kind, id, orderKey, amount: amount === null ? null : Number(amount), currency, status, at }
}

const ORDER_PAID_AT = Prisma.sql`o."paidAt"`
const REFUNDED_AT = Prisma.sql`coalesce(r."succeededAt", r."createdAt")`

interface Times {
  begin: Date
  end: Date
}

/** Of a day. Payments are those of the orders that were paid first on that day, because orders have an index of that time. */
function pageOf(month: Times, day: Times, after: Place | null, size: number): Prisma.Sql {
  const within = (time: Prisma.Sql, { begin, end }: Times) =>
    Prisma.sql`${time} >= ${begin.toISOString()}::timestamptz AND ${time} < ${end.toISOString()}::timestamptz`
  const page = (time: Prisma.Sql, row: Prisma.Sql) =>
    after === null
      ? Prisma.sql`ORDER BY ${time} DESC, ${row} DESC LIMIT ${size}::int`
      : Prisma.sql`AND (${time}, ${row}) < (${after.place}::timestamptz, ${after.row})
          ORDER BY ${time} DESC, ${row} DESC LIMIT ${size}::int`
  const parts = [
    Prisma.sql`
    SELECT 'payment' AS kind, a."paymentIntentId" AS id, o.key AS "orderKey", coalesce(a."amountTotal", o.total)::text AS amount,
      o.currency, a.status::text, o."paidAt" AS at, 'payment ' || a.id AS row
    FROM "Order" o JOIN "CheckoutAttempt" a ON a."orderId" = o.id
    WHERE ${within(ORDER_PAID_AT, day)} AND a.status = 'paid' AND ${within(Prisma.sql`a."paidAt"`, month)}
      AND coalesce(a."amountTotal", o.total) > 0 ${page(ORDER_PAID_AT, Prisma.sql`'payment ' || a.id`)}`,
  ]
  if (day.end > month.begin)
    parts.push(
      Prisma.sql`
    SELECT 'payment', u."paymentIntentId", o.key, u.amount::text, u.currency, u.status::text, u."paidAt", 'unmatched ' || u.id
    FROM "UnmatchedPayment" u LEFT JOIN "Order" o ON o.id = u."orderId"
    WHERE u.status = 'paid' AND u.amount > 0 AND ${within(Prisma.sql`u."paidAt"`, month)}
      AND ${within(Prisma.sql`u."paidAt"`, day)} ${page(Prisma.sql`u."paidAt"`, Prisma.sql`'unmatched ' || u.id`)}`,
      Prisma.sql`
    SELECT 'refund', r."stripeRefundId", o.key, coalesce(r."largeAmount", r.amount)::text, r.currency, r.status::text,
      ${REFUNDED_AT}, 'refund ' || r.id
    FROM "Refund" r LEFT JOIN "Order" o ON o.id = r."orderId"
    WHERE r.status = 'succeeded' AND ${within(REFUNDED_AT, month)} AND ${within(REFUNDED_AT, day)}
      ${page(REFUNDED_AT, Prisma.sql`'refund ' || r.id`)}`,
      Prisma.sql`
    SELECT 'dispute', d.id, o.key, coalesce(d."largeAmount", d.amount)::text, d.currency, d.status::text, d."disputedAt",
      'dispute ' || d.id
    FROM "Dispute" d LEFT JOIN "Order" o ON o.id = d."orderId"
    WHERE d.status IN ('needs_response', 'under_review', 'won', 'lost') AND ${within(Prisma.sql`d."disputedAt"`, month)}
      AND ${within(Prisma.sql`d."disputedAt"`, day)} ${page(Prisma.sql`d."disputedAt"`, Prisma.sql`'dispute ' || d.id`)}`,
    )
  const all = parts.map((part) => Prisma.sql`(${part})`)
  return Prisma.sql`
    SELECT kind, id, "orderKey", amount, currency, status, at, at::text AS place, row
    FROM (${Prisma.join(all, ' UNION ALL ')}) AS parts ORDER BY at DESC, row DESC LIMIT ${size}::int`
}
