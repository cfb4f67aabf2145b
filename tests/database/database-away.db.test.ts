import supertest from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { newShopper, textOf } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())
afterEach(() => shop.proxy.join())

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
