// Rows as 0.1.0 and 0.2.0 wrote them, before and after the migrations of this release.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { backfill } from '../../src/background/backfill.js'
import { openDatabase, type Database } from '../../src/database/client.js'
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js'

let testDatabase: TestDatabase
let database: Database
beforeEach(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase(testDatabase.url, { max: 4 })
  await database.pool.query(`
    INSERT INTO "Shop" (id) VALUES (1);
    INSERT INTO "User" (id, email, name, "passwordHash") VALUES (1, 'ada@shopper.example', 'Ada', 'x');
    INSERT INTO "Product" (slug, name, summary, description, image, category, "unitAmount", currency, "updatedAt")
    SELECT 'p' || n, 'Mug', 'A mug.', 'A mug.', '/a.svg', 'mugs', 1500, 'usd', now() FROM generate_series(1, 2) n`)
})
afterEach(async () => {
  await database.close()
  await testDatabase.drop()
})

/** Orders of 2 × $15.00 and $20.00, without the columns that this release added. */
async function oldOrders(first: number, last: number): Promise<void> {
  await database.pool.query(`
    INSERT INTO "Order" (id, key, "userId", email, currency, total, status, "updatedAt")
    SELECT n, 'ord_' || n, 1, 'ada@shopper.example', 'usd', 5000, 'pending', now() FROM generate_series(${first}, ${last}) n;
    INSERT INTO "OrderItem" ("orderId", "productId", name, "unitAmount", quantity)
    SELECT n, p, 'Mug', CASE p WHEN 1 THEN 1500 ELSE 2000 END, CASE p WHEN 1 THEN 2 ELSE 1 END
    FROM generate_series(${first}, ${last}) n, generate_series(1, 2) p;
    INSERT INTO "PurchaseHistory" ("productId", "userId", "orderId", "purchaseSuccess", quantity, amount, currency, "stripeSessionId")
    SELECT 1, 1, n, true, 1, 1500, 'usd', 'cs_' || n FROM generate_series(${first}, ${last}) n;
    UPDATE "Order" SET "itemsTotal" = NULL;
    UPDATE "OrderItem" SET "variantId" = NULL;
    UPDATE "PurchaseHistory" SET "variantId" = NULL`)
}

/** @param times when it was reported as processing and paid */
const attempt = (orderId: number, number: number, status: string, discount: number, total: number | null) =>
  database.pool.query(
    `INSERT INTO "CheckoutAttempt" (id, "orderId", number, status, "stripeSessionId", "expiresAt", "amountDiscount",
       "amountTotal", "paidAt", "processingAt")
     VALUES ($1::text, $2, $3, $4::"AttemptStatus", 'cs_' || $1::text, now(), $5, $6, CASE $4::"AttemptStatus" WHEN 'paid' THEN now() END, now())`,
    [`a${orderId}-${number}`, orderId, number, status, discount, total],
  )

const totals = () =>
  database.prisma.order.findMany({
    select: { itemsTotal: true, discountTotal: true, total: true },
    orderBy: { id: 'asc' },
  })

/** One pass of the loop: until it says that there is nothing more to do. */
async function pass(work: () => Promise<number>): Promise<number> {
  let batches = 0
  while ((await work()) > 0) batches += 1
  return batches
}

const isDone = async () => (await database.prisma.shop.findUniqueOrThrow({ where: { id: 1 } })).backfilled

it('old orders get the sum of their items, their discount and what was charged', async () => {
  await oldOrders(1, 5)
  await attempt(1, 1, 'expired', 0, null)
  await attempt(2, 1, 'paid', 500, 4500)
  await attempt(3, 1, 'failed', 700, 4300)
  await attempt(3, 2, 'processing', 300, 4700)
  // As 0.1.0 stored a payment whose total it was not told.
  await attempt(4, 1, 'paid', 0, null)
  await pass(backfill(database.prisma))
  expect(await totals()).toEqual([
    { itemsTotal: 5000, discountTotal: 0, total: 5000 },
    { itemsTotal: 5000, discountTotal: 500, total: 4500 },
    { itemsTotal: 5000, discountTotal: 300, total: 4700 },
    { itemsTotal: 5000, discountTotal: 0, total: 5000 },
    { itemsTotal: 5000, discountTotal: 0, total: 5000 },
  ])
  for (const table of ['OrderItem', 'PurchaseHistory']) {
    const { rows } = await database.pool.query(
      `SELECT FROM "${table}" WHERE "variantId" IS DISTINCT FROM "productId"`,
    )
    expect(rows).toEqual([])
  }
})

it('a second pass fills what the previous release wrote meanwhile, and then nothing is done any more', async () => {
  await oldOrders(1, 2)
  const work = backfill(database.prisma)
  await pass(work)
  expect(await isDone()).toBe(false)
  // The trigger fills the sum of the items; the previous release knows no discount of an order.
  await attempt(2, 1, 'paid', 500, 4500)
  await pass(work)
  expect((await totals())[1]).toEqual({ itemsTotal: 5000, discountTotal: 500, total: 4500 })
  expect(await isDone()).toBe(true)
  await database.pool.query('UPDATE "Order" SET "itemsTotal" = NULL')
  expect([await pass(work), await pass(backfill(database.prisma))]).toEqual([0, 0])
  expect((await totals())[0]?.itemsTotal).toBeNull()
})

it('several processes do it in batches, also after one was killed, and leave new orders alone', async () => {
  await oldOrders(1, 1500)
  await database.pool.query(`
    INSERT INTO "Order" (id, key, "userId", email, currency, total, "itemsTotal", "shippingTotal", "taxTotal", "taxBehavior", "automaticTax", status, "updatedAt")
    VALUES (2000, 'ord_2000', 1, 'ada@shopper.example', 'usd', 6090, 5000, 590, 500, 'exclusive', true, 'paid', now())`)
  // Killed after its first batch.
  expect(await backfill(database.prisma)()).toBe(1)
  const batches = await Promise.all([1, 2, 3].map(() => pass(backfill(database.prisma))))
  expect(Math.max(...batches)).toBeGreaterThan(5)
  const rows = await totals()
  expect(rows.filter(({ itemsTotal }) => itemsTotal !== 5000)).toEqual([])
  expect(rows.at(-1)).toEqual({ itemsTotal: 5000, discountTotal: 0, total: 6090 })
})
