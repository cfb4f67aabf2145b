// Lists of products: what triggers count and mark is always true, and an index has each page.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findProducts, listCategories, SORTS } from '../../src/catalog/products.js'
import { openDatabase, type Database } from '../../src/database/client.js'
import { createTestDatabase } from '../support/postgres/test-database.js'

let database: Database
let drop: () => Promise<void>
const statements: string[] = []

beforeAll(async () => {
  const created = await createTestDatabase()
  drop = created.drop
  database = openDatabase(created.url, { max: 4, onQuery: (sql) => statements.push(sql) })
})

afterAll(async () => {
  await database.close()
  await drop()
})

const run = (sql: string) => database.pool.query(sql)

async function addProducts(count: number, category = `'Kind ' || n % 7`): Promise<void> {
  await run(`
    INSERT INTO "Product" (slug, name, summary, description, image, category, "unitAmount", currency, active)
    SELECT md5(random()::text || n), 'Product ' || md5(n::text), 'Short', 'Long', '/assets/images/products/mug.svg',
      ${category}, 500 + n * 7 % 1000, CASE WHEN n % 3 = 0 THEN 'eur' ELSE 'usd' END, n % 5 <> 0
    FROM generate_series(1, ${count}) AS n`)
}

/** What the lists use, beside what the rows say. */
async function expectTrue(): Promise<void> {
  const { rows: wrong } = await run(`
    SELECT id FROM "Product" p WHERE "offSale" = (active AND EXISTS (
      SELECT FROM "Variant" v WHERE v."productId" = p.id AND v.active))`)
  expect(wrong).toEqual([])
  const { rows: counted } = await run(
    'SELECT name, products FROM "Category" WHERE products <> 0 ORDER BY name',
  )
  const { rows: there } = await run(`
    SELECT category AS name, count(*)::int AS products FROM "Product" p
    WHERE active AND EXISTS (SELECT FROM "Variant" v WHERE v."productId" = p.id AND v.active)
    GROUP BY category ORDER BY category`)
  expect(counted).toEqual(there)
}

it('counts and marks stay true whatever changes', async () => {
  await addProducts(60)
  await expectTrue()
  const { rows: ids } = await run('SELECT id FROM "Product" ORDER BY id')
  const pick = (n: number) => (ids[n] as { id: number }).id
  await run(`INSERT INTO "Variant" ("productId", sku, "optionValues", "unitAmount", currency)
    SELECT id, 'second-' || id, '{L}', "unitAmount", currency FROM "Product" WHERE id % 2 = 0`)
  const changes = [
    `UPDATE "Product" SET active = NOT active WHERE id % 4 = 0`,
    `UPDATE "Product" SET category = 'Kind 1' WHERE id % 6 = 0`,
    `UPDATE "Product" SET category = 'Kind 2', active = true WHERE id % 9 = 0`,
    `UPDATE "Variant" SET active = false WHERE "productId" % 3 = 0`,
    `UPDATE "Variant" SET active = true WHERE id = "productId" AND "productId" % 6 = 0`,
    `UPDATE "Product" SET "offSale" = true`,
    `DELETE FROM "Variant" WHERE "productId" = ${pick(1)}`,
    `DELETE FROM "Product" WHERE id % 8 = 0`,
    `INSERT INTO "Variant" ("productId", sku, "unitAmount", currency) VALUES (${pick(1)}, 'again', 900, 'usd')`,
  ]
  for (const change of changes) {
    await run(change)
    await expectTrue()
  }
  await run('TRUNCATE "Product" CASCADE')
  await expectTrue()
})

it('a product whose last two variants are taken off at the same time is off sale', async () => {
  await addProducts(1)
  const { rows } = await run(`SELECT id FROM "Product"`)
  const { id } = rows[0] as { id: number }
  await run(`INSERT INTO "Variant" ("productId", sku, "optionValues", "unitAmount", currency)
    VALUES (${id}, 'second', '{L}', 900, 'usd')`)
  const [one, other] = [await database.pool.connect(), await database.pool.connect()]
  try {
    for (const client of [one, other]) await client.query('BEGIN')
    await one.query(`UPDATE "Variant" SET active = false WHERE id = ${id}`)
    const waiting = other.query(`UPDATE "Variant" SET active = false WHERE sku = 'second'`)
    await one.query('COMMIT')
    await waiting
    await other.query('COMMIT')
  } finally {
    one.release()
    other.release()
  }
  await expectTrue()
  const { rows: after } = await run(`SELECT "offSale" FROM "Product"`)
  expect(after).toEqual([{ offSale: true }])
  await run('TRUNCATE "Product" CASCADE')
})

it('each list is read in the order of an index, however many products there are', async () => {
  for (let times = 0; times < 2; times++) await addProducts(1_500)
  await run('VACUUM ANALYZE "Product", "Variant"')
  const categories = await listCategories(database.prisma)
  expect(categories).toHaveLength(7)
  for (const category of ['', 'Kind 3'])
    for (const sort of SORTS) {
      statements.length = 0
      const { products, total } = await findProducts(database, { search: '', category, sort, page: 2 })
      expect(products).toHaveLength(12)
      expect(total).toBe(await countOf(category))
      const [list] = statements.filter((sql) => sql.includes('json_agg'))
      const values = category === '' ? [9, 9] : [category, 9, 9]
      const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN ${String(list).replace(/\$(\d)/g, (_all, n: string) => literal(values[Number(n) - 1]))}`,
      )
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      // A category is found in no time either way.
      expect(plan, plan).not.toMatch(/Seq Scan on "(?!Category")/)
      expect(plan).toMatch(/Limit .*\n\s*-> {2}Index (Only )?Scan .*using "Product_/)
    }
}, 60_000)

async function countOf(category: string): Promise<number> {
  return database.prisma.product.count({ where: { active: true, ...(category !== '' && { category }) } })
}

const literal = (value: string | number | undefined) =>
  typeof value === 'string' ? `'${value}'` : String(value)
