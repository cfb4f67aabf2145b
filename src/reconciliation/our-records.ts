// What the shop has recorded of payments, refunds and disputes, to be compared with what Stripe booked.
import type { RawReader } from '../database/direct.js'
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
const SECOND_PAYMENT = '40 days'

/** What Stripe should have booked in a month: what moved money by the shop's own times. */
export async function recordsOf(reader: RawReader, { begin, end }: Month): Promise<OurRecord[]> {
  const [from, to] = [begin.toISOString(), end.toISOString()]
  const rows = await reader.$queryRaw<Row[]>`
    SELECT 'payment' AS kind, a."paymentIntentId" AS id, o.key AS "orderKey", coalesce(a."amountTotal", o.total)::text AS amount,
      o.currency, a.status::text
    FROM "Order" o JOIN "CheckoutAttempt" a ON a."orderId" = o.id
    WHERE o."paidAt" >= ${from}::timestamptz - ${SECOND_PAYMENT}::text::interval AND o."paidAt" < ${to}::timestamptz
      AND a.status = 'paid' AND a."paidAt" >= ${from}::timestamptz AND a."paidAt" < ${to}::timestamptz
      AND coalesce(a."amountTotal", o.total) > 0
    UNION ALL
    SELECT 'payment', u."paymentIntentId", o.key, u.amount::text, u.currency, u.status::text
    FROM "UnmatchedPayment" u LEFT JOIN "Order" o ON o.id = u."orderId"
    WHERE u.status = 'paid' AND u.amount > 0 AND u."paidAt" >= ${from}::timestamptz AND u."paidAt" < ${to}::timestamptz
    UNION ALL
    SELECT 'refund', r."stripeRefundId", o.key, coalesce(r."largeAmount", r.amount)::text, r.currency, r.status::text
    FROM "Refund" r LEFT JOIN "Order" o ON o.id = r."orderId"
    WHERE r.status = 'succeeded' AND coalesce(r."succeededAt", r."createdAt") >= ${from}::timestamptz
      AND coalesce(r."succeededAt", r."createdAt") < ${to}::timestamptz
    UNION ALL
    SELECT 'dispute', d.id, o.key, coalesce(d."largeAmount", d.amount)::text, d.currency, d.status::text
    FROM "Dispute" d LEFT JOIN "Order" o ON o.id = d."orderId"
    WHERE d."disputedAt" >= ${from}::timestamptz AND d."disputedAt" < ${to}::timestamptz
      AND d.status IN ('needs_response', 'under_review', 'won', 'lost')`
  return records(rows)
}
