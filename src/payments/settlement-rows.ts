// The orders that a settlement is about, as they are stored: many at once, in one statement, under their locks or not.
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { AttemptFacts, DisputeFacts, OrderFacts, RefundFacts } from '../orders/order-facts.js'
import type { Orphans, Report } from './merge-report.js'

type Reader = Pick<Transaction, '$queryRaw'>

export interface StoredOrders {
  orders: OrderFacts[]
  /** Of each order's row, by its id: another one when the row was written to since. */
  versions: Map<number, string>
  orphans: Orphans
}

/**
 * Reads the orders that these reports are about, as they are now; nothing keeps them from changing. `saveChanges` is
 * told their versions, and writes nothing when one of them has changed.
 */
export function findOrders(reader: Reader, reports: readonly Report[]): Promise<StoredOrders> {
  const intents = intentsOf(reports)
  return readOrders(reader, Prisma.sql`ARRAY(${idsOf(reports, [], intents)})`, intents)
}

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
): Promise<StoredOrders> {
  const intents = intentsOf(reports)
  if (intents.length > 0)
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(intent, 0)) FROM unnest(${intents}::text[]) AS intent`
  const found = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM "Order" WHERE id = ANY(ARRAY(${idsOf(reports, orderIds, intents)}))
    ORDER BY id FOR NO KEY UPDATE`
  const ids = found.map(({ id }) => id)
  // A statement of its own: what was committed while the locks were waited for is seen.
  return readOrders(tx, Prisma.sql`${ids}::int[]`, intents)
}

/**
 * Locks one order for a change of it, and reads it as it is then. Its row gets a new version by that: who has read the
 * order without a lock notices, also when only what belongs to the order is changed.
 */
export async function lockOrder(tx: Transaction, orderId: number): Promise<OrderFacts> {
  const { orders } = await lockOrders(tx, [], [orderId])
  const order = theOnly(orders, orderId)
  await tx.order.update({ where: { id: orderId }, data: { updatedAt: new Date() } })
  return order
}

/** Reads one order as it is now; nothing keeps it from changing. */
export async function readOrder(reader: Reader, orderId: number): Promise<OrderFacts> {
  const { orders } = await readOrders(reader, Prisma.sql`${[orderId]}::int[]`, [])
  return theOnly(orders, orderId)
}

function theOnly([order]: OrderFacts[], orderId: number): OrderFacts {
  if (!order) throw new Error(`There is no order ${orderId}.`)
  return order
}

/** The payment intents that reports name, in the order in which they are locked. */
export function intentsOf(reports: readonly Report[]): string[] {
  return [...new Set(reports.flatMap(({ paymentIntentId }) => paymentIntentId ?? []))].sort()
}

/** Each by an index, however large the tables are and however small they were when this was planned. */
function idsOf(
  reports: readonly Report[],
  orderIds: readonly number[],
  intents: readonly string[],
): Prisma.Sql {
  const sessions = reports.flatMap((report) => (report.kind === 'session' ? [report.sessionId] : []))
  const keys = reports.flatMap((report) =>
    report.kind !== 'dispute' && report.orderKey !== null ? [report.orderKey] : [],
  )
  // A session is found by itself or its order's key. Only refunds and disputes are looked for by their intents.
  const byIntent = reports.some((report) => report.kind !== 'session')
  return Prisma.sql`
    SELECT unnest(${[...orderIds]}::int[])
    UNION SELECT "orderId" FROM "CheckoutAttempt" WHERE "stripeSessionId" = ANY(${sessions}::text[])
    UNION SELECT id FROM "Order" WHERE key = ANY(${keys}::text[])
    UNION SELECT "orderId" FROM "CheckoutAttempt" WHERE "paymentIntentId" = ANY(${byIntent ? [...intents] : []}::text[])`
}

/**
 * @param ids an expression for an array of the orders' ids
 * @param intents payment intents whose refunds and disputes may be waiting for an order
 */
async function readOrders(reader: Reader, ids: Prisma.Sql, intents: string[]): Promise<StoredOrders> {
  const [row] = await reader.$queryRaw<
    { orders: VersionedOrder[] | null; refunds: Stored[] | null; disputes: Stored[] | null }[]
  >`/* prepared */
    SELECT
      (SELECT json_agg(json_build_object('version', o.xmin::text, 'order', json_build_object(
        'id', o.id, 'key', o.key, 'userId', o."userId", 'email', o.email, 'cartId', o."cartId",
        'currency', o.currency, 'total', o.total, 'status', o.status, 'stockHeld', o."stockHeld",
        'incidents', o.incidents, 'attended', o.attended, 'needsAttention', o."needsAttention",
        'items', (SELECT json_agg(i ORDER BY i.id) FROM "OrderItem" i WHERE i."orderId" = o.id),
        'attempts', (SELECT json_agg(a ORDER BY a.number) FROM "CheckoutAttempt" a WHERE a."orderId" = o.id),
        'refunds', (SELECT json_agg(r ORDER BY r."createdAt", r.id) FROM "Refund" r WHERE r."orderId" = o.id),
        'disputes', (SELECT json_agg(d ORDER BY d."createdAt", d.id) FROM "Dispute" d WHERE d."orderId" = o.id)))
        ORDER BY o.id)
       FROM "Order" o WHERE o.id = ANY(${ids})) AS orders,
      (SELECT json_agg(r) FROM "Refund" r
       WHERE r."paymentIntentId" = ANY(${intents}::text[]) AND r."orderId" IS NULL) AS refunds,
      (SELECT json_agg(d) FROM "Dispute" d
       WHERE d."paymentIntentId" = ANY(${intents}::text[]) AND d."orderId" IS NULL) AS disputes`
  const stored = row?.orders ?? []
  return {
    orders: stored.map(({ order }) => orderFacts(order)),
    versions: new Map(stored.map(({ order, version }) => [order.id, version])),
    orphans: {
      refunds: (row?.refunds ?? []).map((refund) => dated(refund) as unknown as RefundFacts),
      disputes: (row?.disputes ?? []).map((dispute) => dated(dispute) as unknown as DisputeFacts),
    },
  }
}

type Stored = Record<string, unknown>

interface VersionedOrder {
  version: string
  order: StoredOrder
}

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
