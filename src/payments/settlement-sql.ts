// What a settlement changed, written in one statement for any number of orders.
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import { hasCode } from '../database/errors.js'
import { insertOrderMails, type OrderMailRow } from '../outbox/write-mails.js'
import type { OrderFacts, RefundFacts, DisputeFacts } from '../orders/order-facts.js'
import type { PurchaseRow } from './derive-order.js'
import type { Orphans } from './merge-report.js'

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
  mails: Omit<OrderMailRow, 'orderId'>[]
  /** Units that go back into stock. */
  released: Units[]
  /** Units that leave a cart, because they have been ordered; what was added meanwhile stays. */
  outOfCart: (Units & { cartId: number })[]
}

interface Units {
  productId: number
  quantity: number
}

/** What must still be so for changes to be written that were worked out without a lock. */
interface Unchanged {
  versions: ReadonlyMap<number, string>
  /** No refund or dispute waits for these. */
  intents: readonly string[]
}

/** The orders have changed since they were read: read them again. */
export class StaleOrderError extends Error {
  override name = 'Outrun'
}

/**
 * Writes the changes, in one statement; rows that are there already stay as they are.
 * @param unchanged for changes of orders that are not locked: they are locked by the statement itself, intents first and
 * orders second as `lockOrders` does, before it writes anything
 * @param last one more statement to be sent with them, for what is written together with a settlement
 * @returns the ids that that statement returns
 * @throws Outrun when an order is not any more as it was read; nothing was written
 */
export async function saveChanges(
  writer: Pick<Transaction, '$queryRaw'>,
  changes: readonly OrderChange[],
  orphans: Orphans,
  unchanged: Unchanged | null,
  last: FinalStatement | null,
): Promise<{ id: string }[]> {
  const rows = <Item>(pick: (change: OrderChange) => readonly Item[]) =>
    changes.flatMap((change) => pick(change).map((row) => ({ ...row, orderId: change.order.id })))
  const orphan = <Item>(row: Item) => ({ ...row, orderId: null })
  const guarded = unchanged !== null && changes.length > 0
  // Whichever part the database begins with, it looks at the guard first.
  const allowed = guarded ? Prisma.sql`(SELECT true FROM guard)` : Prisma.sql`true`
  const write = (how: Step, written: readonly object[]) =>
    written.length === 0 ? [] : [how(JSON.stringify(written), allowed)]
  const released = summed(
    changes.flatMap((change) => change.released),
    ({ productId }) => String(productId),
  )
  const outOfCart = summed(
    changes.flatMap((change) => change.outOfCart),
    ({ cartId, productId }) => `${cartId} ${productId}`,
  )
  const orders = changes.map((change) => change.order)
  const steps = [
    ...write(ordersOf(orders.map(({ id }) => id)), orders),
    ...write(
      ATTEMPTS,
      rows((change) => change.attempts),
    ),
    ...write(REFUNDS, [...rows((change) => change.refunds), ...orphans.refunds.map(orphan)]),
    ...write(DISPUTES, [...rows((change) => change.disputes), ...orphans.disputes.map(orphan)]),
    ...write(
      PURCHASES,
      rows((change) => change.purchases),
    ),
    ...write(
      insertOrderMails,
      rows((change) => change.mails),
    ),
    ...write(STOCK, released),
    ...write(CART_ITEMS_GONE, outOfCart),
    ...write(CART_ITEMS_LEFT, outOfCart),
  ]
  if (steps.length === 0 && last === null) return []
  const parts = [
    ...(guarded ? [Prisma.sql`guard AS MATERIALIZED (${guard(changes, unchanged)})`] : []),
    ...steps.map((sql, index) => Prisma.sql`${Prisma.raw(`step${index}`)} AS (${sql})`),
    Prisma.sql`last AS (${last?.(allowed) ?? Prisma.sql`SELECT NULL::text AS id`})`,
  ]
  try {
    return await writer.$queryRaw<
      { id: string }[]
    >`/* prepared */ WITH ${Prisma.join(parts, ', ')} SELECT * FROM last`
  } catch (error) {
    throw hasCode(error, OUTRUN) ? new StaleOrderError() : error
  }
}

/** A statement that does its work only where that condition holds. */
export type FinalStatement = (allowed: Prisma.Sql) => Prisma.Sql

/** Raised by the function below, which a migration makes. */
const OUTRUN = 'TL001'

function guard(changes: readonly OrderChange[], { versions, intents }: Unchanged): Prisma.Sql {
  const ids = changes.map((change) => change.order.id).sort((a, b) => a - b)
  return Prisma.sql`
    SELECT "lockUnchanged"(${[...intents]}::text[], ${ids}::int[], ${ids.map((id) => versions.get(id) ?? '')}::text[])`
}

function summed<Row extends Units>(rows: readonly Row[], keyOf: (row: Row) => string): Row[] {
  const sums = new Map<string, Row>()
  for (const row of rows) {
    const before = sums.get(keyOf(row))?.quantity ?? 0
    sums.set(keyOf(row), { ...row, quantity: before + row.quantity })
  }
  return [...sums.values()]
}

/** @param rows as JSON. @param allowed nothing is done unless that holds */
type Step = (rows: string, allowed: Prisma.Sql) => Prisma.Sql

/** @param ids of all the rows: by them the orders are found, however few the table had when this was planned */
const ordersOf =
  (ids: number[]): Step =>
  (rows, allowed) => Prisma.sql`
  UPDATE "Order" o SET status = x.status, "paidAt" = x."paidAt", "amountPaid" = x."amountPaid",
    "amountRefunded" = x."amountRefunded", "stockHeld" = x."stockHeld", incidents = x.incidents,
    "needsAttention" = x."needsAttention",
    "attentionAt" = CASE WHEN x."needsAttention" IS NOT NULL THEN coalesce(o."attentionAt", now()) END,
    "updatedAt" = now()
  FROM json_to_recordset(${rows}::json) AS x(id int, status "OrderStatus", "paidAt" timestamptz, "amountPaid" int,
    "amountRefunded" int, "stockHeld" boolean, incidents text[], "needsAttention" text)
  WHERE o.id = x.id AND o.id = ANY(${ids}::int[]) AND ${allowed}`

const ATTEMPTS: Step = (rows, allowed) => Prisma.sql`
  INSERT INTO "CheckoutAttempt" (id, "orderId", number, status, "stripeSessionId", "paymentIntentId", url, "expiresAt",
    "amountDiscount", "amountTotal", "processingAt", "failedAt", "paidAt")
  SELECT * FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, number int, status "AttemptStatus",
    "stripeSessionId" text, "paymentIntentId" text, url text, "expiresAt" timestamptz, "amountDiscount" int,
    "amountTotal" int, "processingAt" timestamptz, "failedAt" timestamptz, "paidAt" timestamptz)
  WHERE ${allowed}
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, "stripeSessionId" = excluded."stripeSessionId",
    "paymentIntentId" = excluded."paymentIntentId", url = excluded.url, "expiresAt" = excluded."expiresAt",
    "amountDiscount" = excluded."amountDiscount", "amountTotal" = excluded."amountTotal",
    "processingAt" = excluded."processingAt", "failedAt" = excluded."failedAt", "paidAt" = excluded."paidAt"`

const REFUNDS: Step = (rows, allowed) => Prisma.sql`
  INSERT INTO "Refund" AS r (id, "orderId", "stripeRefundId", "paymentIntentId", amount, currency, status, reason,
    "failureReason", restock, "succeededAt", "failedAt")
  SELECT * FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, "stripeRefundId" text,
    "paymentIntentId" text, amount int, currency text, status "RefundStatus", reason text, "failureReason" text,
    restock boolean, "succeededAt" timestamptz, "failedAt" timestamptz)
  WHERE ${allowed}
  ON CONFLICT (id) DO UPDATE SET "orderId" = excluded."orderId", "stripeRefundId" = excluded."stripeRefundId",
    "paymentIntentId" = excluded."paymentIntentId", amount = excluded.amount, currency = excluded.currency,
    status = excluded.status, reason = excluded.reason, "failureReason" = excluded."failureReason",
    "succeededAt" = excluded."succeededAt", "failedAt" = excluded."failedAt",
    "retryAt" = CASE WHEN excluded.status = 'requested' THEN r."retryAt" END`

const DISPUTES: Step = (rows, allowed) => Prisma.sql`
  INSERT INTO "Dispute" (id, "orderId", "paymentIntentId", amount, currency, reason, status, "evidenceDueBy",
    "inquiryAt", "disputedAt", "closedAt", "createdAt")
  SELECT * FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, "paymentIntentId" text, amount int,
    currency text, reason text, status "DisputeStatus", "evidenceDueBy" timestamptz, "inquiryAt" timestamptz,
    "disputedAt" timestamptz, "closedAt" timestamptz, "createdAt" timestamptz)
  WHERE ${allowed}
  ON CONFLICT (id) DO UPDATE SET "orderId" = excluded."orderId", "paymentIntentId" = excluded."paymentIntentId",
    amount = excluded.amount, reason = excluded.reason, status = excluded.status,
    "evidenceDueBy" = excluded."evidenceDueBy", "inquiryAt" = excluded."inquiryAt",
    "disputedAt" = excluded."disputedAt", "closedAt" = excluded."closedAt"`

const PURCHASES: Step = (rows, allowed) => Prisma.sql`
  INSERT INTO "PurchaseHistory" ("productId", "userId", "orderId", "purchaseSuccess", quantity, amount, currency,
    "stripeSessionId")
  SELECT * FROM json_to_recordset(${rows}::json) AS x("productId" int, "userId" int, "orderId" int,
    "purchaseSuccess" boolean, quantity int, amount int, currency text, "stripeSessionId" text)
  WHERE ${allowed}
  ON CONFLICT ("stripeSessionId", "productId", "purchaseSuccess") DO NOTHING`

const STOCK: Step = (rows, allowed) => Prisma.sql`
  UPDATE "Product" p SET stock = p.stock + x.quantity
  FROM (
    SELECT p.id, r.quantity FROM json_to_recordset(${rows}::json) AS r("productId" int, quantity int)
    JOIN "Product" p ON p.id = r."productId" WHERE ${allowed} ORDER BY p.id FOR NO KEY UPDATE OF p) AS x
  WHERE p.id = x.id`

const CART_ITEMS = (rows: string) => Prisma.sql`
  json_to_recordset(${rows}::json) AS x("cartId" int, "productId" int, quantity int)
  JOIN "CartItem" c ON c."cartId" = x."cartId" AND c."productId" = x."productId"`

const CART_ITEMS_GONE: Step = (rows, allowed) => Prisma.sql`
  DELETE FROM "CartItem" WHERE ("cartId", "productId") IN (
    SELECT c."cartId", c."productId" FROM ${CART_ITEMS(rows)}
    WHERE c.quantity <= x.quantity AND ${allowed} ORDER BY c."cartId", c."productId" FOR UPDATE OF c)`

const CART_ITEMS_LEFT: Step = (rows, allowed) => Prisma.sql`
  UPDATE "CartItem" SET quantity = "CartItem".quantity - y.quantity FROM (
    SELECT c."cartId", c."productId", x.quantity FROM ${CART_ITEMS(rows)}
    WHERE c.quantity > x.quantity AND ${allowed} ORDER BY c."cartId", c."productId" FOR UPDATE OF c) AS y
  WHERE "CartItem"."cartId" = y."cartId" AND "CartItem"."productId" = y."productId"`
