// The SQL that writes a settlement, one part for each table.
import { Prisma } from '../generated/prisma/client.js'
import { lockedVariants } from '../orders/stock.js'
import type { HandledEvent } from './handled-event.js'

/**
 * A part of one larger statement.
 * @param rows what to write, as JSON
 * @param allowed nothing is written unless this holds
 */
export type Write = (rows: string, allowed: Prisma.Sql) => Prisma.Sql

/** @param ids of the rows. They make the plan use the primary key, even if it was made when the table was small. */
export const updateOrders = (rows: string, allowed: Prisma.Sql, ids: number[]) => Prisma.sql`
  UPDATE "Order" o SET status = x.status, "paidAt" = x."paidAt", "amountPaid" = x."amountPaid",
    "amountRefunded" = x."amountRefunded", "stockHeld" = x."stockHeld", "holdsUnmatched" = x."holdsUnmatched",
    incidents = x.incidents, "shortProductId" = x."shortProductId", "needsAttention" = x."needsAttention",
    "itemsTotal" = x."itemsTotal", "discountTotal" = x."discountTotal", "taxTotal" = x."taxTotal", total = x.total,
    "shippingAddress" = x."shippingAddress", phone = x.phone, "billingDetails" = x."billingDetails",
    "invoiceId" = x.invoice->>'id', "invoicePdf" = x.invoice->>'pdf', "invoiceUrl" = x.invoice->>'url',
    "attentionAt" = CASE WHEN x."needsAttention" IS NOT NULL THEN coalesce(o."attentionAt", now()) END,
    "updatedAt" = now()
  FROM json_to_recordset(${rows}::json) AS x(id int, status "OrderStatus", "paidAt" timestamptz, "amountPaid" int,
    "amountRefunded" int, "stockHeld" boolean, "holdsUnmatched" boolean, incidents text[], "shortProductId" int,
    "needsAttention" text, "itemsTotal" int, "discountTotal" int, "taxTotal" int, total int, "shippingAddress" jsonb,
    phone text, "billingDetails" jsonb, invoice jsonb)
  WHERE o.id = x.id AND o.id = ANY(${ids}::int[]) AND ${allowed}`

export const insertAttempts: Write = (rows, allowed) => Prisma.sql`
  INSERT INTO "CheckoutAttempt" (id, "orderId", number, status, "stripeSessionId", "paymentIntentId", url, "expiresAt",
    "amountDiscount", "amountShipping", "amountTax", "amountTotal", collected, "voucherUrl", "payBy", "processingAt",
    "failedAt", "paidAt")
  SELECT * FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, number int, status "AttemptStatus",
    "stripeSessionId" text, "paymentIntentId" text, url text, "expiresAt" timestamptz, "amountDiscount" int,
    "amountShipping" int, "amountTax" int, "amountTotal" int, collected jsonb, "voucherUrl" text, "payBy" timestamptz, "processingAt" timestamptz, "failedAt" timestamptz, "paidAt" timestamptz)
  WHERE ${allowed}
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, "stripeSessionId" = excluded."stripeSessionId",
    "paymentIntentId" = excluded."paymentIntentId", url = excluded.url, "expiresAt" = excluded."expiresAt",
    "amountDiscount" = excluded."amountDiscount", "amountShipping" = excluded."amountShipping",
    "amountTax" = excluded."amountTax", "amountTotal" = excluded."amountTotal", collected = excluded.collected,
    "voucherUrl" = excluded."voucherUrl", "payBy" = excluded."payBy",
    "processingAt" = excluded."processingAt", "failedAt" = excluded."failedAt", "paidAt" = excluded."paidAt"`

/** The largest value of an `amount` column. Larger ones are in `largeAmount` too. */
const MAX_AMOUNT = Prisma.raw('2147483647')
const AMOUNT = Prisma.sql`least(x.amount, ${MAX_AMOUNT})::int`
const LARGE_AMOUNT = Prisma.sql`CASE WHEN x.amount > ${MAX_AMOUNT} THEN x.amount END`

export const insertRefunds: Write = (rows, allowed) => Prisma.sql`
  INSERT INTO "Refund" AS r (id, "orderId", "stripeRefundId", "paymentIntentId", amount, "largeAmount", currency, status,
    "stripeStatus", reason, "failureReason", "refusedLater", restock, "succeededAt", "failedAt")
  SELECT x.id, x."orderId", x."stripeRefundId", x."paymentIntentId", ${AMOUNT}, ${LARGE_AMOUNT}, x.currency, x.status,
    x."stripeStatus", x.reason, x."failureReason", x."refusedLater", x.restock, x."succeededAt", x."failedAt"
  FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, "stripeRefundId" text, "paymentIntentId" text,
    amount bigint, currency text, status "RefundStatus", "stripeStatus" text, reason text, "failureReason" text,
    "refusedLater" boolean, restock boolean, "succeededAt" timestamptz, "failedAt" timestamptz)
  WHERE ${allowed}
  ON CONFLICT (id) DO UPDATE SET "orderId" = excluded."orderId", "stripeRefundId" = excluded."stripeRefundId",
    "paymentIntentId" = excluded."paymentIntentId", amount = excluded.amount, "largeAmount" = excluded."largeAmount",
    currency = excluded.currency, status = excluded.status, "stripeStatus" = excluded."stripeStatus",
    reason = excluded.reason, "failureReason" = excluded."failureReason", "refusedLater" = excluded."refusedLater",
    "succeededAt" = excluded."succeededAt", "failedAt" = excluded."failedAt",
    "retryAt" = CASE WHEN excluded.status = 'requested' THEN r."retryAt" END`

export const insertDisputes: Write = (rows, allowed) => Prisma.sql`
  INSERT INTO "Dispute" (id, "orderId", "paymentIntentId", amount, "largeAmount", currency, reason, status,
    "stripeStatus", "evidenceDueBy", "inquiryAt", "disputedAt", "closedAt", "createdAt")
  SELECT x.id, x."orderId", x."paymentIntentId", ${AMOUNT}, ${LARGE_AMOUNT}, x.currency, x.reason, x.status,
    x."stripeStatus", x."evidenceDueBy", x."inquiryAt", x."disputedAt", x."closedAt", x."createdAt"
  FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, "paymentIntentId" text, amount bigint,
    currency text, reason text, status "DisputeStatus", "stripeStatus" text, "evidenceDueBy" timestamptz,
    "inquiryAt" timestamptz, "disputedAt" timestamptz, "closedAt" timestamptz, "createdAt" timestamptz)
  WHERE ${allowed}
  ON CONFLICT (id) DO UPDATE SET "orderId" = excluded."orderId", "paymentIntentId" = excluded."paymentIntentId",
    amount = excluded.amount, "largeAmount" = excluded."largeAmount", currency = excluded.currency,
    reason = excluded.reason, status = excluded.status, "stripeStatus" = excluded."stripeStatus",
    "evidenceDueBy" = excluded."evidenceDueBy", "inquiryAt" = excluded."inquiryAt", "disputedAt" = excluded."disputedAt",
    "closedAt" = excluded."closedAt"`

export const insertUnmatchedPayments: Write = (rows, allowed) => Prisma.sql`
  INSERT INTO "UnmatchedPayment" (id, "orderId", "paymentIntentId", amount, currency, status, message, "paidAt")
  SELECT x.id, x."orderId", x."paymentIntentId", x.amount, x.currency, x.status, x.message, x."paidAt"
  FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, "paymentIntentId" text, amount bigint,
    currency text, status "AttemptStatus", message text, "paidAt" timestamptz)
  WHERE ${allowed}
  ON CONFLICT (id) DO UPDATE SET "orderId" = excluded."orderId", "paymentIntentId" = excluded."paymentIntentId",
    amount = excluded.amount, currency = excluded.currency, status = excluded.status, message = excluded.message,
    "paidAt" = excluded."paidAt"`

export const insertRiskSignals: Write = (rows, allowed) => Prisma.sql`
  INSERT INTO "RiskSignal" (id, "orderId", "paymentIntentId", kind, reason, "openedAt", "closedAt")
  SELECT x.id, x."orderId", x."paymentIntentId", x.kind, x.reason, x."openedAt", x."closedAt"
  FROM json_to_recordset(${rows}::json) AS x(id text, "orderId" int, "paymentIntentId" text, kind text, reason text,
    "openedAt" timestamptz, "closedAt" timestamptz)
  WHERE ${allowed}
  ON CONFLICT (id) DO UPDATE SET "orderId" = excluded."orderId", "paymentIntentId" = excluded."paymentIntentId",
    "openedAt" = excluded."openedAt", "closedAt" = excluded."closedAt"`

export const insertPurchases: Write = (rows, allowed) => Prisma.sql`
  INSERT INTO "PurchaseHistory" ("productId", "variantId", "productName", "variantName", "userId", "orderId",
    "purchaseSuccess", quantity, amount, currency, "stripeSessionId")
  SELECT * FROM json_to_recordset(${rows}::json) AS x("productId" int, "variantId" int, "productName" text,
    "variantName" text, "userId" int, "orderId" int, "purchaseSuccess" boolean, quantity int, amount int, currency text,
    "stripeSessionId" text)
  WHERE ${allowed}
  ON CONFLICT DO NOTHING`

/** Units of orders that no longer need them go back into stock. */
export const returnStock: Write = (rows, allowed) => Prisma.sql`
  WITH returned AS MATERIALIZED (
    SELECT r."variantId" AS id, r.quantity FROM json_to_recordset(${rows}::json) AS r("variantId" int, quantity int)
    WHERE ${allowed}),
  ${lockedVariants(Prisma.sql`ARRAY(SELECT id FROM returned)`)}
  UPDATE "Variant" v SET stock = v.stock + returned.quantity FROM returned JOIN locked ON locked.id = returned.id
  WHERE v.id = returned.id AND v.stock IS NOT NULL`

const cartItemsOf = (rows: string) => Prisma.sql`
  json_to_recordset(${rows}::json) AS x("cartId" int, "variantId" int, quantity int)
  JOIN "CartItem" c ON c."cartId" = x."cartId" AND c."variantId" = x."variantId"`

export const deleteCartItems: Write = (rows, allowed) => Prisma.sql`
  DELETE FROM "CartItem" WHERE ("cartId", "variantId") IN (
    SELECT c."cartId", c."variantId" FROM ${cartItemsOf(rows)}
    WHERE c.quantity <= x.quantity AND ${allowed} ORDER BY c."cartId", c."variantId" FOR UPDATE OF c)`

export const reduceCartItems: Write = (rows, allowed) => Prisma.sql`
  UPDATE "CartItem" SET quantity = "CartItem".quantity - y.quantity FROM (
    SELECT c."cartId", c."variantId", x.quantity FROM ${cartItemsOf(rows)}
    WHERE c.quantity > x.quantity AND ${allowed} ORDER BY c."cartId", c."variantId" FOR UPDATE OF c) AS y
  WHERE "CartItem"."cartId" = y."cartId" AND "CartItem"."variantId" = y."variantId"`

/** Separates the events' texts. JSON can't contain this character, so nothing needs escaping. */
const SEPARATOR = '\u0001'

/**
 * Writes each event's row in the order of their ids, so that two sets with the same events do not deadlock.
 * @param replay also updates the rows of events that were handled before
 * @param allowed nothing is written unless this holds
 * @returns a statement that returns the ids of the rows it wrote
 */
export function insertEvents(
  events: readonly HandledEvent[],
  replay: boolean,
  allowed: Prisma.Sql,
): Prisma.Sql {
  const sorted = [...new Map(events.map((event) => [event.id, event])).values()].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  )
  const rows = sorted.map(({ id, type, created, livemode, apiVersion, outcome }) => ({
    ...{ id, type, created, livemode, apiVersion },
    outcome: outcome.kind,
    detail: 'detail' in outcome ? outcome.detail : null,
    orderId: 'orderId' in outcome ? outcome.orderId : null,
  }))
  return Prisma.sql`
    INSERT INTO "StripeEvent" AS known (id, type, created, livemode, "apiVersion", outcome, detail, "orderId", payload,
      attempts, "handledAt")
    SELECT x.id, x.type, x.created, x.livemode, x."apiVersion", x.outcome, x.detail, x."orderId", x.payload, 1, now()
    FROM ROWS FROM (
      json_to_recordset(${JSON.stringify(rows)}::json) AS (id text, type text, created timestamptz, livemode boolean,
        "apiVersion" text, outcome "EventOutcome", detail text, "orderId" int),
      string_to_table(${sorted.map(({ text }) => text).join(SEPARATOR)}, ${SEPARATOR})
    ) AS x(id, type, created, livemode, "apiVersion", outcome, detail, "orderId", payload)
    WHERE ${allowed}
    ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail, "orderId" = excluded."orderId",
      attempts = known.attempts + 1, "handledAt" = now(), "retryAt" = NULL, "lastError" = NULL
    ${replay ? Prisma.empty : Prisma.sql`WHERE known."handledAt" IS NULL`}
    RETURNING id`
}
