// In production, visitors without a cookie share pages. What the owner changes shows everywhere within a second.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newOrderKey } from '../../src/orders/order-key.js'
import { startBeside } from '../support/second-process.js'
import { newShopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

const PRODUCTION = {
  NODE_ENV: 'production',
  BASE_URL: 'http://127.0.0.1:8000',
  SESSION_SECRET: '0123456789abcdef0123456789abcdef',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'Till <till@till.example>',
}

let shop: TestShop
let second: Awaited<ReturnType<typeof startBeside>>
let urls: string[]

beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, environment: PRODUCTION })
  second = await startBeside(shop)
  urls = [shop.url, second.url]
})

afterAll(async () => {
  await second.stop()
  await shop.close()
})

/** The newest product: it is on the first page of the list. */
const ID = 12
const PATHS = [
  '/pricing',
  `/pricing/${ID}`,
  `/pricing/${ID}?variant=${ID}`,
  '/api/products',
  `/api/products/${ID}`,
]

const read = async (url: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(url, { headers })
  expect(answer.status).toBe(200)
  return { text: await answer.text(), kept: answer.headers.get('cache-control') }
}

it.each([
  ['a price', '123.45', `UPDATE "Variant" SET "unitAmount" = 12345 WHERE id = ${ID}`, PATHS],
  [
    'a name',
    'Renamed by the owner',
    `UPDATE "Product" SET name = 'Renamed by the owner' WHERE id = ${ID}`,
    PATHS,
  ],
  ['the stock', 'Only 2 left', `UPDATE "Variant" SET stock = 2 WHERE id = ${ID}`, PATHS.slice(0, 3)],
  ['a setting', 'Another name', `UPDATE "Shop" SET name = 'Another name'`, PATHS.slice(0, 3)],
])('%s shows in every process within a second', async (_what, shown, change, paths) => {
  const all = urls.flatMap((url) => paths.map((path) => url + path))
  for (const url of all) expect((await read(url)).text).not.toContain(shown)
  await shop.database.prisma.$executeRawUnsafe(change)
  const changed = performance.now()
  for (const url of all) await expect.poll(async () => (await read(url)).text).toContain(shown)
  // Whatever the machine does meanwhile, a page that was asked for a second later shows it.
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, changed + 1000 - performance.now())))
  for (const url of all) expect((await read(url)).text).toContain(shown)
})

it('a product that is taken off sale is gone within a second', async () => {
  await read(`${urls[0]}/pricing/3`)
  await shop.database.prisma.product.update({ where: { id: 3 }, data: { active: false } })
  await expect.poll(async () => (await fetch(`${urls[0]}/pricing/3`)).status).toBe(404)
})

it('a visitor with a cookie sees what is true now, and no one else sees their page', async () => {
  const url = `${urls[0]}/pricing/2`
  const form = { method: 'POST', body: new URLSearchParams({ product_id: '2', quantity: '7' }) } as const
  const added = await fetch(`${urls[0]}/cart/items`, { ...form, redirect: 'manual' })
  const cookie = String(added.headers.get('set-cookie')).split(';')[0] ?? ''
  expect(cookie).toMatch(/cart=/)
  const badge = /data-cart-number>7</
  for (let times = 0; times < 2; times++) {
    const own = await read(url, { cookie })
    expect(own.text).toMatch(badge)
    expect(own.kept).toBe('private, no-cache')
    const anonymous = await read(url)
    expect(anonymous.text).not.toMatch(badge)
    expect(anonymous.kept).toBe('public, max-age=0, s-maxage=1, must-revalidate')
  }
})

it('signed-in shoppers share what a page shows of a product, and nothing else', async () => {
  const page = '/pricing/4'
  const [ada, bob] = [await newShopper(shop.url), await newShopper(shop.url)]
  const seenBy = async ({ shopper }: typeof ada) => (await shopper.get(page).expect(200)).text
  await ada.shopper.post('/cart/items').type('form').send({ product_id: '4', quantity: '7' }).expect(303)
  // One right after the other, so that the second gets what was kept of the first.
  for (let turn = 0; turn < 3; turn++) {
    const [adas, bobs] = [await seenBy(ada), await seenBy(bob)]
    expect(adas).toContain(ada.email)
    expect(adas).toMatch(/data-cart-number>7</)
    expect(bobs).toContain(bob.email)
    expect(bobs).not.toContain(ada.email)
    expect(bobs).toContain('data-cart-number>0<')
  }

  await shop.database.prisma.product.update({ where: { id: 4 }, data: { name: 'Renamed since' } })
  const changed = performance.now()
  await expect.poll(() => seenBy(bob)).toContain('Renamed since')
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, changed + 1000 - performance.now())))
  expect(await seenBy(ada)).toContain('Renamed since')
})

it('units that a shopper’s own order holds count for them, and for no one else', async () => {
  const { prisma } = shop.database
  const [ada, bob] = [await newShopper(shop.url), await newShopper(shop.url)]
  const { id: userId } = await prisma.user.findUniqueOrThrow({ where: { email: ada.email } })
  await prisma.$executeRaw`UPDATE "Variant" SET stock = 2 WHERE id = 5`
  await prisma.order.create({
    data: {
      ...{ key: newOrderKey(), userId, email: ada.email, currency: 'usd', total: 1, stockHeld: true },
      items: { create: { productId: 5, variantId: 5, name: 'Held', unitAmount: 1, quantity: 1 } },
    },
  })
  for (let turn = 0; turn < 2; turn++) {
    expect((await bob.shopper.get('/pricing/5?variant=5').expect(200)).text).toContain('Only 2 left')
    expect((await ada.shopper.get('/pricing/5?variant=5').expect(200)).text).toContain('Only 3 left')
  }
})
