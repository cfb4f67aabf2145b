// Reads the orders that a settlement is about, with or without locking them: any number of orders in one statement.
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { RawReader } from '../database/direct.js'
import type {
  AttemptFacts,
  DisputeFacts,
  ItemFacts,
  OrderFacts,
  RefundFacts,
  RiskSignalFacts,
  UnmatchedPaymentFacts,
} from '../orders/order-facts.js'
import { nothingUnattributed, type Report, type Unattributed } from './merge-report.js'

export interface StoredOrders {
  orders: OrderFacts[]
  /** By the order's id. Every write to an order's row changes its version. */
  versions: Map<number, string>
  /** Those of the payment intents that the reports name. */
  unattributed: Unattributed
}

const NO_ORDERS: StoredOrders = {
  orders: [],
  versions: new Map(),
  unattributed: nothingUnattributed(),
}

/**
 * Reads the orders that these reports are about, without locking them. `saveChanges` compares their versions before it
 * writes.
 */
export async function findOrders(reader: RawReader, reports: readonly Report[]): Promise<StoredOrders> {
  if (reports.length === 0) return NO_ORDERS
  const intents = intentsOf(reports)
  return readOrders(reader, Prisma.sql`ARRAY(${idsOf(reports, [], intents)})`, intents, namedBy(reports))
}

/**
 * Locks the orders that these reports are about until the end of the transaction, then reads them.
 *
 * Payment intents are locked first and orders second, both sorted, so that two sets can't deadlock. The lock on an intent
 * is for refunds and disputes that come before their payment: they are stored either before or after the settlement of
 * the payment looks for them, never in between.
 */
export async function lockOrders(
  tx: Transaction,
  reports: readonly Report[],
  orderIds: readonly number[] = [],
): Promise<StoredOrders> {
  if (reports.length === 0 && orderIds.length === 0) return NO_ORDERS
  const intents = intentsOf(reports)
  if (intents.length > 0) await lockIntents(tx, intents)
  const found = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM "Order" WHERE id = ANY(ARRAY(${idsOf(reports, orderIds, intents)}))
    ORDER BY id FOR NO KEY UPDATE`
  const ids = found.map(({ id }) => id)
  // A separate statement, to see what was committed while this one waited for the locks.
  return readOrders(tx, Prisma.sql`${ids}::int[]`, intents, namedBy(reports))
}

/**
 * Locks one order and reads it. Also writes its row, even if the caller changes only its attempts or refunds: the new
 * version tells a settlement that has read the order without a lock that it changed.
 */
export async function lockOrder(tx: Transaction, orderId: number): Promise<OrderFacts> {
  const { orders } = await lockOrders(tx, [], [orderId])
  const order = requireOrder(orders, orderId)
  await tx.order.update({ where: { id: orderId }, data: { updatedAt: new Date() } })
  return order
}

/** Locks what belongs to no order of a payment intent, until the end of the transaction, and reads it. */
export async function lockUnattributed(tx: Transaction, intent: string): Promise<Unattributed> {
  await lockIntents(tx, [intent])
  return (await readOrders(tx, Prisma.sql`${[]}::int[]`, [intent], namedBy([]))).unattributed
}

async function lockIntents(tx: Transaction, intents: string[]): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(intent, 0)) FROM unnest(${intents}::text[]) AS intent`
}

/** Reads one order without locking it. */
export async function readOrder(reader: RawReader, orderId: number): Promise<OrderFacts> {
  const { orders } = await readOrders(reader, Prisma.sql`${[orderId]}::int[]`, [], namedBy([]))
  return requireOrder(orders, orderId)
}

function requireOrder([order]: OrderFacts[], orderId: number): OrderFacts {
  if (!order) throw new Error(`There is no order ${orderId}.`)
  return order
}

/** The payment intents that reports name, in the order in which they must be locked. */
export function intentsOf(reports: readonly Report[]): string[] {
  return [...new Set(reports.flatMap(({ paymentIntentId }) => paymentIntentId ?? []))].sort()
}

/** Stripe's ids of what the reports are about. An object that is known is found by its id, whatever payment it names. */
interface Named {
  sessions: string[]
  refunds: string[]
  disputes: string[]
  risks: string[]
  /** Those that don't name their order. */
  invoices: string[]
}

function namedBy(reports: readonly Report[]): Named {
  return {
    sessions: reports.flatMap((report) => (report.kind === 'session' ? [report.sessionId] : [])),
    refunds: reports.flatMap((report) => (report.kind === 'refund' ? [report.stripeRefundId] : [])),
    disputes: reports.flatMap((report) => (report.kind === 'dispute' ? [report.disputeId] : [])),
    risks: reports.flatMap((report) => (report.kind === 'risk' ? [report.riskId] : [])),
    invoices: reports.flatMap((report) =>
      report.kind === 'invoice' && report.orderKey === null ? [report.invoice.id] : [],
    ),
  }
}

/** Written so that the plan uses indexes, even if it was made when the tables were small. */
function idsOf(
  reports: readonly Report[],
  orderIds: readonly number[],
  intents: readonly string[],
): Prisma.Sql {
  const { sessions, refunds, disputes, risks, invoices } = namedBy(reports)
  const keys = reports.flatMap((report) =>
    'orderKey' in report && report.orderKey !== null ? [report.orderKey] : [],
  )
  // Sessions are found by their id or their order's key, so intents are needed for the other reports only.
  const others = reports.some((report) => report.kind !== 'session') ? intents : []
  // Most sets are of sessions: what they don't name is left out, because each part costs time in the database.
  const parts: [readonly unknown[], Prisma.Sql][] = [
    [orderIds, Prisma.sql`SELECT unnest((SELECT ${[...orderIds]}::int[])) AS id`],
    [
      sessions,
      Prisma.sql`SELECT "orderId" FROM "CheckoutAttempt" WHERE "stripeSessionId" = ${anyOf(sessions)}`,
    ],
    [keys, Prisma.sql`SELECT id FROM "Order" WHERE key = ${anyOf(keys)}`],
    [others, Prisma.sql`SELECT "orderId" FROM "CheckoutAttempt" WHERE "paymentIntentId" = ${anyOf(others)}`],
    [others, Prisma.sql`SELECT "orderId" FROM "UnmatchedPayment" WHERE "paymentIntentId" = ${anyOf(others)}`],
    [refunds, Prisma.sql`SELECT "orderId" FROM "Refund" WHERE "stripeRefundId" = ${anyOf(refunds)}`],
    [disputes, Prisma.sql`SELECT "orderId" FROM "Dispute" WHERE id = ${anyOf(disputes)}`],
    [risks, Prisma.sql`SELECT "orderId" FROM "RiskSignal" WHERE id = ${anyOf(risks)}`],
    [invoices, Prisma.sql`SELECT id FROM "Order" WHERE "invoiceId" = ${anyOf(invoices)}`],
  ]
  const needed = parts.flatMap(([names, sql]) => (names.length === 0 ? [] : [sql]))
  return needed.length === 0 ? Prisma.sql`SELECT 0 WHERE false` : Prisma.join(needed, ' UNION ALL ')
}

/** In a subquery, so that the planner does not see how many names there are and reuses one plan for any number. */
function anyOf(names: readonly string[]): Prisma.Sql {
  return Prisma.sql`ANY((SELECT ${[...names]}::text[])::text[])`
}

/**
 * Scans each table once, for any number of orders.
 * @param ids an SQL expression for an array of the orders' ids
 * @param intents payment intents of which everything unattributed is read too
 * @param named what is read too, whatever order or payment intent it has
 */
async function readOrders(
  reader: RawReader,
  ids: Prisma.Sql,
  intents: string[],
  named: Named,
): Promise<StoredOrders> {
  const found = Prisma.sql`ANY((SELECT ids FROM found)::int[])`
  const about = (table: string, idColumn: string, ids: string[]) => {
    const column = (name: string) => Prisma.raw(`${table}."${name}"`)
    return Prisma.join(
      [
        Prisma.sql`${column('orderId')} = ${found}`,
        ...(intents.length === 0 ? [] : [Prisma.sql`${column('paymentIntentId')} = ${anyOf(intents)}`]),
        ...(ids.length === 0 ? [] : [Prisma.sql`${column(idColumn)} = ${anyOf(ids)}`]),
      ],
      ' OR ',
    )
  }
  const [row] = await reader.$queryRaw<Record<Table, Stored[] | null>[]>`/* prepared */
    WITH found AS MATERIALIZED (SELECT ${ids} AS ids)
    SELECT
      (SELECT json_agg(o) FROM (
        SELECT id, key, "userId", "guestHash", email, "cartId", currency, "shippingTotal", "taxBehavior", "automaticTax",
          "deliveryCountry", "canceledAt" IS NOT NULL AS "isCanceled", status, "stockHeld", incidents, attended, "needsAttention", "shortProductId",
          CASE WHEN "invoiceId" IS NOT NULL
            THEN json_build_object('id', "invoiceId", 'pdf', "invoicePdf", 'url', "invoiceUrl") END AS invoice,
          xmin::text AS version
        FROM "Order" WHERE id = ${found}) o) AS orders,
      (SELECT json_agg(i) FROM (
        SELECT id, "orderId", "productId", coalesce("variantId", "productId") AS "variantId", name, "variantName",
          "unitAmount", quantity, (
            SELECT coalesce(sum(ri.quantity), 0)::int FROM "ReturnItem" ri JOIN "Return" r ON r.id = ri."returnId"
            WHERE ri."orderItemId" = "OrderItem".id AND r.restocked) AS restocked
        FROM "OrderItem" WHERE "orderId" = ${found}) i) AS items,
      (SELECT json_agg(a) FROM "CheckoutAttempt" a WHERE a."orderId" = ${found}) AS attempts,
      (SELECT json_agg(r) FROM "Refund" r WHERE ${about('r', 'stripeRefundId', named.refunds)}) AS refunds,
      (SELECT json_agg(d) FROM "Dispute" d WHERE ${about('d', 'id', named.disputes)}) AS disputes,
      (SELECT json_agg(u) FROM "UnmatchedPayment" u WHERE ${about('u', 'id', named.sessions)}) AS unmatched,
      (SELECT json_agg(s) FROM "RiskSignal" s WHERE ${about('s', 'id', named.risks)}) AS risks`
  const items = byOrder(row?.items, 'id')
  const attempts = byOrder(row?.attempts, 'number')
  const refunds = byOrder(row?.refunds, 'createdAt')
  const disputes = byOrder(row?.disputes, 'createdAt')
  const unmatched = byOrder(row?.unmatched, 'createdAt')
  const risks = byOrder(row?.risks, 'createdAt')
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
      unmatchedPayments: (unmatched.get(order.id) ?? []) as unknown as UnmatchedPaymentFacts[],
      riskSignals: (risks.get(order.id) ?? []) as unknown as RiskSignalFacts[],
    }
  })
  return {
    orders,
    versions,
    unattributed: {
      refunds: (refunds.get(null) ?? []) as unknown as RefundFacts[],
      disputes: (disputes.get(null) ?? []) as unknown as DisputeFacts[],
      riskSignals: (risks.get(null) ?? []) as unknown as RiskSignalFacts[],
      unmatchedPayments: (unmatched.get(null) ?? []) as unknown as UnmatchedPaymentFacts[],
    },
  }
}

type Table = 'orders' | 'items' | 'attempts' | 'refunds' | 'disputes' | 'unmatched' | 'risks'

/** A row as JSON: its times are strings. */
type Stored = Record<string, unknown>

/** Groups rows by their order's id, or null. */
function byOrder(rows: Stored[] | null | undefined, column: string): Map<unknown, Stored[]> {
  const groups = new Map<unknown, Stored[]>()
  for (const row of sorted(rows, column)) {
    const group = groups.get(row['orderId'])
    if (group) group.push(asFacts(row))
    else groups.set(row['orderId'], [asFacts(row)])
  }
  return groups
}

/** Sorts by the column, then by id. */
function sorted(rows: Stored[] | null | undefined, column: string): Stored[] {
  const compare = (one: unknown, other: unknown) =>
    one === other ? 0 : (one as number | string) < (other as number | string) ? -1 : 1
  return [...(rows ?? [])].sort(
    (one, other) => compare(one[column], other[column]) || compare(one['id'], other['id']),
  )
}

const TIMES = [
  'expiresAt',
  'payBy',
  'processingAt',
  'failedAt',
  'paidAt',
  'succeededAt',
  'evidenceDueBy',
  'inquiryAt',
  'disputedAt',
  'openedAt',
  'closedAt',
  'createdAt',
]

/** Turns the row's times into dates, and takes an amount that is too large for its column from the other one. */
function asFacts(row: Stored): Stored {
  const copy = { ...row }
  if (typeof copy['largeAmount'] === 'number') copy['amount'] = copy['largeAmount']
  for (const name of TIMES) if (typeof copy[name] === 'string') copy[name] = new Date(copy[name])
  return copy
}
