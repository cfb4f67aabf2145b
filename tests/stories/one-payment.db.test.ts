// An order is payable in one place only, even when Stripe's responses are lost.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expireAbandonedOrders } from '../../src/background/abandoned-orders.js'
import { settleOverdueAttempts } from '../../src/background/overdue-attempts.js'
import { depsOf } from '../reliability/crowd.js'
import { payByCard, sessionOf } from '../support/pay-page.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())

const productOf = (slug: string) => shop.database.prisma.product.findUniqueOrThrow({ where: { slug } })

const purchase = (shopper: Shopper, productId: number, quantity: number) =>
  shopper
    .post(`/checkout/${productId}`)
    .type('form')
    .send({ quantity: String(quantity) })

/** @returns URL of Stripe's page */
async function purchased(shopper: Shopper, productId: number, quantity: number): Promise<string> {
  return String((await purchase(shopper, productId, quantity).expect(303)).headers['location'])
}

const orderByJson = (shopper: Shopper, product_id: number, quantity: number) =>
  shopper.post('/api/orders').send({ items: [{ product_id, quantity }] })

const ordersOf = (email: string) =>
  shop.database.prisma.order.findMany({
    where: { email },
    include: { attempts: true },
    orderBy: { id: 'asc' },
  })

const atStripe = (sessionId: string) => shop.stripe.checkout.sessions.retrieve(sessionId)

async function openAtStripe(email: string): Promise<string[]> {
  const { data } = await shop.stripe.checkout.sessions.list({ status: 'open', limit: 100 })
  return data.filter((session) => session.metadata?.['user_email'] === email).map(({ id }) => id)
}

describe('an order replaced by a newer one', () => {
  it('can still be paid, and closes the newer one', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    const first = sessionOf(await purchased(shopper, mug.id, 1))
    const second = sessionOf(await purchased(shopper, mug.id, 2))
    expect(await openAtStripe(email)).toEqual([second])
    const [older] = await ordersOf(email)
    expect(older?.status).toBe('expired')

    const { headers } = await shopper.post(`/orders/${older?.key}/pay`).expect(303)
    const third = String(headers['location'])
    expect(await openAtStripe(email)).toEqual([sessionOf(third)])
    expect((await atStripe(first)).status).toBe('expired')
    expect((await ordersOf(email)).map(({ status }) => status)).toEqual(['pending', 'expired'])
    expect((await productOf('stoneware-mug')).stock).toBe((mug.stock ?? 0) - 1)
    await payByCard(third)
    await shop.sandbox?.idle()
    expect((await ordersOf(email)).map(({ status }) => status)).toEqual(['paid', 'expired'])
  })

  it('cannot be paid if the newer one was paid in the meantime', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await purchased(shopper, mug.id, 1)
    const url = await purchased(shopper, mug.id, 2)
    const [older, newer] = await ordersOf(email)
    const { data: endpoints } = await shop.stripe.webhookEndpoints.list()
    const disable = (disabled: boolean) =>
      Promise.all(endpoints.map(({ id }) => shop.stripe.webhookEndpoints.update(id, { disabled })))
    await disable(true)
    try {
      await payByCard(url)
      const { text } = await shopper.post(`/orders/${older?.key}/pay`).set('accept', 'text/html').expect(409)
      expect(textOf(text)).toContain('You’ve just paid for this')
      expect(text).toContain(`href="/orders/${newer?.key}"`)
    } finally {
      await disable(false)
    }
    expect(await openAtStripe(email)).toEqual([])
    expect((await ordersOf(email)).map(({ status }) => status)).toEqual(['expired', 'paid'])
  })
})

describe('an order whose product changed its price', () => {
  const withPrice = async (product: { id: number; unitAmount: number }, work: () => Promise<void>) => {
    const setPrice = (unitAmount: number) =>
      shop.database.prisma.product.update({ where: { id: product.id }, data: { unitAmount } })
    await setPrice(product.unitAmount + 300)
    await work().finally(() => setPrice(product.unitAmount))
  }

  it('cannot be paid once its session has expired: the page shows both prices', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    const url = await purchased(shopper, mug.id, 2)
    const [order] = await ordersOf(email)
    await withPrice(mug, async () => {
      const payPage = () => shopper.post(`/orders/${order?.key}/pay`).set('accept', 'text/html')
      // An open session keeps its price.
      expect((await payPage().expect(303)).headers['location']).toBe(url)
      await shop.stripe.checkout.sessions.expire(sessionOf(url))
      await shop.sandbox?.idle()
      const { text } = await payPage().expect(409)
      expect(textOf(text)).toContain(
        '“Stoneware mug” was $28.00 when you ordered it and is $31.00 now. Nothing was charged',
      )
      expect(text).toContain(`href="/pricing/${mug.id}"`)
      const json = await shopper.post('/api/payments/create-session').send({ order_id: order?.key })
      expect(json.body).toMatchObject({ status: 409, code: 'price_changed' })
      expect(await openAtStripe(email)).toEqual([])
      expect((await productOf('stoneware-mug')).stock).toBe(mug.stock)
    })
    // At the original price, the order can be paid again.
    await shopper.post(`/orders/${order?.key}/pay`).expect(303)
  })

  it('links to the cart if the order came from there', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await shopper.post('/cart/items').type('form').send({ product_id: mug.id }).expect(303)
    const { headers } = await shopper.post('/checkout').expect(303)
    await shop.stripe.checkout.sessions.expire(sessionOf(String(headers['location'])))
    await shop.sandbox?.idle()
    const [order] = await ordersOf(email)
    await withPrice(mug, async () => {
      const { text } = await shopper.post(`/orders/${order?.key}/pay`).set('accept', 'text/html').expect(409)
      expect(textOf(text)).toContain('The price has changed')
      expect(text).toContain('View your cart')
    })
  })
})

describe('an order that was never sent to Stripe', () => {
  it('expires after a day, and can still be paid', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await orderByJson(shopper, mug.id, 1).expect(201)
    const tray = await productOf('oak-desk-tray')
    await purchased(shopper, tray.id, 1)
    const age = (hours: number) =>
      shop.database.prisma.order.updateMany({
        where: { email },
        data: { updatedAt: new Date(Date.now() - hours * 3_600_000) },
      })
    const states = async () => (await ordersOf(email)).map(({ status }) => status)
    await age(23)
    await expireAbandonedOrders(shop.database.prisma)
    expect(await states()).toEqual(['pending', 'pending'])
    await age(25)
    await expireAbandonedOrders(shop.database.prisma)
    // The other order has an attempt; Stripe reports when it ends.
    expect(await states()).toEqual(['expired', 'pending'])
    const [order] = await ordersOf(email)
    await shopper.post(`/orders/${order?.key}/pay`).expect(303)
    expect(await states()).toEqual(['pending', 'pending'])
  })
})

describe('a session whose creation response was lost', () => {
  it('is closed when its shopper orders another quantity', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    const lost = sessionOf(await purchased(shopper, mug.id, 1))
    // As after a crash before our row was written, or a lost response.
    await shop.database.prisma.checkoutAttempt.updateMany({
      where: { stripeSessionId: lost },
      data: { status: 'preparing', stripeSessionId: null, url: null },
    })
    const kept = sessionOf(await purchased(shopper, mug.id, 2))
    expect((await atStripe(lost)).status).toBe('expired')
    expect(await openAtStripe(email)).toEqual([kept])
    expect((await ordersOf(email)).map(({ status }) => status)).toEqual(['expired', 'pending'])
    expect((await productOf('stoneware-mug')).stock).toBe((mug.stock ?? 0) - 2)
  })

  it('is recognized as paid by the next purchase, which is refused with `already_paid`', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    const url = await purchased(shopper, mug.id, 1)
    await payByCard(url)
    await shop.sandbox?.idle()
    const [order] = await ordersOf(email)
    await shop.database.prisma.purchaseHistory.deleteMany({ where: { orderId: order?.id ?? 0 } })
    await shop.database.prisma.mail.deleteMany({ where: { orderId: order?.id ?? 0 } })
    await shop.database.prisma.order.updateMany({
      where: { email },
      data: { status: 'pending', paidAt: null, amountPaid: null },
    })
    await shop.database.prisma.checkoutAttempt.updateMany({
      where: { stripeSessionId: sessionOf(url) },
      data: { status: 'preparing', stripeSessionId: null, paymentIntentId: null, url: null, paidAt: null },
    })
    expect((await purchase(shopper, mug.id, 2).set('accept', 'application/json')).body).toMatchObject({
      status: 409,
      code: 'already_paid',
    })
    expect(await ordersOf(email)).toMatchObject([{ status: 'paid' }])
    expect(await openAtStripe(email)).toEqual([])
  })
})

describe('a session unknown to Stripe', () => {
  it('is replaced and no longer checked', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    const known = sessionOf(await purchased(shopper, mug.id, 1))
    // As when the shop gets the keys of another Stripe account.
    const lose = (expiresAt: Date) =>
      shop.database.prisma.checkoutAttempt.updateMany({
        where: { order: { email }, status: 'open' },
        data: { stripeSessionId: `cs_test_gone${expiresAt.getTime()}`, expiresAt },
      })
    await lose(new Date(Date.now() + 30_000))
    const [order] = await ordersOf(email)
    const { headers } = await shopper.post(`/orders/${order?.key}/pay`).expect(303)
    expect((await openAtStripe(email)).toSorted()).toEqual(
      [known, sessionOf(String(headers['location']))].toSorted(),
    )
    await lose(new Date(0))
    await settleOverdueAttempts(depsOf(shop))
    expect((await ordersOf(email))[0]).toMatchObject({ status: 'expired', stockHeld: false })
    expect((await productOf('stoneware-mug')).stock).toBe(mug.stock)
  })
})

describe('a session whose amount differs from its order’s', () => {
  it('is expired before the shopper reaches it, and the order needs attention', async () => {
    const mug = await productOf('stoneware-mug')
    const price = await shop.stripe.prices.create({
      currency: mug.currency,
      unit_amount: mug.unitAmount + 100,
      product_data: { name: mug.name },
    })
    const link = (data: object) => shop.database.prisma.product.update({ where: { id: mug.id }, data })
    // A product row edited by hand: the linked price differs from our amount.
    await link({
      stripePriceId: price.id,
      stripePriceAmount: mug.unitAmount,
      stripePriceCurrency: mug.currency,
    })
    const { shopper, email } = await newShopper(shop.url)
    const { body } = await purchase(shopper, mug.id, 1).set('accept', 'application/json').expect(409)
    await link({ stripePriceId: null, stripePriceAmount: null, stripePriceCurrency: null })
    expect(body).toMatchObject({ code: 'order_under_review' })
    expect(await openAtStripe(email)).toEqual([])
    const [order] = await ordersOf(email)
    expect(order).toMatchObject({ stockHeld: false, attempts: [{ status: 'expired' }] })
    expect(order?.needsAttention).toMatch(/^Session cs_test_\w+ is over \d+ usd, the order over \d+ usd\.$/)
    expect((await productOf('stoneware-mug')).stock).toBe(mug.stock)
  })
})

describe('an order above Stripe’s maximum amount', () => {
  it('is refused by the API and on the page', async () => {
    const products = shop.database.prisma.product
    const mug = await productOf('stoneware-mug')
    await products.update({ where: { id: mug.id }, data: { unitAmount: 33_333_334 } })
    try {
      const { shopper, email } = await newShopper(shop.url)
      const { body } = await orderByJson(shopper, mug.id, 3)
        .expect(400)
        .expect('content-type', /problem\+json/)
      expect(body).toMatchObject({
        code: 'order_too_large',
        detail: expect.stringMatching(/too high/) as string,
      })
      const page = await purchase(shopper, mug.id, 3).set('accept', 'text/html').expect(400)
      expect(textOf(page.text)).toContain(
        'This total is too high for one payment. Choose a smaller quantity.',
      )
      expect(page.text).toContain(`href="/pricing/${mug.id}"`)
      expect(await ordersOf(email)).toEqual([])
      // One cent less per unit is the maximum, and is accepted.
      await products.update({ where: { id: mug.id }, data: { unitAmount: 33_333_333 } })
      expect((await atStripe(sessionOf(await purchased(shopper, mug.id, 3)))).amount_total).toBe(99_999_999)
    } finally {
      await products.update({ where: { id: mug.id }, data: { unitAmount: mug.unitAmount } })
    }
  })
})

/** Sends an endless request for the attempt's session, so that others with the same idempotency key must wait. */
async function askWithoutEnd(attemptId: string): Promise<() => void> {
  const { sandbox } = shop
  if (!sandbox) throw new Error('There is no Stripe to ask.')
  const asking = request(`${sandbox.url}/v1/checkout/sessions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${sandbox.secretKey}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': 1000,
      'idempotency-key': attemptId,
    },
  })
  asking.on('error', () => undefined)
  await new Promise<void>((sent) => asking.write('mode=', () => sent()))
  return () => asking.destroy()
}

describe('while another request for the session is in progress', () => {
  it('payment and new orders of the same items get 503, and succeed afterwards', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    const { body: order } = await orderByJson(shopper, mug.id, 1).expect(201)
    const key = String(order.order_id)
    const [row] = await ordersOf(email)
    const attempt = await shop.database.prisma.checkoutAttempt.create({
      data: { orderId: row?.id ?? 0, number: 1, expiresAt: new Date(Date.now() + 31 * 60_000) },
    })
    const end = await askWithoutEnd(attempt.id)
    try {
      const [payJson, payPage, orderJson, orderPage] = await Promise.all([
        shopper.post('/api/payments/create-session').send({ order_id: key }),
        shopper.post(`/orders/${key}/pay`).set('accept', 'text/html'),
        orderByJson(shopper, mug.id, 2),
        purchase(shopper, mug.id, 3).set('accept', 'text/html'),
      ])
      expect(payJson.body).toMatchObject({ status: 503, code: 'checkout_busy' })
      expect(textOf(payPage.text)).toContain(
        'Another checkout of this order is in progress. Nothing was charged.',
      )
      expect(payPage.text).toContain(`href="/orders/${key}">View your order`)
      expect(orderJson.body).toMatchObject({ status: 503, code: 'order_busy' })
      expect(textOf(orderPage.text)).toContain(
        'Another order of the same items is in progress. Nothing was charged.',
      )
      for (const answer of [payJson, payPage, orderJson, orderPage]) {
        expect(answer.status).toBe(503)
        expect(answer.headers['retry-after']).toBe('2')
      }
    } finally {
      end()
    }
    expect(await openAtStripe(email)).toEqual([])
    const session = sessionOf(await purchased(shopper, mug.id, 3))
    expect(await openAtStripe(email)).toEqual([session])
    expect((await ordersOf(email)).map(({ status }) => status)).toEqual(['expired', 'pending'])
  }, 60_000)
})
