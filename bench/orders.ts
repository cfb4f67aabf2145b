// Inserts unpaid orders in bulk, and checks that they were settled correctly.
import { randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { newOrderKey } from '../src/orders/order-key.js'

export interface PendingOrder {
  key: string
  attemptId: string
  sessionId: string
  email: string
  total: number
  currency: string
}

type OrderRow = Pick<PendingOrder, 'key' | 'total' | 'currency'>

/** Inserts orders with one shopper each, for one unit of each product in turn. Their stock counts as held. */
export async function insertOrders(database: pg.Client, count: number): Promise<PendingOrder[]> {
  const orders = inventOrders(count)
  const { rows } = await database.query<OrderRow>(
    `WITH
       wanted AS (
         SELECT *, row_number() OVER () AS turn
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (key, attempt, session, email)),
       products AS (SELECT *, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS products FROM "Product"),
       choice AS (
         SELECT wanted.*, products.id AS product, name, "unitAmount", currency
         FROM wanted JOIN products ON place = 1 + turn % products),
       shoppers AS (
         INSERT INTO "User" (email, name, "passwordHash")
         SELECT email, 'Ada Shopper', 'none' FROM choice RETURNING id, email),
       orders AS (
         INSERT INTO "Order" (key, "userId", email, currency, total, "stockHeld", "updatedAt")
         SELECT key, shoppers.id, email, currency, "unitAmount", true, now() FROM choice JOIN shoppers USING (email)
         RETURNING id, key, total, currency),
       items AS (
         INSERT INTO "OrderItem" ("orderId", "productId", name, "unitAmount", quantity)
         SELECT orders.id, product, name, "unitAmount", 1 FROM choice JOIN orders USING (key)),
       attempts AS (
         INSERT INTO "CheckoutAttempt" (id, "orderId", number, status, "stripeSessionId", url, "expiresAt")
         SELECT attempt, orders.id, 1, 'open', session, 'http://127.0.0.1/pay', now() + interval '30 minutes'
         FROM choice JOIN orders USING (key))
     SELECT key, total, currency FROM orders`,
    [
      orders.map((order) => order.key),
      orders.map((order) => order.attemptId),
      orders.map((order) => order.sessionId),
      orders.map((order) => order.email),
    ],
  )
  // Does what autovacuum would have done in a shop that has been running for a while.
  await database.query('ANALYZE')
  const made = new Map(rows.map((row) => [row.key, row]))
  return orders.map((order) => ({ ...order, ...made.get(order.key) }))
}

/** Orders that exist only in memory. */
export function inventOrders(count: number): PendingOrder[] {
  return Array.from({ length: count }, () => {
    const key = newOrderKey()
    const sessionId = `cs_test_${randomBytes(29).toString('hex')}`
    const email = `${key.slice(4)}@shopper.example`
    return { key, attemptId: randomUUID(), sessionId, email, total: 4800, currency: 'usd' }
  })
}

/** Counts everything that a delivery must have written. Each count must equal the number of orders. */
const SETTLED = `
  SELECT
    count(*) FILTER (
      WHERE o.status = 'paid' AND o."paidAt" IS NOT NULL AND o."amountPaid" = o.total AND o."stockHeld"
        AND o."needsAttention" IS NULL)::int AS "orders paid",
    (SELECT count(*)::int FROM "CheckoutAttempt" a
      WHERE a."stripeSessionId" = ANY ($2) AND a.status = 'paid' AND a."paymentIntentId" IS NOT NULL) AS "attempts paid",
    (SELECT count(*)::int FROM "PurchaseHistory" h
      WHERE h."stripeSessionId" = ANY ($2) AND h."purchaseSuccess") AS "PurchaseHistory rows",
    (SELECT count(*)::int FROM "Mail" m JOIN "Order" p ON p.id = m."orderId"
      WHERE p.key = ANY ($1) AND m.kind = 'purchase_succeeded') AS "mail rows",
    (SELECT count(*)::int FROM "StripeEvent" e JOIN "Order" p ON p.id = e."orderId"
      WHERE p.key = ANY ($1) AND e.outcome = 'done' AND e.attempts = 1) AS "events done"
  FROM "Order" o WHERE o.key = ANY ($1)`

/** @throws Error unless each order was settled completely and exactly once */
export async function requireSettled(database: pg.Client, orders: readonly PendingOrder[]): Promise<void> {
  const { rows } = await database.query<Record<string, number>>(SETTLED, [
    orders.map((order) => order.key),
    orders.map((order) => order.sessionId),
  ])
  const counts = Object.entries(rows[0] ?? {})
  if (counts.length === 0 || counts.some(([, count]) => count !== orders.length)) {
    const found = counts.map(([what, count]) => `${what}: ${count}`).join(', ')
    throw new Error(
      `${orders.length} deliveries were answered with 200, but the database has ${found || 'none'}.`,
    )
  }
}
