// A shop on a database whose sessions begin with another time zone, date style, search path and isolation.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatDateTime } from '../../src/messages/format-date.js'
import { deliver, sessionEvent } from '../support/events.js'
import { sessionOf } from '../support/pay-page.js'
import { hasPgBouncer } from '../support/pgbouncer.js'
import { newShopper, PASSWORD, stranger, textOf } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

const places: [string, Record<string, string>, { pgbouncer?: Record<string, string> }][] = [
  ['Asia/Kolkata, German dates', { timezone: 'Asia/Kolkata', datestyle: 'German' }, {}],
  ['America/St_Johns, SQL dates', { timezone: 'America/St_Johns', datestyle: 'SQL, DMY' }, {}],
  [
    'Europe/Berlin, another schema, serializable',
    { timezone: 'Europe/Berlin', search_path: 'elsewhere', default_transaction_isolation: 'serializable' },
    {},
  ],
  ...(hasPgBouncer()
    ? ([
        [
          'Asia/Kolkata and German dates behind PgBouncer',
          { timezone: 'Asia/Kolkata', datestyle: 'German' },
          { pgbouncer: { default_pool_size: '3' } },
        ],
      ] satisfies typeof places)
    : []),
]

describe.each(places)('%s', (_place, databaseSettings, options) => {
  let shop: TestShop
  beforeAll(async () => {
    shop = await startTestShop({ databaseSettings, ...options })
  })
  afterAll(() => shop.close())

  it('a shopper signs in, buys and reads the right times', async () => {
    const { prisma } = shop.database
    const { email } = await newShopper(shop.url)
    const shopper = stranger(shop.url)
    await shopper.post('/login').type('form').send({ email, password: PASSWORD }).expect(303)

    const began = Date.now()
    const lamp = await prisma.product.findFirstOrThrow({ where: { currency: 'usd', stock: { gte: 10 } } })
    const { headers } = await shopper.post(`/checkout/${lamp.id}`).type('form').send({ quantity: '1' })
    expect(headers['location']).toContain('/c/pay/')
    const order = await prisma.order.findFirstOrThrow({ where: { email }, include: { attempts: true } })
    const [attempt] = order.attempts
    const session = await shop.stripe.checkout.sessions.retrieve(sessionOf(String(headers['location'])))
    expect(order.attempts).toHaveLength(1)
    expect(attempt?.expiresAt.getTime()).toBe(session.expires_at * 1000)

    const opened = {
      ...order,
      attemptId: attempt?.id ?? '',
      sessionId: session.id,
      productId: lamp.id,
      userId: order.userId ?? 0,
    }
    await deliver(shop, sessionEvent(shop, opened, 'checkout.session.completed')).expect(200)
    const paid = await prisma.order.findUniqueOrThrow({ where: { id: order.id } })
    expect(paid.status).toBe('paid')
    for (const time of [paid.createdAt, paid.paidAt ?? new Date(0)]) {
      expect(time.getTime()).toBeGreaterThan(began - 120_000)
      expect(time.getTime()).toBeLessThan(Date.now() + 120_000)
    }
    const page = await shopper.get(`/orders/${order.key}`).expect(200)
    expect(textOf(page.text)).toContain(formatDateTime(paid.createdAt).short)
    const list = await shopper.get('/account/purchases').expect(200)
    expect(list.text).toContain('datetime="')
  })

  it('an API order is created, and its session has its time', async () => {
    const { shopper } = await newShopper(shop.url)
    const lamp = await shop.database.prisma.product.findFirstOrThrow({ where: { stock: { gte: 10 } } })
    const { body, status } = await shopper
      .post('/api/orders')
      .send({ items: [{ product_id: lamp.id, quantity: 1 }] })
    expect(status, JSON.stringify(body)).toBe(201)
  })
})
