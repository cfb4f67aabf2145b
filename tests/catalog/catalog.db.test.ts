import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seedProducts } from '../../src/catalog/seed-products.js'
import { checkAmount, isCurrency, ruleOf } from '../../src/money.js'
import { runCommand } from '../support/command.js'
import { addVariedProduct } from '../support/variants.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { textOf } from '../support/shopper.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

const get = (path: string) => supertest(shop.url).get(path)
interface Listed {
  products: { id: number; name: string; category: string; unit_amount: number; currency: string }[]
  page: number
  pages: number
  total: number
}
const list = async (query: string) => (await get(`/api/products?${query}`).expect(200)).body as Listed

describe('the seeded catalog', () => {
  it('has at least 12 products and 3 categories, one currency, and an image for each variant', async () => {
    expect(seedProducts.length).toBeGreaterThanOrEqual(12)
    expect(new Set(seedProducts.map((product) => product.category)).size).toBeGreaterThanOrEqual(3)
    expect(new Set(seedProducts.map((product) => product.currency))).toEqual(new Set(['usd']))
    for (const { unitAmount, currency, image, variants = [] } of seedProducts) {
      for (const amount of [unitAmount, ...variants.map((variant) => variant.unitAmount ?? unitAmount)])
        expect(checkAmount(amount, currency)).toBe(amount)
      for (const picture of [image, ...variants.flatMap((variant) => variant.image ?? [])])
        await get(picture)
          .expect(200)
          .expect('content-type', /image\/svg/)
    }
  })

  it('has options, counted stock, a variant that is sold out, and products that need no delivery', () => {
    const varied = seedProducts.filter(({ variants = [] }) => variants.length > 1)
    expect(varied.length).toBeGreaterThanOrEqual(5)
    for (const { options = [], variants = [] } of varied)
      for (const { values } of variants) expect(values).toHaveLength(options.length)
    const counted = seedProducts.filter(({ stock }) => stock !== null)
    expect(counted.length).toBeGreaterThanOrEqual(5)
    expect(varied.flatMap(({ variants = [] }) => variants).some(({ stock }) => stock === 0)).toBe(true)
    const digital = seedProducts.filter(({ requiresShipping }) => !requiresShipping)
    expect(digital.length).toBeGreaterThanOrEqual(2)
    for (const { taxCode } of seedProducts) expect(taxCode).toMatch(/^txcd_\d{8}$/)
  })
})

describe('the product list', () => {
  it('shows every active product once across its pages', async () => {
    const first = await list('')
    expect(first.total).toBe(seedProducts.length)
    const names = first.products.map((product) => product.name)
    for (let page = 2; page <= first.pages; page++) {
      names.push(...(await list(`page=${page}`)).products.map((product) => product.name))
    }
    expect(names.sort()).toEqual(seedProducts.map((product) => product.name).sort())
  })

  it('searches names and descriptions, and treats wildcards literally', async () => {
    const [product] = seedProducts
    const word = product?.name.split(' ')[0]?.toUpperCase() ?? ''
    expect((await list(`q=${word}`)).products.map((found) => found.name)).toContain(product?.name)
    // All words must match, in any order.
    const found = await list('q=FINGERS%20%20mug+320')
    expect(found.products.map(({ name }) => name)).toEqual(['Stoneware mug'])
    expect((await list('q=mug+lamp+fingers')).total).toBe(0)
    expect((await list('q=+')).total).toBe(seedProducts.length)
    expect((await list('q=%25')).total).toBe(0)
    expect((await list('q=_')).total).toBe(0)
    expect((await list("q='; DROP TABLE")).total).toBe(0)
  })

  it('filters by category, and sorts by price within a currency', async () => {
    const category = seedProducts[0]?.category ?? ''
    const { products } = await list(`category=${encodeURIComponent(category)}&sort=price-up`)
    expect(new Set(products.map((product) => product.category))).toEqual(new Set([category]))
    const usd = products.filter((product) => product.currency === 'usd').map((product) => product.unit_amount)
    expect(usd).toEqual([...usd].sort((a, b) => a - b))
  })

  describe('with texts in another Unicode form', () => {
    const long = `Für die Küche und ${'x'.repeat(80)}`
    const add = (slug: string, name: string, category: string) =>
      shop.database.prisma.product.create({
        data: {
          ...{ slug, name, category, summary: 'Of the tests', description: '', image: '/assets/none.png' },
          ...{ unitAmount: 1000, currency: 'usd' },
        },
      })
    beforeAll(async () => {
      await add('composed', 'Rührlöffel'.normalize('NFC'), long.normalize('NFC'))
      await add('decomposed', 'Rührschüssel'.normalize('NFD'), ` ${long.normalize('NFD')} `)
    })
    afterAll(() => shop.database.prisma.product.deleteMany({ where: { summary: 'Of the tests' } }))

    it.each(['NFC', 'NFD'] as const)('finds them when typed in %s', async (form) => {
      const typed = (text: string) => encodeURIComponent(text.normalize(form))
      expect((await list(`q=${typed('rühr')}`)).total).toBe(2)
      expect((await list(`q=${typed('Schüssel')}`)).total).toBe(1)
      expect((await list(`q=${encodeURIComponent('ｍｕｇ')}`)).total).toBeGreaterThan(0)
      expect((await list(`category=${typed(long)}`)).total).toBe(2)
    })

    it('lists their category once, with a link that finds both', async () => {
      const { text } = await get('/pricing').expect(200)
      const [, list = ''] = text.split(/<main|<\/main>/)
      const links = [...list.matchAll(/href="(\/pricing\?category=[^"]*xxx[^"]*)"/g)].map(
        ([, href]) => href ?? '',
      )
      expect(links).toHaveLength(1)
      const { text: filtered } = await get(links[0]?.replaceAll('&amp;', '&') ?? '').expect(200)
      expect(textOf(filtered).normalize('NFC')).toMatch(/Rührschüssel.*Rührlöffel/s)
    })
  })

  it.each([
    'page=0',
    'page=-1',
    'page=x',
    'page=1e9',
    'sort=evil',
    'q[]=a&q[]=b',
    'category[x]=1',
    `q=${'x'.repeat(5000)}`,
  ])('falls back to a valid list for %.20s', async (query) => {
    await get(`/pricing?${query}`).expect(200)
    await get(`/api/products?${query}`).expect(200)
  })

  it('an empty result and a page beyond the last are shown without an error', async () => {
    expect(textOf((await get('/pricing?q=zzzz').expect(200)).text)).toMatch(/nothing|no /i)
    const { text } = await get('/pricing?page=999&sort=name').expect(200)
    const last = (await list('')).pages
    expect(textOf(text)).toContain(`There’s no page 999 This list has ${last} pages. Go to the last page`)
    expect(text).toContain(`href="/pricing?sort=name&amp;page=${last}"`)
    expect(textOf((await get('/pricing?page=99&q=zzzz').expect(200)).text)).toContain('no page 99')
  })
})

describe('the product page', () => {
  it('shows image, price, stock and Purchase', async () => {
    const product = await shop.database.prisma.product.findFirstOrThrow({
      where: { currency: 'jpy', stock: { gt: 5 } },
    })
    const { text } = await get(`/pricing/${product.id}`).expect(200)
    expect(text).toContain(product.image)
    expect(textOf(text)).toContain(`¥${product.unitAmount.toLocaleString('en-US')}`)
    expect(textOf(text)).toContain('In stock')
    expect(text).toMatch(new RegExp(`<form[^>]+action="/checkout/${product.id}"`))
    expect(textOf(text)).toContain('Purchase')
    const { body } = await get(`/api/products/${product.id}`).expect(200)
    expect(body).toMatchObject({
      id: product.id,
      unit_amount: product.unitAmount,
      currency: 'jpy',
      available: true,
    })
  })

  it('has no Purchase button when sold out', async () => {
    const product = await shop.database.prisma.product.findFirstOrThrow({ where: { stock: 0 } })
    const { text } = await get(`/pricing/${product.id}`).expect(200)
    expect(textOf(text)).toContain('Sold out')
    expect(text).not.toContain(`action="/checkout/`)
  })

  it('says that no charge was made, after canceling at Stripe', async () => {
    expect(textOf((await get('/pricing/1?cancelled').expect(200)).text)).toContain('No charge was made')
  })

  it.each(['0', '999999', 'abc', '-1', '1.5', '1e3', '99999999999999999999', '1%27'])(
    '%s gets 404',
    async (id) => {
      expect(textOf((await get(`/pricing/${id}`).set('accept', 'text/html').expect(404)).text)).toContain(
        'can’t find that product',
      )
      const { body } = await get(`/api/products/${id}`)
        .expect(404)
        .expect('content-type', /problem\+json/)
      expect(body).toMatchObject({ code: 'product_not_found' })
    },
  )

  it('an inactive product gets 404', async () => {
    const product = await shop.database.prisma.product.findFirstOrThrow({ orderBy: { id: 'desc' } })
    await shop.database.prisma.product.update({ where: { id: product.id }, data: { active: false } })
    await get(`/pricing/${product.id}`).expect(404)
    await get(`/api/products/${product.id}`).expect(404)
    expect((await list('')).total).toBe(seedProducts.length - 1)
  })

  it('accepts a trailing slash, and HEAD', async () => {
    await get('/pricing/1/').expect(200)
    await supertest(shop.url).head('/pricing/1').expect(200)
    await supertest(shop.url).head('/api/products/1').expect(200)
  })
})

const letters = Array.from('abcdefghijklmnopqrstuvwxyz')
const codesOf3 = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)))

describe('a product row', () => {
  it.each([
    ['a currency in upper case', { currency: 'USD' }],
    ['an unknown currency', { currency: 'xxx' }],
    ['a price of zero', { unitAmount: 0 }],
    ['a stock below zero', { stock: -1 }],
  ])('with %s is refused by the database', async (_what, data) => {
    const { prisma } = shop.database
    const { id } = await prisma.product.findFirstOrThrow()
    await expect(prisma.product.update({ where: { id }, data })).rejects.toThrow('violates check constraint')
  })

  it('allows exactly the currencies in money.ts', async () => {
    const [{ rule } = { rule: '' }] = await shop.database.prisma.$queryRaw<{ rule: string }[]>`
      SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint WHERE conname = 'Product_currency_check'`
    const allowed = [...rule.matchAll(/'([a-z]{3})'/g)].map(([, code]) => code ?? '')
    expect(allowed.filter((code) => !isCurrency(code))).toEqual([])
    expect(codesOf3.filter(isCurrency)).toEqual([...allowed].sort())
  })

  it.each<[string, object, RegExp]>([
    [
      'a price below Stripe’s minimum',
      { unitAmount: 49 },
      /price of 0\.49 USD is below Stripe’s minimum of 0\.50 USD/,
    ],
    ['the same in euros', { currency: 'eur', unitAmount: 49 }, /0\.49 EUR is below/],
    [
      'the same without decimals',
      { currency: 'jpy', unitAmount: 49 },
      /49 JPY is below Stripe’s minimum of 50 JPY/,
    ],
    [
      'the same in forints',
      { currency: 'huf', unitAmount: 10_050 },
      /100\.50 HUF is below Stripe’s minimum of 175\.00/,
    ],
    [
      'a price of nine digits',
      { unitAmount: 100_000_000 },
      /1000000\.00 USD is above Stripe’s maximum of 999999\.99 USD/,
    ],
    ['a third decimal', { currency: 'kwd', unitAmount: 1234 }, /1\.234 KWD is not a multiple of 0\.010 KWD/],
    [
      'decimals where there are none',
      { currency: 'isk', unitAmount: 50_050 },
      /500\.50 ISK is not a multiple of 1\.00/,
    ],
    ['no name', { name: '' }, /no name/],
    ['a blank name', { name: ' \u00a0\u200b\u3000\t' }, /no name/],
    ['a name that is too long', { name: 'x'.repeat(251) }, /name has 251 characters/],
    ['a picture that is not encrypted', { image: 'http://cdn.example/mug.jpg' }, /begins with https/],
    ['a picture of another scheme', { image: 'data:image/png;base64,AA' }, /begins with https/],
    ['a picture without a host', { image: 'https:///mug.jpg' }, /begins with https/],
    ['a picture of any scheme', { image: '//cdn.example/mug.jpg' }, /begins with https/],
    ['a picture relative to the page', { image: 'assets/mug.jpg' }, /begins with https/],
    [
      'a picture whose address is too long',
      { image: `https://cdn.example/${'x'.repeat(2030)}` },
      /2050 characters/,
    ],
  ])('with %s can’t be on sale, and the error says why', async (_what, data, reason) => {
    const { prisma } = shop.database
    const like = await prisma.product.findFirstOrThrow({
      where: { currency: 'usd' },
      omit: { id: true, translations: true },
    })
    const where = { slug: like.slug }
    await expect(prisma.product.update({ where, data })).rejects.toThrow(reason)
    await expect(prisma.product.create({ data: { ...like, slug: 'draft', ...data } })).rejects.toThrow(reason)
    // A draft may be incomplete. It can't be put on sale.
    const draft = await prisma.product.create({ data: { ...like, slug: 'draft', active: false, ...data } })
    expect((await runCommand(shop, 'products', 'list')).output).toMatch(reason)
    const activate = () => prisma.product.update({ where: { id: draft.id }, data: { active: true } })
    await expect(activate()).rejects.toThrow(reason)
    const { name, image, unitAmount, currency } = like
    await prisma.product.update({ where: { id: draft.id }, data: { name, image, unitAmount, currency } })
    await activate()
    await prisma.product.delete({ where: { id: draft.id } })
  })

  it('is not put on sale or renamed with a variant that Stripe would refuse', async () => {
    const { prisma } = shop.database
    const { id, variants } = await addVariedProduct(
      shop,
      ['Size'],
      [{ values: ['S'] }, { values: ['Large'] }],
    )
    const change = (data: object) => prisma.product.update({ where: { id }, data })
    await expect(change({ name: 'x'.repeat(244) })).rejects.toThrow('can’t be on sale. Its name has 252')
    await change({ active: false })
    const large = { where: { id: variants['Large']?.id ?? 0 } }
    await prisma.variant.update({ ...large, data: { unitAmount: 1 } })
    await expect(change({ active: true })).rejects.toThrow('below Stripe’s minimum')
    await prisma.variant.update({ ...large, data: { active: false } })
    await change({ active: true })
    await prisma.product.delete({ where: { id } })
  })

  it.each<[string, object]>([
    ['a large price in rupiah', { currency: 'idr', unitAmount: 2_147_483_647 }],
    ['a Caribbean guilder', { currency: 'xcg', unitAmount: 100 }],
    ['forints and fillér', { currency: 'huf', unitAmount: 20_050 }],
    ['a picture elsewhere', { image: 'https://cdn.example:8443/mugs/grün 1.jpg?size=2' }],
    ['no picture', { image: '' }],
    ['a name of 250 characters', { name: '🏺'.repeat(250) }],
  ])('with %s can be on sale', async (_what, data) => {
    const { prisma } = shop.database
    const { id, ...like } = await prisma.product.findFirstOrThrow({
      where: { currency: 'usd' },
      omit: { translations: true },
    })
    await prisma.product.update({ where: { id }, data })
    await get(`/pricing/${id}`).expect(200)
    await prisma.product.update({ where: { id }, data: like })
  })

  it('has the rules of money.ts, for every currency', async () => {
    const cases = codesOf3.filter(isCurrency).flatMap((currency) => {
      const { step, minimum, maximum } = ruleOf(currency)
      const around = [
        1,
        step,
        minimum - 1,
        minimum,
        minimum + 1,
        minimum + step,
        maximum - step,
        maximum,
        maximum + 1,
      ]
      return around.map((amount) => ({ currency, amount, allowed: isAllowed(amount, currency) }))
    })
    const storable = cases.filter(({ amount }) => amount >= 1 && amount <= 2_147_483_647)
    const rows = await shop.database.prisma.$queryRaw<{ allowed: boolean }[]>`
      SELECT "productProblem"('Mug', '', x.amount, x.currency) IS NULL AS allowed
      FROM json_to_recordset(${JSON.stringify(storable)}::json) AS x(currency text, amount int)`
    expect(storable.map((one, index) => ({ ...one, allowed: rows[index]?.allowed }))).toEqual(storable)
  })
})

const isAllowed = (amount: number, currency: string): boolean => {
  const { step, minimum, maximum } = ruleOf(currency)
  return amount >= minimum && amount <= maximum && amount % step === 0
}
