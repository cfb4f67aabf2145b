// Search over HTTP: what people mean is found, best first, and costs no more in a large catalog.
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainText } from '../../src/catalog/plain-text.js'
import { findProducts } from '../../src/catalog/products.js'
import { NO_FILTER } from '../../src/catalog/product-filter.js'
import { openDatabase } from '../../src/database/client.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { textOf } from '../support/shopper.js'
import { addVariedProduct } from '../support/variants.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  await addVariedProduct(
    shop,
    ['Size', 'Color'],
    [
      { values: ['S', 'Indigo'], unitAmount: 3000 },
      { values: ['L', 'Indigo'], unitAmount: 4500 },
      { values: ['L', 'Ochre'], unitAmount: 4500, stock: 0 },
    ],
    { name: 'Café apron', category: 'Kitchen', summary: 'Of washed linen.' },
  )
})
afterAll(() => shop.close())

const get = (path: string) => supertest(shop.url).get(path)
async function named(query: string): Promise<string[]> {
  const { body } = await get(`/api/products?${query}`).expect(200)
  return (body as { products: { name: string }[] }).products.map(({ name }) => name)
}
const found = (text: string) => named(`q=${encodeURIComponent(text)}`)

describe('a search', () => {
  it.each([
    ['another form of the word', 'notebooks', 'A5 grid notebook'],
    ['a beginning', 'noteb', 'A5 grid notebook'],
    ['no accent', 'cafe', 'Café apron'],
    ['an accent too many', 'Múg', 'Stoneware mug'],
    ['a typing error', 'stonware', 'Stoneware mug'],
    ['two typing errors', 'stonewear mugg', 'Stoneware mug'],
    ['a category', 'workshop', 'Glazing workshop'],
    ['an option', 'indigo apron', 'Café apron'],
    ['a sku', 'oak-desk-tray', 'Oak desk tray'],
    ['the end of a word', 'board', 'End-grain board'],
    ['words that say nothing', 'the tray for a desk', 'Oak desk tray'],
  ])('finds a product by %s', async (_what, text, name) => {
    expect(await found(text)).toContain(name)
  })

  it('has the product with the word in its name first', async () => {
    expect((await found('mug'))[0]).toBe('Stoneware mug')
    expect((await found('lamp')).slice(0, 2).sort()).toEqual(['Globe table lamp', 'Pivot desk lamp'])
  })

  it('notices renamed, new and withdrawn products at once', async () => {
    const { prisma } = shop.database
    const { id } = await prisma.product.findFirstOrThrow({ where: { slug: 'quiet-clock' } })
    await prisma.product.update({ where: { id }, data: { name: 'Zeppelin clock' } })
    expect(await found('zeppelin')).toEqual(['Zeppelin clock'])
    await prisma.product.update({ where: { id }, data: { active: false } })
    expect(await found('zeppelin')).toEqual([])
    await prisma.product.update({ where: { id }, data: { active: true, name: 'Quiet desk clock' } })
    expect(await found('zeppelin')).toEqual([])
    expect(await found('quiet clock')).toEqual(['Quiet desk clock'])
  })

  it('says what it corrected, and helps when there is nothing', async () => {
    const corrected = textOf((await get('/pricing?q=stonware').expect(200)).text)
    expect(corrected).toContain('No results for “stonware”. Showing results for “stoneware” instead.')
    const nothing = textOf((await get('/pricing?q=xylophone').expect(200)).text)
    expect(nothing).toContain('No results for “xylophone”')
    expect(nothing).toContain('Check the spelling')
    expect(nothing).toContain('Popular products')
    expect(nothing).toContain('Kitchen')
  })

  it('without trigrams still finds words and parts of words', async () => {
    await shop.database.pool.query('ALTER INDEX "SearchWord_trigrams_idx" RENAME TO "away"')
    const without = openDatabase(shop.databaseUrl, { max: 2 })
    const search = async (text: string) => {
      const query = { search: text, category: '', sort: 'best', page: 1, filter: NO_FILTER } as const
      return (await findProducts(without, query)).products.map(({ name }) => name)
    }
    try {
      expect(await search('notebooks')).toContain('A5 grid notebook')
      expect(await search('ottom ug')).toEqual([])
      expect(await search('oneware')).toContain('Stoneware mug')
      expect(await search('stonware')).toEqual([])
    } finally {
      await without.close()
      await shop.database.pool.query('ALTER INDEX "away" RENAME TO "SearchWord_trigrams_idx"')
    }
  })
})

it('texts are compared in the same form here and in the database', async () => {
  const texts = [
    'Rührlöffel',
    'Straße',
    'ŒUVRE',
    'Smørrebrød',
    'Łódź',
    'ｍｕｇ',
    'ﬁne',
    'Crème brûlée',
    'Ångström',
  ]
  const { rows } = await shop.database.pool.query<{ plain: string }>(
    'SELECT "plainText"(text) AS plain FROM unnest($1::text[]) AS text',
    [texts],
  )
  expect(rows.map(({ plain }) => plain)).toEqual(texts.map(plainText))
})

describe('suggestions', () => {
  const suggested = async (text: string) =>
    (await get(`/pricing/suggestions?q=${encodeURIComponent(text)}`).expect(200)).body as {
      suggestions: { label: string; href: string; price: string | null }[]
    }

  it('name categories and products with their prices', async () => {
    const { suggestions } = await suggested('kit')
    expect(suggestions[0]).toEqual({ label: 'Kitchen', href: '/pricing?category=Kitchen', price: null })
    const mug = (await suggested('stoneware m')).suggestions[0]
    expect(mug).toMatchObject({ label: 'Stoneware mug', price: '$28.00' })
    await get(mug?.href ?? '').expect(200)
    expect(await suggested('')).toEqual({ suggestions: [] })
    expect(await suggested('%')).toEqual({ suggestions: [] })
  })
})

describe('filters', () => {
  const listed = async (query: string) => {
    const { text } = await get(`/pricing?${query}`).expect(200)
    return [...text.matchAll(/<h2 class="card__name"><a[^>]*>([^<]+)</g)].map(([, name]) => name ?? '')
  }

  it('keep products by price, stock and options', async () => {
    const cheap = await listed('max=20&sort=price-up')
    expect(cheap.length).toBeGreaterThan(0)
    expect(cheap).not.toContain('Stoneware mug')
    expect(await listed('min=40&max=46&option=Color%3A+Indigo')).toEqual(['Café apron'])
    expect(await listed('min=46&option=Color%3A+Indigo')).toEqual([])
    expect(await listed('option=Size%3A+S&option=Size%3A+L&option=Color%3A+Ochre')).toEqual(['Café apron'])
    expect(await listed('category=Kitchen&q=board')).toContain('End-grain board')
    expect(await listed('category=Kitchen&q=board&stock=in')).not.toContain('End-grain board')
  })

  it('follow the stock', async () => {
    const { prisma } = shop.database
    const tray = await prisma.product.findFirstOrThrow({ where: { slug: 'oak-desk-tray' } })
    const setStock = (stock: number) => prisma.variant.update({ where: { id: tray.id }, data: { stock } })
    await setStock(0)
    expect(await listed('q=oak&stock=in')).not.toContain(tray.name)
    await setStock(1)
    expect(await listed('q=oak&stock=in')).toContain(tray.name)
    await setStock(tray.stock ?? 40)
  })

  it('follow the last two variants that sell out at the same moment', async () => {
    const { id, variants } = await addVariedProduct(
      shop,
      ['Size'],
      [
        { values: ['S'], stock: 1 },
        { values: ['L'], stock: 1 },
      ],
      { name: 'Twin towel' },
    )
    const sell = (size: string) =>
      `UPDATE "Variant" SET stock = 0 WHERE id = ${String(variants[size]?.id)} AND "productId" = ${id}`
    const [one, other] = await Promise.all([shop.database.pool.connect(), shop.database.pool.connect()])
    try {
      for (const client of [one, other]) await client.query('BEGIN')
      await one.query(sell('S'))
      await other.query(sell('L'))
      await one.query('COMMIT')
      await other.query('COMMIT')
    } finally {
      for (const client of [one, other]) client.release()
    }
    await expect.poll(() => listed('q=twin&stock=in'), { timeout: 30_000 }).toEqual([])
    expect(await listed('q=twin')).toEqual(['Twin towel'])
  })

  it('are those of the API', async () => {
    for (const query of [
      'max=20&sort=price-up',
      'min=40&max=46&option=Color%3A+Indigo',
      'option=Size%3A+S&option=Size%3A+L&option=Color%3A+Ochre',
      'category=Kitchen&q=board&stock=in',
    ])
      expect(await named(query)).toEqual(await listed(query))
  })

  it('stand in the address, one link removes each, and wrong values change nothing', async () => {
    const { text } = await get('/pricing?min=10&max=50&stock=in&category=Kitchen').expect(200)
    expect(text).toContain('href="/pricing?category=Kitchen&amp;max=50&amp;stock=in"')
    expect(text).toContain(
      'name="min" type="text" inputmode="decimal" autocomplete="off" maxlength="14" value="10"',
    )
    const all = await listed('')
    for (const query of [
      'min=x',
      'max=-1',
      'stock=out',
      'option=',
      'option[x]=1',
      'min=1e9',
      'max=99999999999',
    ])
      expect(await listed(query)).toEqual(all)
    expect(await listed('min=46&max=10&sort=price-up')).toEqual(await listed('min=10&max=46&sort=price-up'))
    expect(textOf((await get('/pricing?min=99999').expect(200)).text)).toContain(
      'No products match these filters',
    )
  })
})

it('a large catalog is searched by its indexes', { timeout: 120_000 }, async () => {
  await shop.database.pool.query(`
    INSERT INTO "Product" (slug, name, summary, description, image, category, "unitAmount", currency, "updatedAt")
    SELECT 'thing-' || i, 'Thing ' || i, 'A thing.', 'It is made.', '/assets/none.png', 'things', 1000 + i, 'usd', now()
    FROM generate_series(1, 1000) AS i`)
  await shop.database.pool.query('ANALYZE "ProductSearch"')
  const statements: string[] = []
  const database = openDatabase(shop.databaseUrl, { max: 2, onQuery: (sql) => statements.push(sql) })
  const { total, isMore } = await findProducts(database, {
    search: 'thing',
    category: '',
    sort: 'best',
    page: 1,
  })
  expect([total, isMore]).toEqual([300, true])
  await findProducts(database, { search: 'things', category: 'Kitchen', sort: 'best', page: 1 })
  await database.close()
  expect(statements.filter((sql) => sql.includes('searchQuery')).length).toBeGreaterThan(0)
  const plan = async (sql: string) => {
    const client = await shop.database.pool.connect()
    // Of a few thousand short rows, reading all may be cheaper.
    await client.query('SET enable_seqscan = off')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`)
    await client.query('RESET enable_seqscan')
    client.release()
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  const words = `SELECT FROM "ProductSearch" s WHERE s.document @@ "searchQuery"('{mug}'::text[], 'A') LIMIT 300`
  expect(await plan(words)).toContain('ProductSearch_document_idx')
  expect(
    await plan(`SELECT FROM "ProductSearch" s WHERE lower(s.words) LIKE '%zeppelin%' LIMIT 300`),
  ).toContain('ProductSearch_trigrams_idx')
})
