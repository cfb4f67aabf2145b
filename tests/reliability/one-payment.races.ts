// One shopper orders different quantities in many tabs at once: only one session stays payable.
import Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Shopper } from '../../bench/shoppers.js'
import { engine } from '../support/postgres/test-database.js'
import { openLosingProxy, type LosingProxy } from '../support/losing-proxy.js'
import { payByCard, sessionOf } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { createSandbox } from 'stripe-sandbox'
import { click, counts, newProduct, postJson, signedIn, stockOf, type Answer } from './crowd.js'

const say = (line: string) => console.log(`${engine()}: ${line}`)
const STOCK = 100_000

let shop: TestShop
/** Asks Stripe directly, not through the shop. */
let stripe: Stripe
let productId: number

beforeEach(async () => {
  productId = await newProduct(shop, STOCK)
})

/** The ways to order the product, up to its payment page. The quantities differ, so that the orders do. */
const purchase = (shopper: Shopper, quantity: number) =>
  click(shop, shopper, 'POST', `/checkout/${productId}`, { quantity: String(quantity) })

async function orderCart(shopper: Shopper): Promise<Answer> {
  const checkout = await click(shop, shopper, 'POST', '/cart/checkout')
  return checkout.status === 303 ? click(shop, shopper, 'POST', checkout.location) : checkout
}

async function orderByJson(shopper: Shopper, quantity: number): Promise<Answer> {
  const items = [{ product_id: productId, quantity }]
  const ordered = await postJson(shop, shopper, '/api/orders', { items })
  if (ordered.status >= 400) return ordered
  const order_id = ordered.location.replace('/api/orders/', '')
  return postJson(shop, shopper, '/api/payments/create-session', { order_id })
}

const fillCart = (shopper: Shopper, quantity: number) =>
  click(shop, shopper, 'POST', '/cart/items', { product_id: String(productId), quantity: String(quantity) })

/** Orders in seven tabs at once. @param then what each tab does next */
async function allAtOnce(
  shopper: Shopper,
  then: (answer: Answer) => Promise<void> = () => Promise.resolve(),
): Promise<Answer[]> {
  const tabs = [
    ...[1, 2, 3, 3].map((quantity) => purchase(shopper, quantity)),
    orderCart(shopper),
    orderCart(shopper),
    orderByJson(shopper, 5),
  ]
  return Promise.all(
    tabs.map(async (tab) => {
      const answer = await tab
      await then(answer)
      return answer
    }),
  )
}

/** The sessions that Stripe reports as payable, by email. */
async function payableAtStripe(shoppers: readonly Shopper[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>(shoppers.map(({ email }) => [email, []]))
  for await (const session of stripe.checkout.sessions.list({ status: 'open', limit: 100 }))
    found.get(session.metadata?.['user_email'] ?? '')?.push(session.id)
  return found
}

/** The payable sessions in our tables, by email. An attempt without a response may have a session too. */
async function payableByTables(shoppers: readonly Shopper[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>(shoppers.map(({ email }) => [email, []]))
  const attempts = await shop.database.prisma.checkoutAttempt.findMany({
    where: { status: { in: ['preparing', 'open'] }, order: { email: { in: [...found.keys()] } } },
    include: { order: { select: { email: true } } },
  })
  for (const attempt of attempts) found.get(attempt.order.email)?.push(attempt.stripeSessionId ?? 'preparing')
  return found
}

/** Each shopper has one payable session, known to Stripe and to us; every other tab got `order_replaced`. */
async function expectOneEach(what: string, shoppers: readonly Shopper[], answers: readonly Answer[]) {
  const atStripe = await payableAtStripe(shoppers)
  say(`${what}: ${JSON.stringify(counts(answers))}, at most ${most(atStripe)} payable`)
  for (const [email, sessions] of atStripe) expect(sessions, email).toHaveLength(1)
  expect(await payableByTables(shoppers)).toEqual(atStripe)
  const refused = answers.filter(({ status }) => status >= 400)
  expect(refused.filter(({ code }) => code !== 'order_replaced')).toEqual([])
  await expectStockIsHeld()
}

async function expectStockIsHeld(): Promise<void> {
  const items = await shop.database.prisma.orderItem.findMany({
    where: { productId, order: { stockHeld: true } },
  })
  const held = items.reduce((sum, { quantity }) => sum + quantity, 0)
  expect(await stockOf(shop, productId)).toBe(STOCK - held)
}

async function deadlocks(): Promise<number> {
  const { rows } = await shop.database.pool.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  )
  return Number(rows[0]?.deadlocks)
}

/** One round per shopper, three at a time. */
async function inRounds(shoppers: readonly Shopper[], play: (shopper: Shopper) => Promise<Answer[]>) {
  const answers: Answer[] = []
  const queue = [...shoppers]
  const work = async () => {
    for (let shopper = queue.shift(); shopper; shopper = queue.shift()) answers.push(...(await play(shopper)))
  }
  await Promise.all(Array.from({ length: 3 }, work))
  return answers
}

const most = (found: Map<string, string[]>) => Math.max(...[...found.values()].map(({ length }) => length))

describe('one shopper in many tabs', () => {
  beforeAll(async () => {
    shop = await startTestShop()
    stripe = shop.stripe
  })
  afterAll(() => shop.close())

  it('two tabs with different quantities, 100 times: one session stays payable', async () => {
    const shoppers = await signedIn(shop, 100)
    const answers = await inRounds(shoppers, (shopper) =>
      Promise.all([purchase(shopper, 1), purchase(shopper, 2)]),
    )
    await expectOneEach('100 times two tabs', shoppers, answers)
  })

  it('Purchase, cart and JSON in seven tabs, 60 times: one session stays payable', async () => {
    const shoppers = await signedIn(shop, 60)
    const answers = await inRounds(shoppers, async (shopper) => {
      await fillCart(shopper, 4)
      return allAtOnce(shopper)
    })
    await expectOneEach('60 times seven tabs', shoppers, answers)
  })

  it('Pay on two orders that replaced each other, 40 times: one session stays payable', async () => {
    const shoppers = await signedIn(shop, 40)
    const answers = await inRounds(shoppers, async (shopper) => {
      await purchase(shopper, 1)
      await purchase(shopper, 2)
      const orders = await shop.database.prisma.order.findMany({ where: { email: shopper.email } })
      return Promise.all(orders.map(({ key }) => click(shop, shopper, 'POST', `/orders/${key}/pay`)))
    })
    await expectOneEach('40 times two Pay', shoppers, answers)
  })

  it('seven tabs that pay at once, 30 times: every payment belongs to one order and is recorded once', async () => {
    const shoppers = await signedIn(shop, 30)
    const answers = await inRounds(shoppers, async (shopper) => {
      await fillCart(shopper, 4)
      return allAtOnce(shopper, async ({ status, location }) => {
        // A session that was closed, or paid in another tab, can no longer be paid.
        if (status === 303) await payByCard(location).catch(() => null)
      })
    })
    await shop.sandbox?.idle()
    const emails = new Set(shoppers.map(({ email }) => email))
    const paidAtStripe: string[] = []
    for await (const session of stripe.checkout.sessions.list({ status: 'complete', limit: 100 }))
      if (emails.has(session.metadata?.['user_email'] ?? '')) paidAtStripe.push(session.id)
    const { prisma } = shop.database
    const orders = await prisma.order.findMany({
      where: { email: { in: [...emails] }, status: 'paid' },
      include: { attempts: { where: { status: 'paid' } }, purchases: true },
    })
    say(`30 times seven tabs that pay: ${JSON.stringify(counts(answers))}, ${paidAtStripe.length} payments`)
    // If the JSON tab was last, nobody paid.
    expect(paidAtStripe.length).toBeGreaterThan(10)
    expect(
      orders.map(({ attempts }) => attempts.map(({ stripeSessionId }) => stripeSessionId)).toSorted(),
    ).toEqual(paidAtStripe.map((session) => [session]).toSorted())
    expect(orders.filter(({ purchases }) => purchases.length !== 1)).toEqual([])
    expect(
      await prisma.order.count({ where: { email: { in: [...emails] }, needsAttention: { not: null } } }),
    ).toBe(0)
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    for (const [email, sessions] of await payableAtStripe(shoppers))
      expect(sessions.length, email).toBeLessThanOrEqual(1)
    await expectStockIsHeld()
  })

  it('no deadlock occurred', async () => {
    expect(await deadlocks()).toBe(0)
  })
})

describe('one shopper in many tabs while Stripe’s responses are lost', () => {
  let proxy: LosingProxy
  let close: () => Promise<void>
  beforeAll(async () => {
    const sandbox = await createSandbox({ port: 0 })
    proxy = await openLosingProxy(new URL(sandbox.url))
    const { secretKey } = sandbox
    stripe = new Stripe(secretKey, { host: '127.0.0.1', port: sandbox.port, protocol: 'http' })
    const environment = { STRIPE_API_BASE: proxy.url, STRIPE_SECRET_KEY: secretKey }
    shop = await startTestShop({ sandbox: false, environment })
    close = async () => {
      await shop.close()
      await proxy.close()
      await sandbox.close()
    }
  })
  afterAll(() => close())

  it('seven tabs, 30 times: at most one session is payable, and the next click opens one', async () => {
    const shoppers = await signedIn(shop, 30)
    proxy.lose(0.5)
    const answers = await inRounds(shoppers, async (shopper) => {
      await fillCart(shopper, 4)
      return allAtOnce(shopper)
    })
    proxy.lose(0)
    const atStripe = await payableAtStripe(shoppers)
    say(
      `30 times seven tabs, ${proxy.lost} answers lost: ${JSON.stringify(counts(answers))}, at most ${most(atStripe)} payable`,
    )
    expect(proxy.lost).toBeGreaterThan(100)
    for (const [email, sessions] of atStripe) expect(sessions.length, email).toBeLessThanOrEqual(1)
    expect(answers.filter(({ status }) => status === 500)).toEqual([])

    const next = await Promise.all(shoppers.map((shopper) => purchase(shopper, 6)))
    expect(counts(next)).toEqual({ 303: shoppers.length })
    const afterwards = await payableAtStripe(shoppers)
    shoppers.forEach(({ email }, index) =>
      expect(afterwards.get(email)).toEqual([sessionOf(next[index]?.location ?? '')]),
    )
    expect(await payableByTables(shoppers)).toEqual(afterwards)
    await expectStockIsHeld()
    expect(await deadlocks()).toBe(0)
  })
})
