// Checks that a delivery costs the same with a million rows in the tables, and that its statements use indexes.
import type pg from 'pg'
import { openDatabase } from '../../src/database/client.js'
import { handleEvents } from '../../src/webhooks/handle-events.js'
import { parseEvent } from '../../src/webhooks/verify.js'
import type { Bench } from '../main.js'
import { completedEvent, sampleSession, type Session } from '../deliveries.js'
import { insertOrders } from '../orders.js'
import type { Stage } from '../stage.js'
import type { Section } from '../table.js'
import { BURST, shopDeliveries, WARM_UP } from './webhooks.js'

const MANY = 1_000_000

export async function growth(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const sample = await sampleSession(stage)
  const shop = shopDeliveries(stage, sample, await stage.startShop({ processes: 2 }))
  await shop.deliver(BURST, 2 * WARM_UP)
  let rate = (await shop.deliver(BURST, WARM_UP)).perSecond
  const measure = async () => {
    const run = await shop.deliver(BURST, Math.ceil(rate * bench.seconds))
    rate = run.perSecond
    return run.perSecond
  }
  const rates = { few: [] as number[], many: [] as number[] }
  for (let round = 0; round < bench.rounds; round++) rates.few.push(await measure())
  await fill(stage.database, MANY)
  // Does what autovacuum would do within an hour.
  await stage.database.query('VACUUM ANALYZE')
  await measure()
  for (let round = 0; round < bench.rounds; round++) rates.many.push(await measure())
  await shop.stop()
  await printPlans(stage, sample)
  return [
    {
      title: 'Webhooks, 2 processes, 1,000,000 rows',
      rows: [{ what: 'deliveries', unit: '/s', shop: rates.many, floor: rates.few, compared: true }],
      notes: [
        `orders, attempts, purchases, mails and events: ${MANY.toLocaleString('en')} of each; floor: the same shop with some ten thousand`,
      ],
    },
  ]
}

/** Inserts old, settled orders in bulk, with all rows that their deliveries would have written. */
async function fill(database: pg.Client, count: number): Promise<void> {
  const step = 100_000
  for (let start = 0; start < count; start += step) {
    await database.query(
      `WITH product AS (SELECT id, name, "unitAmount", currency FROM "Product" ORDER BY id LIMIT 1),
         numbers AS (SELECT n, md5('past' || n) AS hash FROM generate_series($1::int, $2::int) AS n),
         shoppers AS (
           INSERT INTO "User" (email, name, "passwordHash")
           SELECT hash || '@past.example', 'Ada Shopper', 'none' FROM numbers WHERE n % 10 = 0 RETURNING id),
         shopper AS (SELECT min(id) AS id FROM shoppers),
         orders AS (
           INSERT INTO "Order" (key, "userId", email, currency, total, status, "paidAt", "amountPaid", "stockHeld", "updatedAt")
           SELECT 'ord_past' || hash, shopper.id + n % 10000, hash || '@past.example', currency, "unitAmount", 'paid', now(),
             "unitAmount", true, now()
           FROM numbers, product, shopper RETURNING id, key, "userId", total, currency),
         items AS (
           INSERT INTO "OrderItem" ("orderId", "productId", name, "unitAmount", quantity)
           SELECT orders.id, product.id, name, "unitAmount", 1 FROM orders, product),
         attempts AS (
           INSERT INTO "CheckoutAttempt" (id, "orderId", number, status, "stripeSessionId", "paymentIntentId", "expiresAt",
             "amountTotal", "paidAt")
           SELECT key, id, 1, 'paid', 'cs_' || key, 'pi_' || key, now(), total, now() FROM orders),
         purchases AS (
           INSERT INTO "PurchaseHistory" ("productId", "userId", "orderId", "purchaseSuccess", quantity, amount, currency,
             "stripeSessionId")
           SELECT product.id, "userId", orders.id, true, 1, total, orders.currency, 'cs_' || key FROM orders, product),
         refunds AS (
           INSERT INTO "Refund" (id, "orderId", "stripeRefundId", "paymentIntentId", amount, currency, status, "succeededAt")
           -- Half of the refunds belong to another app, so they have no order.
           SELECT key, owner, 're_' || key, CASE WHEN owner IS NULL THEN 'pi_other_' ELSE 'pi_' END || key, 100, currency,
             'succeeded', now()
           FROM orders, LATERAL (SELECT CASE WHEN id % 20 = 0 THEN id END AS owner) AS owned WHERE id % 20 < 2),
         disputes AS (
           INSERT INTO "Dispute" (id, "orderId", "paymentIntentId", amount, currency, reason, status, "disputedAt", "createdAt")
           SELECT 'dp_' || key, id, 'pi_' || key, 100, currency, 'fraudulent', 'needs_response', now(), now()
           FROM orders WHERE id % 50 = 0),
         mails AS (
           INSERT INTO "Mail" (kind, "orderId", "to", "sentAt", "dueAt")
           SELECT 'purchase_succeeded', id, 'past@past.example', now(), NULL FROM orders)
       INSERT INTO "StripeEvent" (id, type, created, livemode, payload, "orderId", outcome, attempts, "handledAt")
       SELECT 'evt_' || key, 'checkout.session.completed', now(), false, '{}', id, 'done', 1, now() FROM orders`,
      [start + 1, start + step],
    )
  }
}

/** Copies of statements inside SQL functions, whose plans EXPLAIN does not show. */
const WITHIN = [
  `SELECT WHERE EXISTS (SELECT FROM (
       SELECT "orderId" FROM "Refund" WHERE "paymentIntentId" = ANY ((SELECT $1::text[])::text[])
       UNION ALL SELECT "orderId" FROM "Dispute" WHERE "paymentIntentId" = ANY ((SELECT $1::text[])::text[]) OFFSET 0
     ) AS known WHERE "orderId" IS NULL)`,
  `SELECT id, xmin FROM "Order" WHERE id = ANY ((SELECT $1::int[])::int[]) ORDER BY id FOR NO KEY UPDATE`,
]

/** Prints the statements of one delivery with their query plans. @throws Error when one scans a whole table */
async function printPlans(stage: Stage, sample: Session): Promise<void> {
  const statements = new Set<string>()
  const database = openDatabase(stage.databaseUrl, { max: 2, onQuery: (sql) => statements.add(sql) })
  const [order] = await insertOrders(stage.database, 1)
  if (!order) throw new Error('There is no order to settle.')
  const event = parseEvent(JSON.stringify(completedEvent(stage.appId, sample, order)))
  await handleEvents({ database, operatorEmail: null, appId: stage.appId, livemode: false }, [event])
  await database.close()
  for (const sql of [...statements, ...WITHIN]) {
    if (!/^\s*(\/\*.*?\*\/\s*)?(SELECT|WITH|INSERT|UPDATE)/.test(sql)) continue
    const { rows } = await stage.database.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (GENERIC_PLAN, COSTS OFF) ${sql}`,
    )
    const plan = rows.map((row) => row['QUERY PLAN'])
    process.stdout.write(
      `\n${sql.replace(/\s+/g, ' ').trim().slice(0, 160)} …\n${plan.map((line) => `    ${line}`).join('\n')}\n`,
    )
    const scans = plan.filter((line) => /Seq Scan on "/.test(line))
    if (scans.length > 0)
      throw new Error(`A statement of a delivery scans whole tables:\n${scans.join('\n')}`)
  }
}
