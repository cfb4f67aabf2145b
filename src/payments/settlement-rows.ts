// The rows that a settlement reads and writes, many orders at once: a handful of statements for a set of any size.
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { MailKind } from '../generated/prisma/enums.js'
import type { AttemptFacts, DisputeFacts, OrderFacts, RefundFacts } from '../orders/order-facts.js'
import type { PurchaseRow } from './consequences.js'
import type { Orphans, Report } from './merge-report.js'

/**
 * Locks, for the rest of the transaction, the orders that these reports are about, and reads them as they are then.
 *
 * The payment intents are locked first, the orders second, each in the order of their names: two sets that meet wait
 * for each other and never in a circle. The lock on an intent is for those who know it and not yet its order: a refund
 * that comes before its payment is stored either before or after the payment's settlement looks for it.
 */
export async function lockOrders(
  tx: Transaction,
  reports: readonly Report[],
  orderIds: readonly number[] = [],
): Promise<{ orders: OrderFacts[]; orphans: Orphans }> {
  const sessions = reports.flatMap((report) => (report.kind === 'session' ? [report.sessionId] : []))
  const keys = reports.flatMap((report) =>
    report.kind !== 'dispute' && report.orderKey !== null ? [report.orderKey] : [],
  )
  const intents = [...new Set(reports.flatMap(({ paymentIntentId }) => paymentIntentId ?? []))].sort()
  // By their intents only these look for their order, so the intents must be locked before the search begins.
  const byIntent = reports.some((report) => report.kind !== 'session')
  if (byIntent) await tx.$executeRaw(lockIntents(intents))

  const found = await tx.$queryRaw<{ id: number }[]>`/* prepared */
    WITH intents AS MATERIALIZED (${byIntent ? Prisma.sql`SELECT 1` : lockIntents(intents)})
    SELECT o.id FROM "Order" o
    WHERE (SELECT count(*) FROM intents) >= 0 AND o.id IN (
      SELECT unnest(${[...orderIds]}::int[])
      UNION ALL SELECT a."orderId" FROM "CheckoutAttempt" a WHERE a."stripeSessionId" = ANY(${sessions}::text[])
      UNION ALL SELECT k.id FROM "Order" k WHERE k.key = ANY(${keys}::text[])
      ${
        byIntent
          ? Prisma.sql`UNION ALL SELECT a."orderId" FROM "CheckoutAttempt" a WHERE a."paymentIntentId" = ANY(${intents}::text[])`
          : Prisma.empty
      })
    ORDER BY o.id FOR NO KEY UPDATE OF o`
  if (found.length === 0 && !byIntent) return { orders: [], orphans: { refunds: [], disputes: [] } }

  // A statement of its own: what was committed while the locks were waited for is seen.
  return readOrders(
    tx,
    found.map(({ id }) => id),
    intents,
  )
}

/** Locks one order, and reads it as it is then. */
export async function lockOrder(tx: Transaction, orderId: number): Promise<OrderFacts> {
  const { orders } = await lockOrders(tx, [], [orderId])
  return theOnly(orders, orderId)
}

/** Reads one order as it is now; nothing keeps it from changing. */
export async function readOrder(tx: Pick<Transaction, '$queryRaw'>, orderId: number): Promise<OrderFacts> {
  const { orders } = await readOrders(tx, [orderId], [])
  return theOnly(orders, orderId)
}

function theOnly([order]: OrderFacts[], orderId: number): OrderFacts {
  if (!order) throw new Error(`There is no order ${orderId}.`)
  return order
}

/** @param intents payment intents whose refunds and disputes may be waiting for an order */
async function readOrders(
  tx: Pick<Transaction, '$queryRaw'>,
  ids: number[],
  intents: string[],
): Promise<{ orders: OrderFacts[]; orphans: Orphans }> {
  const [row] = await tx.$queryRaw<
    { orders: StoredOrder[] | null; refunds: Stored[] | null; disputes: Stored[] | null }[]
  >`/* prepared */
    SELECT
      (SELECT json_agg(json_build_object(
        'id', o.id, 'key', o.key, 'userId', o."userId", 'email', o.email, 'cartId', o."cartId",
        'currency', o.currency, 'total', o.total, 'status', o.status, 'stockHeld', o."stockHeld",
        'incidents', o.incidents, 'attended', o.attended, 'needsAttention', o."needsAttention",
        'items', (SELECT json_agg(i ORDER BY i.id) FROM "OrderItem" i WHERE i."orderId" = o.id),
        'attempts', (SELECT json_agg(a ORDER BY a.number) FROM "CheckoutAttempt" a WHERE a."orderId" = o.id),
        'refunds', (SELECT json_agg(r ORDER BY r."createdAt", r.id) FROM "Refund" r WHERE r."orderId" = o.id),
        'disputes', (SELECT json_agg(d ORDER BY d."createdAt", d.id) FROM "Dispute" d WHERE d."orderId" = o.id))
        ORDER BY o.id)
       FROM "Order" o WHERE o.id = ANY(${ids}::int[])) AS orders,
      (SELECT json_agg(r) FROM "Refund" r
       WHERE r."paymentIntentId" = ANY(${intents}::text[]) AND r."orderId" IS NULL) AS refunds,
      (SELECT json_agg(d) FROM "Dispute" d
       WHERE d."paymentIntentId" = ANY(${intents}::text[]) AND d."orderId" IS NULL) AS disputes`
  return {
    orders: (row?.orders ?? []).map(orderFacts),
    orphans: {
      refunds: (row?.refunds ?? []).map((stored) => dated(stored) as unknown as RefundFacts),
      disputes: (row?.disputes ?? []).map((stored) => dated(stored) as unknown as DisputeFacts),
    },
  }
}

function lockIntents(sorted: string[]): Prisma.Sql {
  return Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(intent, 0)) FROM unnest(${sorted}::text[]) AS intent`
}

type Stored = Record<string, unknown>

interface StoredOrder extends Omit<OrderFacts, 'attempts' | 'refunds' | 'disputes' | 'items'> {
  items: OrderFacts['items'] | null
  attempts: Stored[] | null
  refunds: Stored[] | null
  disputes: Stored[] | null
}

function orderFacts(stored: StoredOrder): OrderFacts {
  return {
    ...stored,
    items: stored.items ?? [],
    attempts: (stored.attempts ?? []).map((row) => dated(row) as unknown as AttemptFacts),
    refunds: (stored.refunds ?? []).map((row) => dated(row) as unknown as RefundFacts),
    disputes: (stored.disputes ?? []).map((row) => dated(row) as unknown as DisputeFacts),
  }
}

const TIMES = [
  'expiresAt',
  'processingAt',
  'failedAt',
  'paidAt',
  'succeededAt',
  'evidenceDueBy',
  'inquiryAt',
  'disputedAt',
  'closedAt',
  'createdAt',
]

/** JSON has no dates. */
function dated(row: Stored): Stored {
  const copy = { ...row }
  for (const name of TIMES) if (typeof copy[name] === 'string') copy[name] = new Date(copy[name])
  return copy
}

/** What a settlement changed of one order. */
export interface OrderChange {
  order: Pick<OrderFacts, 'id' | 'status' | 'stockHeld' | 'incidents' | 'needsAttention'> & {
    paidAt: Date | null
    amountPaid: number | null
    amountRefunded: number
  }
  attempts: OrderFacts['attempts']
  refunds: RefundFacts[]
  disputes: DisputeFacts[]
  purchases: (PurchaseRow & Pick<OrderFacts, 'userId' | 'currency'>)[]
  mails: { kind: MailKind; about: string; to: string }[]
}

/**
 * Writes the changes, in one statement; rows that are there already stay as they are.
 * @param last one more statement to be sent with them, for what is written together with a settlement
 * @returns the ids that that statement returns
 */
export async function saveChanges(
  tx: Transaction,
  changes: readonly OrderChange[],
  orphans: Orphans,
  last: Prisma.Sql | null,
): Promise<{ id: string }[]> {
  const rows = <Item>(pick: (change: OrderChange) => readonly Item[]) =>
    changes.flatMap((change) => pick(change).map((row) => ({ ...row, orderId: change.order.id })))
  const orphan = <Item>(row: Item) => ({ ...row, orderId: null })
  const steps = [
    step(
      ORDERS,
      changes.map((change) => change.order),
    ),
    step(
      ATTEMPTS,
      rows((change) => change.attempts),
    ),
    step(REFUNDS, [...rows((change) => change.refunds), ...orphans.refunds.map(orphan)]),
    step(DISPUTES, [...rows((change) => change.disputes), ...orphans.disputes.map(orphan)]),
    step(
      PURCHASES,
      rows((change) => change.purchases),
    ),
    step(
      MAILS,
      rows((change) => change.mails),
    ),
  ].filter((sql) => sql !== null)
  if (steps.length === 0 && last === null) return []
  const named = steps.map((sql, index) => Prisma.sql`${Prisma.raw(`step${index}`)} AS (${sql}),`)
  const closing = last ?? Prisma.sql`SELECT NULL::text AS id`
  return tx.$queryRaw<
    { id: string }[]
  >`/* prepared */ WITH ${named.length === 0 ? Prisma.empty : Prisma.join(named, ' ')} last AS (${closing}) SELECT * FROM last`
}

type Step = (rows: string) => Prisma.Sql

function step(write: Step, rows: readonly object[]): Prisma.Sql | null {
  return rows.length === 0 ? null : write(JSON.stringify(rows))
}

const ORDERS: Step = (rows) => Prisma.sql`
  UPDATE "Order" o SET status = x.status, "paidAt" = x."paidAt", "amountPaid" = x."amountPaid",
    "amountRefunded" = x."amountRefunded", "stockHeld" = x."stockHeld", incidents = x.incidents,
    "needsAttention" = x."needsAttention",
    "attentionAt" = CASE WHEN x."needsAttention" IS NOT NULL THEN coalesce(o."attentionAt", now()) END,
    "updatedAt" = now()
  FROM json_to_recordset(${rows}::json) AS x(id int, status "OrderStatus", "paidAt" timestamptz, "amountPaid" int,
    "amountRefunded" int, "stockHeld" boolean, incidents text[], "needsAttention" text)
  WHERE o.id = x.id`

const ATTEMPTS: Step = (rows) => Prisma.sql`
  INSERT INTO "CheckoutAttempt" (id, "orderId", number, status, "stripeSessionId", "paymentIntentId", url, "expiresAt",
    "amountDiscount", "amountTotal", "processingAt", "failedAt", "paidAt")
  SELECT * FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, number int, status "AttemptStatus",
    "stripeSessionId" text, "paymentIntentId" text, url text, "expiresAt" timestamptz, "amountDiscount" int,
    "amountTotal" int, "processingAt" timestamptz, "failedAt" timestamptz, "paidAt" timestamptz)
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, "stripeSessionId" = excluded."stripeSessionId",
    "paymentIntentId" = excluded."paymentIntentId", url = excluded.url, "expiresAt" = excluded."expiresAt",
    "amountDiscount" = excluded."amountDiscount", "amountTotal" = excluded."amountTotal",
    "processingAt" = excluded."processingAt", "failedAt" = excluded."failedAt", "paidAt" = excluded."paidAt"`

const REFUNDS: Step = (rows) => Prisma.sql`
  INSERT INTO "Refund" AS r (id, "orderId", "stripeRefundId", "paymentIntentId", amount, currency, status, reason,
    "failureReason", restock, "succeededAt", "failedAt")
  SELECT * FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, "stripeRefundId" text,
    "paymentIntentId" text, amount int, currency text, status "RefundStatus", reason text, "failureReason" text,
    restock boolean, "succeededAt" timestamptz, "failedAt" timestamptz)
  ON CONFLICT (id) DO UPDATE SET "orderId" = excluded."orderId", "stripeRefundId" = excluded."stripeRefundId",
    "paymentIntentId" = excluded."paymentIntentId", amount = excluded.amount, currency = excluded.currency,
    status = excluded.status, reason = excluded.reason, "failureReason" = excluded."failureReason",
    "succeededAt" = excluded."succeededAt", "failedAt" = excluded."failedAt",
    "retryAt" = CASE WHEN excluded.status = 'requested' THEN r."retryAt" END`

const DISPUTES: Step = (rows) => Prisma.sql`
  INSERT INTO "Dispute" (id, "orderId", "paymentIntentId", amount, currency, reason, status, "evidenceDueBy",
    "inquiryAt", "disputedAt", "closedAt", "createdAt")
  SELECT * FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, "paymentIntentId" text, amount int,
    currency text, reason text, status "DisputeStatus", "evidenceDueBy" timestamptz, "inquiryAt" timestamptz,
    "disputedAt" timestamptz, "closedAt" timestamptz, "createdAt" timestamptz)
  ON CONFLICT (id) DO UPDATE SET "orderId" = excluded."orderId", "paymentIntentId" = excluded."paymentIntentId",
    amount = excluded.amount, reason = excluded.reason, status = excluded.status,
    "evidenceDueBy" = excluded."evidenceDueBy", "inquiryAt" = excluded."inquiryAt",
    "disputedAt" = excluded."disputedAt", "closedAt" = excluded."closedAt"`

const PURCHASES: Step = (rows) => Prisma.sql`
  INSERT INTO "PurchaseHistory" ("productId", "userId", "orderId", "purchaseSuccess", quantity, amount, currency,
    "stripeSessionId")
  SELECT * FROM json_to_recordset(${rows}::json) AS x("productId" int, "userId" int, "orderId" int,
    "purchaseSuccess" boolean, quantity int, amount int, currency text, "stripeSessionId" text)
  ON CONFLICT DO NOTHING`

const MAILS: Step = (rows) => Prisma.sql`
  INSERT INTO "Mail" (kind, "orderId", about, "to")
  SELECT * FROM json_to_recordset(${rows}::json) AS x(kind "MailKind", "orderId" int, about text, "to" text)
  ON CONFLICT DO NOTHING`
