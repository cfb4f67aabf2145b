import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginAttempt } from '../../src/checkout/begin-attempt.js'
import { lockOrder } from '../../src/payments/order-store.js'
import { readSettings } from '../../src/settings/read-settings.js'
import { deliver, openOrder, sessionEvent, type OpenOrder } from '../support/events.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, environment: { OPERATOR_EMAIL: 'operator@till.example' } })
})
afterAll(() => shop.close())

/** The state of an order and its rows. */
async function resultOf(order: OpenOrder) {
  const { prisma } = shop.database
  const [row, purchases, mails, product] = await Promise.all([
    prisma.order.findUniqueOrThrow({ where: { id: order.id }, include: { attempts: true } }),
    prisma.purchaseHistory.findMany({ where: { orderId: order.id } }),
    prisma.mail.findMany({ where: { orderId: order.id }, orderBy: { id: 'asc' } }),
    prisma.product.findUniqueOrThrow({ where: { id: order.productId } }),
  ])
  return {
    status: row.status,
    amountPaid: row.amountPaid,
    needsAttention: row.needsAttention,
    stockHeld: row.stockHeld,
    attempts: row.attempts.map((attempt) => attempt.status),
    purchases: purchases.map((purchase) => purchase.purchaseSuccess),
    mails: mails.map((mail) => mail.kind).sort(),
    stock: product.stock,
  }
}

const incidentsOf = async ({ id }: OpenOrder) =>
  (await shop.database.prisma.incident.findMany({ where: { orderId: id } })).map(({ kind }) => kind)

const stored = (id: string) => shop.database.prisma.stripeEvent.findUnique({ where: { id } })

describe('a signed event settles its order', () => {
  it.each(['/stripe/webhook', '/api/payments/webhook', '/stripe/webhook/'])(
    'a completed session pays the order, by %s',
    async (path) => {
      const order = await openOrder(shop)
      const event = sessionEvent(shop, order, 'checkout.session.completed')
      await deliver(shop, event, { path }).expect(200, { received: true })
      expect(await resultOf(order)).toMatchObject({
        status: 'paid',
        amountPaid: order.total,
        needsAttention: null,
        stockHeld: true,
        attempts: ['paid'],
        purchases: [true],
        mails: ['purchase_succeeded'],
      })
      expect(await stored(event.id)).toMatchObject({
        outcome: 'done',
        orderId: order.id,
        attempts: 1,
        lastError: null,
      })
    },
  )

  it('a completed but unpaid session is processing until the money arrives', async () => {
    const order = await openOrder(shop)
    await deliver(
      shop,
      sessionEvent(shop, order, 'checkout.session.completed', { payment_status: 'unpaid' }),
    ).expect(200)
    expect(await resultOf(order)).toMatchObject({
      status: 'processing',
      purchases: [],
      mails: ['payment_on_its_way'],
    })
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.async_payment_succeeded')).expect(200)
    expect(await resultOf(order)).toMatchObject({
      status: 'paid',
      purchases: [true],
      mails: ['payment_on_its_way', 'purchase_succeeded'],
    })
  })

  it('a debit that fails makes the order failed and returns its units', async () => {
    const order = await openOrder(shop, 2)
    const { stock } = await resultOf(order)
    await deliver(
      shop,
      sessionEvent(shop, order, 'checkout.session.completed', { payment_status: 'unpaid' }),
    ).expect(200)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.async_payment_failed')).expect(200)
    expect(await resultOf(order)).toMatchObject({
      status: 'failed',
      purchases: [false],
      mails: ['payment_on_its_way', 'purchase_failed'],
      stockHeld: false,
      stock: (stock ?? 0) + 2,
    })
  })

  it('an expired session returns the units once, without a mail', async () => {
    const order = await openOrder(shop, 3)
    const { stock } = await resultOf(order)
    for (let time = 0; time < 2; time++) {
      await deliver(shop, sessionEvent(shop, order, 'checkout.session.expired')).expect(200)
    }
    expect(await resultOf(order)).toMatchObject({
      status: 'expired',
      purchases: [],
      mails: [],
      stockHeld: false,
      stock: (stock ?? 0) + 3,
    })
  })

  it('late events do not undo a later state', async () => {
    const order = await openOrder(shop)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.async_payment_succeeded')).expect(200)
    const settled = await resultOf(order)
    await deliver(
      shop,
      sessionEvent(shop, order, 'checkout.session.completed', { payment_status: 'unpaid' }),
    ).expect(200)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.expired')).expect(200)
    // The "on its way" mail is outdated, so it is not sent.
    const mails = ['payment_on_its_way', 'purchase_succeeded']
    expect(await resultOf(order)).toEqual({ ...settled, mails })
    const late = { orderId: order.id, kind: 'payment_on_its_way' } as const
    await expect
      .poll(() => shop.database.prisma.mail.findFirst({ where: late }))
      .toMatchObject({ outdated: true, sentAt: null })
  })

  it('a payment for an order whose attempt row was lost still pays it', async () => {
    const order = await openOrder(shop)
    await shop.database.prisma.checkoutAttempt.deleteMany({ where: { orderId: order.id } })
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed')).expect(200)
    expect(await resultOf(order)).toMatchObject({ status: 'paid', attempts: ['paid'], purchases: [true] })
  })

  it('a payment after the units were returned takes them again', async () => {
    const order = await openOrder(shop)
    const { stock } = await resultOf(order)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.expired')).expect(200)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed')).expect(200)
    expect(await resultOf(order)).toMatchObject({
      status: 'paid',
      stockHeld: true,
      stock,
      needsAttention: null,
    })
  })

  it('a payment after the units sold out needs attention', async () => {
    const order = await openOrder(shop)
    const { prisma } = shop.database
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.expired')).expect(200)
    const { stock } = await prisma.product.findUniqueOrThrow({ where: { id: order.productId } })
    await prisma.product.update({ where: { id: order.productId }, data: { stock: 0 } })
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed')).expect(200)
    const result = await resultOf(order)
    await prisma.product.update({ where: { id: order.productId }, data: { stock } })
    expect(result).toMatchObject({ status: 'paid', stockHeld: false, stock: 0, purchases: [true] })
    expect(result.needsAttention).toMatch(/sold out now/)
    expect(result.mails).toEqual(['purchase_succeeded'])
    expect(await incidentsOf(order)).toEqual(['sold_out'])
  })

  it('units that a later attempt takes for a short order go back when that attempt expires', async () => {
    const order = await openOrder(shop)
    const { prisma } = shop.database
    const product = { id: order.productId }
    const { stock } = await prisma.product.findUniqueOrThrow({ where: product })
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.expired')).expect(200)
    await prisma.product.update({ where: product, data: { stock: 0 } })
    const processing = { payment_status: 'unpaid' }
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed', processing)).expect(200)
    const short = await resultOf(order)
    await prisma.product.update({ where: product, data: { stock } })
    expect(short).toMatchObject({ status: 'processing', stockHeld: false })
    expect(short.needsAttention).toMatch(/sold out now/)

    await deliver(shop, sessionEvent(shop, order, 'checkout.session.async_payment_failed')).expect(200)
    const later = { ...order, sessionId: `${order.sessionId}_later`, attemptId: `${order.attemptId}_later` }
    await prisma.$transaction(async (tx) => {
      const facts = await lockOrder(tx, order.id)
      const { id } = await beginAttempt(tx, facts, await readSettings(tx), null)
      const data = { id: later.attemptId, status: 'open', stripeSessionId: later.sessionId } as const
      await tx.checkoutAttempt.update({ where: { id }, data })
    })
    expect(await resultOf(order)).toMatchObject({ stockHeld: true, stock: (stock ?? 0) - 1 })
    await deliver(shop, sessionEvent(shop, later, 'checkout.session.expired')).expect(200)
    expect(await resultOf(order)).toMatchObject({ status: 'failed', stockHeld: false, stock })
  })
})

describe('repeated and concurrent events', () => {
  it('payloads are stored byte for byte, also in a set of many', async () => {
    const orders = await Promise.all(Array.from({ length: 5 }, () => openOrder(shop)))
    const texts = orders.map((order) => {
      const event = sessionEvent(shop, order, 'checkout.session.completed')
      // What re-serializing would change: number formats, escapes, white space.
      return JSON.stringify(event, null, 2).replace(
        '{',
        '{ "weight": 1.50e0, "name": "Jos\\u00e9 \\/ José 🧵",',
      )
    })
    await Promise.all(texts.map((text) => deliver(shop, text).expect(200)))
    for (const text of texts) {
      const { id } = JSON.parse(text) as { id: string }
      expect(await stored(id)).toMatchObject({ outcome: 'done', payload: text })
    }
  })

  it('twenty simultaneous deliveries of one event make one row, one purchase and one mail', async () => {
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.completed')
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(shop, event)))
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200))
    expect(await resultOf(order)).toMatchObject({
      status: 'paid',
      purchases: [true],
      mails: ['purchase_succeeded'],
    })
    expect(await stored(event.id)).toMatchObject({ attempts: 1 })
  })

  it('twenty simultaneous events about the same payment make one purchase and one mail', async () => {
    const order = await openOrder(shop)
    const events = Array.from({ length: 20 }, (_, index) =>
      sessionEvent(
        shop,
        order,
        index % 2 ? 'checkout.session.completed' : 'checkout.session.async_payment_succeeded',
      ),
    )
    const answers = await Promise.all(events.map((event) => deliver(shop, event)))
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200))
    expect(await resultOf(order)).toMatchObject({
      status: 'paid',
      purchases: [true],
      mails: ['purchase_succeeded'],
    })
  })

  it('two paid sessions of one order are both recorded, and an incident tells the operator', async () => {
    const order = await openOrder(shop)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed')).expect(200)
    const second = { ...order, sessionId: `${order.sessionId}2`, attemptId: 'another' }
    const event = sessionEvent(shop, second, 'checkout.session.completed')
    await deliver(shop, event).expect(200)
    const result = await resultOf(order)
    expect(result).toMatchObject({ status: 'paid', purchases: [true, true], attempts: ['paid', 'paid'] })
    expect(result.amountPaid).toBe(2 * order.total)
    expect(result.needsAttention).toMatch(/^Paid twice/)
    expect(await stored(event.id)).toMatchObject({ outcome: 'done', orderId: order.id })
    expect(await incidentsOf(order)).toEqual(['paid_twice'])
  })
})

describe('a signed event that settles nothing is recorded and answered with 200', () => {
  it.each([
    ['another amount', { amount_total: 1 }, /is over 1 /],
    ['another currency', { currency: 'nok' }, / nok, the order over/],
    ['no amount', { amount_total: null }, /is over null/],
  ])('a session with %s is quarantined', async (_what, change, reason) => {
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.completed', change)
    await deliver(shop, event).expect(200)
    const result = await resultOf(order)
    expect(result).toMatchObject({ status: 'pending', purchases: [], mails: [] })
    expect(await incidentsOf(order)).toEqual(['payment_mismatch'])
    expect(result.needsAttention).toMatch(reason)
    expect(await stored(event.id)).toMatchObject({ outcome: 'quarantined', orderId: order.id })
  })

  it('a session with an invalid field is quarantined, and the detail names the field', async () => {
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.completed', { payment_status: undefined })
    await deliver(shop, event).expect(200)
    expect(await stored(event.id)).toMatchObject({
      outcome: 'quarantined',
      detail: expect.stringContaining('payment_status') as string,
    })
    expect((await resultOf(order)).status).toBe('pending')
  })

  it('a session with our app id but no order of ours is quarantined', async () => {
    const order = await openOrder(shop)
    const event = sessionEvent(
      shop,
      { ...order, key: 'ord_none', sessionId: 'cs_none' },
      'checkout.session.completed',
    )
    await deliver(shop, event).expect(200)
    expect(await stored(event.id)).toMatchObject({ outcome: 'quarantined', orderId: null })
  })

  it.each([
    ['another app', { metadata: { app: 'other', order_key: 'x' } }],
    ['no metadata', { metadata: null, client_reference_id: null }],
  ])('a session with %s is not ours', async (_what, change) => {
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.completed', change)
    await deliver(shop, event).expect(200)
    expect(await stored(event.id)).toMatchObject({ outcome: 'not_ours' })
    expect((await resultOf(order)).status).toBe('pending')
  })

  it('a live event in test mode is ignored', async () => {
    const order = await openOrder(shop)
    const event = { ...sessionEvent(shop, order, 'checkout.session.completed'), livemode: true }
    await deliver(shop, event).expect(200)
    expect(await stored(event.id)).toMatchObject({ outcome: 'ignored' })
    expect((await resultOf(order)).status).toBe('pending')
  })

  it.each(['payment_intent.succeeded', 'some.event.of.2031', 'constructor', '__proto__'])(
    'an event of type %s is ignored',
    async (type) => {
      const order = await openOrder(shop)
      const event = { ...sessionEvent(shop, order, 'checkout.session.completed'), type }
      await deliver(shop, event).expect(200)
      expect(await stored(event.id)).toMatchObject({ outcome: 'ignored', type })
      expect((await resultOf(order)).status).toBe('pending')
    },
  )
})

describe('a request without a valid signature or event is refused, and nothing is stored', () => {
  async function refused(test: supertest.Test, status: number, code: string) {
    const before = await shop.database.prisma.stripeEvent.count()
    const { body } = await test.expect(status).expect('content-type', /problem\+json/)
    expect(body).toMatchObject({ status, code })
    expect(body).not.toHaveProperty('stack')
    expect(await shop.database.prisma.stripeEvent.count()).toBe(before)
  }
  const post = () => supertest(shop.url).post('/stripe/webhook').set('content-type', 'application/json')

  it('no signature', () => refused(post().send('{}'), 400, 'signature_missing'))
  it('no body', () => refused(post().set('stripe-signature', 't=1,v1=00'), 400, 'empty_body'))
  it('a malformed signature', () =>
    refused(post().set('stripe-signature', 'nonsense').send('{}'), 400, 'signature_invalid'))

  it('a signature with another secret', async () => {
    const event = sessionEvent(shop, await openOrder(shop), 'checkout.session.completed')
    await refused(deliver(shop, event, { secret: 'whsec_of_somebody_else' }), 400, 'signature_invalid')
  })

  it('a body that was re-serialized after signing', async () => {
    const event = sessionEvent(shop, await openOrder(shop), 'checkout.session.completed')
    await refused(deliver(shop, event).send(JSON.stringify(event)), 400, 'signature_invalid')
  })

  it('a replayed delivery that is too old', async () => {
    const event = sessionEvent(shop, await openOrder(shop), 'checkout.session.completed')
    const timestamp = Math.floor(Date.now() / 1000) - 301
    await refused(deliver(shop, event, { timestamp }), 400, 'signature_too_old')
  })

  it('a delivery dated in the future', async () => {
    const event = sessionEvent(shop, await openOrder(shop), 'checkout.session.completed')
    const timestamp = Math.floor(Date.now() / 1000) + 400
    await refused(deliver(shop, event, { timestamp }), 400, 'signature_from_future')
  })

  it('a signed body that is not an event', () =>
    refused(deliver(shop, { object: 'v2.core.event', id: 'evt_1' }), 400, 'not_an_event'))
  it('10 MB', () => refused(post().send('x'.repeat(10_000_000)), 413, 'body_too_large'))
  it('compressed', () =>
    refused(post().set('content-encoding', 'gzip').send('x'), 415, 'unsupported_encoding'))
  it('GET', () => refused(supertest(shop.url).get('/stripe/webhook'), 405, 'method_not_allowed'))
})

describe('a temporary fault', () => {
  it('is answered with 500 and Retry-After, stored with its error, and settled by a retry', async () => {
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.completed')
    const { pool } = shop.database
    await pool.query(`ALTER TABLE "PurchaseHistory" RENAME TO "PurchaseHistoryAway"`)
    try {
      const { body, headers } = await deliver(shop, event).expect(500)
      expect(body).toMatchObject({ code: 'event_not_handled' })
      expect(headers['retry-after']).toBe('30')
    } finally {
      await pool.query(`ALTER TABLE "PurchaseHistoryAway" RENAME TO "PurchaseHistory"`)
    }
    // The effects are rolled back, but the event is kept.
    expect(await resultOf(order)).toMatchObject({
      status: 'pending',
      purchases: [],
      mails: [],
      attempts: ['open'],
    })
    const kept = await stored(event.id)
    expect(kept).toMatchObject({ outcome: 'unhandled', handledAt: null, attempts: 1 })
    expect(kept?.lastError).toContain('PurchaseHistory')
    expect(kept?.retryAt).not.toBeNull()

    await shop.database.prisma.stripeEvent.update({ where: { id: event.id }, data: { retryAt: new Date() } })
    await expect.poll(async () => (await stored(event.id))?.outcome).toBe('done')
    expect(await resultOf(order)).toMatchObject({
      status: 'paid',
      purchases: [true],
      mails: ['purchase_succeeded'],
    })
    expect(await stored(event.id)).toMatchObject({ attempts: 2, lastError: null, retryAt: null })
  })
})
