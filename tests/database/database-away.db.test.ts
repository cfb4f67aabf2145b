import pg from 'pg'
import supertest from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deliver, openOrder, sessionEvent, type OpenOrder } from '../support/events.js'
import { newShopper, PASSWORD, stranger, textOf } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let known: OpenOrder
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  known = await openOrder(shop)
})
afterAll(() => shop.close())
afterEach(() => shop.proxy.join())

/** An event that has not been delivered before. Storing it is a write. */
const newEvent = () => sessionEvent(shop, known, 'checkout.session.completed')

async function readiness() {
  const { status, body } = await supertest(shop.url).get('/readyz')
  return { ...(body as { code?: string; detail?: string }), status }
}

/** A client of the database itself. */
async function onServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: shop.databaseUrl })
  await client.connect()
  await client.query('SET default_transaction_read_only = off')
  return work(client).finally(() => client.end())
}

/** Pages and deliveries that write are refused for now. */
async function expectNoWrites(): Promise<void> {
  const { status, headers, text } = await stranger(shop.url)
    .post('/register')
    .type('form')
    .set('accept', 'text/html')
    .send({ name: 'Ada', email: 'nobody@shopper.example', password: PASSWORD })
  expect([status, headers['retry-after']]).toEqual([503, '5'])
  expect(textOf(text)).toContain('We’re having technical trouble')
  const delivery = await deliver(shop, newEvent())
  expect([delivery.status, delivery.headers['retry-after']]).toEqual([503, '5'])
  expect(delivery.body).toMatchObject({ code: 'database_unavailable' })
}

/** Each connection recovers by itself, within 15 seconds. */
async function expectWrites(): Promise<void> {
  const soon = { timeout: 15_000 }
  await expect.poll(async () => (await readiness()).status, soon).toBe(200)
  const event = newEvent()
  await expect.poll(async () => (await deliver(shop, event)).status, soon).toBe(200)
  await expect
    .poll(
      () =>
        newShopper(shop.url).then(
          () => true,
          () => false,
        ),
      soon,
    )
    .toBe(true)
}

describe('during a database outage', () => {
  it('pages and JSON answer 503 with Retry-After, and work again afterwards', async () => {
    const { shopper } = await newShopper(shop.url)
    shop.proxy.cut()
    const page = await supertest(shop.url).get('/pricing').set('accept', 'text/html').expect(503)
    expect(textOf(page.text)).toContain('We’re having technical trouble')
    expect(page.headers['retry-after']).toBe('5')
    expect(page.text).not.toMatch(/ECONN|prisma|at .*\.(ts|js):\d+/i)
    await shopper.get('/account/purchases').expect(503)
    await shopper.post('/checkout/1').expect(503)
    const { body } = await supertest(shop.url).get('/api/products').expect(503)
    expect(body).toMatchObject({ code: 'database_unavailable', status: 503 })
    await supertest(shop.url).get('/healthz').expect(200)
    await supertest(shop.url).get('/readyz').expect(503)
    shop.proxy.join()
    await shopper.get('/account/purchases').expect(200)
    await supertest(shop.url).get('/readyz').expect(200)
  })

  it('a webhook answers 503, and the next delivery settles the order', async () => {
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.completed')
    shop.proxy.cut()
    const { headers, body } = await deliver(shop, event).expect(503)
    expect(headers['retry-after']).toBe('5')
    expect(body).toMatchObject({ code: 'database_unavailable' })
    shop.proxy.join()
    await deliver(shop, event).expect(200)
    const { status } = await shop.database.prisma.order.findUniqueOrThrow({ where: { id: order.id } })
    expect(status).toBe('paid')
  })

  it('twenty events whose connections are cut are neither lost nor duplicated', async () => {
    const orders = await Promise.all(Array.from({ length: 20 }, () => openOrder(shop)))
    const events = orders.map((order) => sessionEvent(shop, order, 'checkout.session.completed'))
    const first = Promise.all(events.map((event) => deliver(shop, event)))
    setTimeout(() => shop.proxy.cut(), 20)
    const answers = await first
    for (const answer of answers) expect([200, 500, 503]).toContain(answer.status)
    shop.proxy.join()
    for (const event of events) await deliver(shop, event).expect(200)
    const { prisma } = shop.database
    const where = { orderId: { in: orders.map((order) => order.id) } }
    expect(await prisma.order.count({ where: { id: where.orderId, status: 'paid' } })).toBe(20)
    expect(await prisma.purchaseHistory.count({ where })).toBe(20)
    expect(await prisma.mail.count({ where })).toBe(20)
    expect(await prisma.stripeEvent.count({ where: { ...where, outcome: 'done' } })).toBe(20)
  })
})

describe('a database that answers, but not as usual', () => {
  it('read-only: pages that only read work, and writing works again soon after it is allowed', async () => {
    const { shopper } = await newShopper(shop.url)
    const name = new URL(shop.databaseUrl).pathname.slice(1)
    const setReadOnly = (value: string) =>
      onServer((client) =>
        client.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`),
      )
    await setReadOnly('on')
    shop.proxy.cut()
    shop.proxy.join()
    await expect.poll(readiness).toMatchObject({ status: 503, detail: expect.stringContaining('read-only') })
    await expectNoWrites()
    await shopper.get('/account/orders').expect(200)
    await supertest(shop.url).get('/pricing').expect(200)
    await setReadOnly('off')
    await expectWrites()
  })

  it('full: what writes is refused, and /readyz says why', async () => {
    await onServer(async (client) => {
      // A full disk can't be made here: PostgreSQL's own error, raised where a row would be written.
      await client.query(
        `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`,
      )
      for (const table of ['User', 'StripeEvent'])
        await client.query(
          `CREATE TRIGGER no_room BEFORE INSERT ON "${table}" FOR EACH ROW EXECUTE FUNCTION no_room()`,
        )
    })
    await expectNoWrites()
    expect(await readiness()).toMatchObject({
      status: 503,
      code: 'database_unavailable',
      detail: expect.stringContaining('disk is full'),
    })
    await onServer((client) => client.query('DROP FUNCTION no_room() CASCADE'))
    await expectWrites()
  })

  it('silent: requests are answered, and the pool recovers after a failover that closed nothing', async () => {
    await Promise.all(Array.from({ length: 8 }, () => supertest(shop.url).get('/pricing').expect(200)))
    shop.proxy.silence('open')
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.completed')
    const [page, delivery] = await Promise.all([
      supertest(shop.url).get('/pricing').set('accept', 'text/html'),
      deliver(shop, event),
    ])
    // A new connection is not silent, so a request that needed one may have got its answer.
    for (const { status, headers } of [page, delivery])
      if (status !== 200) expect([status, headers['retry-after']]).toEqual([503, '5'])
    await supertest(shop.url).get('/pricing').expect(200)
    await deliver(shop, event).expect(200)
    const { status } = await shop.database.prisma.order.findUniqueOrThrow({ where: { id: order.id } })
    expect(status).toBe('paid')
  })

  it('silent, new connections too: /readyz says so, and all is well after its return', async () => {
    shop.proxy.silence('open and new')
    const page = supertest(shop.url).get('/pricing').set('accept', 'text/html')
    const [{ status, detail }, pageAnswer] = await Promise.all([readiness(), page])
    expect([status, detail]).toEqual([503, expect.stringContaining('silent')])
    expect([pageAnswer.status, pageAnswer.headers['retry-after']]).toEqual([503, '5'])
    await supertest(shop.url).get('/healthz').expect(200)
    shop.proxy.join()
    await expectWrites()
  })

  it('not accepting connections: refused for now', async () => {
    const name = new URL(shop.databaseUrl).pathname.slice(1)
    const administrator = new pg.Client({ connectionString: new URL('/postgres', shop.databaseUrl).href })
    await administrator.connect()
    await administrator.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`)
    shop.proxy.cut()
    shop.proxy.join()
    await expect.poll(readiness).toMatchObject({ status: 503, code: 'database_unavailable' })
    await supertest(shop.url).get('/pricing').set('accept', 'text/html').expect(503)
    await administrator.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`)
    await administrator.end()
    await expectWrites()
  })
})

describe('searches', () => {
  it('sixty at once leave room for product pages, deliveries and /readyz', { timeout: 120_000 }, async () => {
    const { prisma } = shop.database
    const lamp = await prisma.product.findFirstOrThrow({
      where: { stock: { gte: 10 } },
      orderBy: { id: 'asc' },
    })
    await onServer((client) =>
      client.query(
        `INSERT INTO "Product" (slug, name, summary, description, image, category, "unitAmount", currency, "updatedAt")
         SELECT 'thing-' || i, 'Thing ' || i, 'A thing.', repeat('Long words about a thing. ', 60), '/assets/none.png',
           'things', 1000, 'usd', now()
         FROM generate_series(1, 4000) AS i`,
      ),
    )
    let answered = 0
    const searches = Array.from({ length: 60 }, (_none, index) =>
      supertest(shop.url)
        .get(`/pricing?q=nothing${index}+like+this`)
        .set('accept', 'text/html')
        .then((answer) => {
          answered += 1
          return answer
        }),
    )
    const all = Promise.all(searches)
    await expect.poll(() => answered).toBeGreaterThan(0)
    for (let turn = 0; turn < 5; turn++) {
      await supertest(shop.url).get(`/pricing/${lamp.id}`).expect(200)
      await deliver(shop, newEvent()).expect(200)
      await supertest(shop.url).get('/readyz').expect(200)
    }
    for (const { status, headers, text } of await all) {
      if (status === 200) continue
      expect([status, headers['retry-after']]).toEqual([503, '5'])
      expect(textOf(text)).toContain('We’re very busy right now')
    }
    await supertest(shop.url).get('/pricing?q=lamp').expect(200)
  })
})
