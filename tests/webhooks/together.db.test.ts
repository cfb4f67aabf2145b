// An event and its effects commit together, even when others change the same order at the same time.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import supertest from 'supertest'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HANDLERS } from '../../src/webhooks/dispatch.js'
import { lockOrder } from '../../src/payments/order-store.js'
import { deliver, openOrder, sessionEvent, type OpenOrder } from '../support/events.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, environment: { METRICS_TOKEN: 'a token for the tests' } })
})
afterAll(() => shop.close())

const orderOf = ({ id }: OpenOrder) =>
  shop.database.prisma.order.findUniqueOrThrow({
    where: { id },
    include: { refunds: true, purchases: true, attempts: true },
  })

/** Waits until the delivery's connection waits for a lock that another one holds. */
async function untilItWaits(): Promise<void> {
  await expect
    .poll(
      async () =>
        (
          await shop.database.pool.query(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          )
        ).rowCount,
      { interval: 20, timeout: 10_000 },
    )
    .toBeGreaterThan(0)
}

const customerEvent = (email: string) => ({
  id: `evt_${randomBytes(12).toString('hex')}`,
  object: 'event',
  api_version: '2026-10-28.endive',
  created: Math.floor(Date.now() / 1000),
  livemode: false,
  type: 'customer.created',
  data: { object: { id: 'cus_1', object: 'customer', email } },
})

describe('an order that changes while an event about it is handled', () => {
  let other: pg.Client
  beforeEach(async () => {
    other = new pg.Client(shop.databaseUrl)
    await other.connect()
    await other.query('BEGIN')
  })
  afterEach(() => other.end())

  it('keeps a concurrent change to its row', async () => {
    const order = await openOrder(shop)
    await other.query(`UPDATE "Order" SET incidents = '{Looked into by hand.}' WHERE id = $1`, [order.id])
    const answer = deliver(shop, sessionEvent(shop, order, 'checkout.session.completed')).then((it) => it)
    await untilItWaits()
    await other.query('COMMIT')
    expect((await answer).status).toBe(200)
    expect(await orderOf(order)).toMatchObject({
      status: 'paid',
      incidents: ['Looked into by hand.'],
      purchases: [{ purchaseSuccess: true }],
    })
  })

  it('keeps a concurrent change to its attempt', async () => {
    const order = await openOrder(shop)
    const later = new Date(Date.now() + 86_400_000)
    const answer = await shop.database.prisma.$transaction(
      async (tx) => {
        await lockOrder(tx, order.id)
        await tx.checkoutAttempt.update({ where: { id: order.attemptId }, data: { expiresAt: later } })
        const delivery = deliver(shop, sessionEvent(shop, order, 'checkout.session.completed'))
        const status = delivery.then(({ status }) => status)
        await untilItWaits()
        return { status }
      },
      { timeout: 20_000 },
    )
    expect(await answer.status).toBe(200)
    expect(await orderOf(order)).toMatchObject({ status: 'paid', attempts: [{ expiresAt: later }] })
  })

  it('gets a refund that is stored at the same moment', async () => {
    const order = await openOrder(shop)
    const intent = `pi_${randomBytes(12).toString('hex')}`
    const lock = `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`
    await other.query(lock, [intent])
    await other.query(
      `INSERT INTO "Refund" (id, "stripeRefundId", "paymentIntentId", amount, currency, status, "succeededAt")
       VALUES ($1, $1, $2, $3, $4, 'succeeded', now())`,
      [`re_${randomBytes(12).toString('hex')}`, intent, order.total, order.currency],
    )
    const event = sessionEvent(shop, order, 'checkout.session.completed', { payment_intent: intent })
    const answer = deliver(shop, event).then((it) => it)
    await untilItWaits()
    await other.query('COMMIT')
    expect((await answer).status).toBe(200)
    expect(await orderOf(order)).toMatchObject({ status: 'refunded', refunds: [{ amount: order.total }] })
  })
})

describe('events of one set', () => {
  afterEach(() => {
    delete HANDLERS['customer.created']
  })

  it('all but a failing one are handled; that one is retried later', async () => {
    HANDLERS['customer.created'] = () => {
      throw new Error('Nobody can read this one.')
    }
    const [first, second, third] = [await openOrder(shop), await openOrder(shop), await openOrder(shop)]
    const other = new pg.Client(shop.databaseUrl)
    await other.connect()
    await other.query('BEGIN')
    await other.query('SELECT FROM "Order" WHERE id = $1 FOR UPDATE', [first.id])
    const paid = (order: OpenOrder) => sessionEvent(shop, order, 'checkout.session.completed')
    const bad = customerEvent('grace@shopper.example')
    const send = (event: object) => deliver(shop, event).then(({ status }) => status)
    // The first event waits for its locked order while the others queue up.
    const held = send(paid(first))
    await untilItWaits()
    const gathered = [paid(second), bad, paid(third)].map(send)
    const metrics = async () =>
      (await supertest(shop.url).get('/metrics').set('authorization', 'Bearer a token for the tests')).text
    await expect.poll(metrics).toMatch(/^till_webhook_waiting 3$/m)
    await other.query('COMMIT')
    await other.end()
    expect(await Promise.all([held, ...gathered])).toEqual([200, 200, 500, 200])
    expect(await Promise.all([first, second, third].map(orderOf))).toMatchObject([
      { status: 'paid' },
      { status: 'paid' },
      { status: 'paid' },
    ])
    expect(await shop.database.prisma.stripeEvent.findUnique({ where: { id: bad.id } })).toMatchObject({
      outcome: 'unhandled',
      lastError: expect.stringContaining('Nobody can read this one.') as string,
    })
  })
})

describe('rows that a handler writes', () => {
  afterEach(() => {
    delete HANDLERS['customer.created']
  })

  const usersOf = (email: string) => shop.database.prisma.user.count({ where: { email } })

  it('are written once, however often the event is delivered', async () => {
    HANDLERS['customer.created'] = ({ object }) => ({
      kind: 'done',
      orderId: null,
      write: async (tx) => {
        await tx.user.create({
          data: { email: String(object['email']), name: 'Grace', passwordHash: 'none' },
        })
      },
    })
    const event = customerEvent(`${randomBytes(6).toString('hex')}@shopper.example`)
    for (let time = 0; time < 3; time++) await deliver(shop, event).expect(200)
    expect(await usersOf(event.data.object.email)).toBe(1)
  })

  it('are rolled back when the handler fails, and the event is retried', async () => {
    HANDLERS['customer.created'] = ({ object }) => ({
      kind: 'done',
      orderId: null,
      write: async (tx) => {
        await tx.user.create({
          data: { email: String(object['email']), name: 'Grace', passwordHash: 'none' },
        })
        throw new Error('The other half is missing.')
      },
    })
    const event = customerEvent(`${randomBytes(6).toString('hex')}@shopper.example`)
    await deliver(shop, event).expect(500)
    expect(await usersOf(event.data.object.email)).toBe(0)
    expect(
      await shop.database.prisma.stripeEvent.findUniqueOrThrow({ where: { id: event.id } }),
    ).toMatchObject({
      outcome: 'unhandled',
      lastError: expect.stringContaining('The other half is missing.') as string,
    })
  })
})
