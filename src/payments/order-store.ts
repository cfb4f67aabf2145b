// The orders that a settlement is about, as they are stored: many at once, in one statement, under their locks or not.
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { AttemptFacts, DisputeFacts, ItemFacts, OrderFacts, RefundFacts } from '../orders/order-facts.js'
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
    SELECT unnest((SELECT ${[...orderIds]}::int[]))
    UNION ALL SELECT "orderId" FROM "CheckoutAttempt" WHERE "stripeSessionId" = ${anyOf(sessions)}
    UNION ALL SELECT id FROM "Order" WHERE key = ${anyOf(keys)}
    UNION ALL SELECT "orderId" FROM "CheckoutAttempt" WHERE "paymentIntentId" = ${anyOf(byIntent ? intents : [])}`
}

/**
 * The planner sees that there are some, not how many: so it finds that one plan is as good as the next, and keeps the one
 * that it has.
 */
function anyOf(names: readonly string[]): Prisma.Sql {
  return Prisma.sql`ANY((SELECT ${[...names]}::text[])::text[])`
}

/**
 * One scan of each table, whatever the number of orders.
 * @param ids an expression for an array of the orders' ids
 * @param intents payment intents whose refunds and disputes may be waiting for an order
 */
async function readOrders(reader: Reader, ids: Prisma.Sql, intents: string[]): Promise<StoredOrders> {
  const found = Prisma.sql`ANY((SELECT ids FROM found)::int[])`
  const [row] = await reader.$queryRaw<Record<Table, Stored[] | null>[]>`/* prepared */
    WITH found AS MATERIALIZED (SELECT ${ids} AS ids)
    SELECT
      (SELECT json_agg(o) FROM (
        SELECT id, key, "userId", email, "cartId", currency, total, status, "stockHeld", incidents, attended,
          "needsAttention", xmin::text AS version
        FROM "Order" WHERE id = ${found}) o) AS orders,
      (SELECT json_agg(i) FROM (
        SELECT id, "orderId", "productId", "unitAmount", quantity FROM "OrderItem" WHERE "orderId" = ${found}) i) AS items,
      (SELECT json_agg(a) FROM "CheckoutAttempt" a WHERE a."orderId" = ${found}) AS attempts,
      (SELECT json_agg(r) FROM "Refund" r
        WHERE r."orderId" = ${found} OR r."paymentIntentId" = ${anyOf(intents)}) AS refunds,
      (SELECT json_agg(d) FROM "Dispute" d
        WHERE d."orderId" = ${found} OR d."paymentIntentId" = ${anyOf(intents)}) AS disputes`
  const items = byOrder(row?.items, 'id')
  const attempts = byOrder(row?.attempts, 'number')
  const refunds = byOrder(row?.refunds, 'createdAt')
  const disputes = byOrder(row?.disputes, 'createdAt')
  const versions = new Map<number, string>()
  const orders = sorted(row?.orders, 'id').map(({ version, ...stored }) => {
    const order = stored as unknown as OrderFacts
    versions.set(order.id, String(version))
    return {
      ...order,
      items: (items.get(order.id) ?? []) as unknown as ItemFacts[],
      attempts: (attempts.get(order.id) ?? []) as unknown as AttemptFacts[],
      refunds: (refunds.get(order.id) ?? []) as unknown as RefundFacts[],
      disputes: (disputes.get(order.id) ?? []) as unknown as DisputeFacts[],
    }
  })
  return {
    orders,
    versions,
    orphans: {
      refunds: (refunds.get(null) ?? []) as unknown as RefundFacts[],
      disputes: (disputes.get(null) ?? []) as unknown as DisputeFacts[],
    },
  }
}

type Table = 'orders' | 'items' | 'attempts' | 'refunds' | 'disputes'

/** A row as JSON has it. */
type Stored = Record<string, unknown>

/** Rows by the order that they belong to; those of none, by null. */
function byOrder(rows: Stored[] | null | undefined, column: string): Map<unknown, Stored[]> {
  const groups = new Map<unknown, Stored[]>()
  for (const row of sorted(rows, column)) {
    const group = groups.get(row['orderId'])
    if (group) group.push(dated(row))
    else groups.set(row['orderId'], [dated(row)])
  }
  return groups
}

/** By that column, and by their ids where it is the same. */
function sorted(rows: Stored[] | null | undefined, column: string): Stored[] {
  const compare = (one: unknown, other: unknown) =>
    one === other ? 0 : (one as number | string) < (other as number | string) ? -1 : 1
  return [...(rows ?? [])].sort(
    (one, other) => compare(one[column], other[column]) || compare(one['id'], other['id']),
  )
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
