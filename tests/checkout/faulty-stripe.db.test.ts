// A shop whose Stripe answers badly, or has another time: the shopper is told what to do, and nothing is asked without end.
import { hostname } from 'node:os'
import supertest from 'supertest'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newOrderKey } from '../../src/orders/order-key.js'
import {
  answerWith,
  hang,
  NO_ANSWERS,
  openFaultyStripe,
  type FaultyStripe,
} from '../support/faulty-stripe.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { payByCard } from '../support/pay-page.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let stripe: FaultyStripe
let shop: TestShop
beforeAll(async () => {
  stripe = await openFaultyStripe()
  await restart()
})
const restart = async () => {
  shop = await startTestShop({ environment: { STRIPE_API_BASE: stripe.url } })
  stripe.target = new URL(shop.sandbox?.url ?? '')
}
beforeEach(() => {
  stripe.calls.length = 0
})
afterEach(() => {
  stripe.fault = null
  stripe.clockOffset = 0
  stripe.rewrite = (body) => body
})
afterAll(async () => {
  await shop.close()
  await stripe.close()
})

const productOf = (slug: string) => shop.database.prisma.product.findUniqueOrThrow({ where: { slug } })
const purchase = (shopper: Shopper, productId: number, quantity = 1) =>
  shopper
    .post(`/checkout/${productId}`)
    .type('form')
    .send({ quantity: String(quantity) })
/** Without those of the background. */
const callsOfClick = () => stripe.calls.filter((call) => call.includes('/v1/checkout/sessions')).length
const creations = () => stripe.calls.filter((call) => call === 'POST /v1/checkout/sessions').length

describe('an answer that is none', () => {
  it.each(['an HTML page', 'an empty object', 'a redirect', 'too many requests', 'broken JSON'])(
    '%s: the shopper is told to try again, and then gets one session',
    async (what) => {
      const mug = await productOf('stoneware-mug')
      const { shopper, email } = await newShopper(shop.url)
      stripe.fault = () => NO_ANSWERS[what] ?? null
      const page = await purchase(shopper, mug.id).set('accept', 'text/html').expect(503)
      expect(textOf(page.text)).toContain('Nothing was charged and your order is saved. Please try again')
      expect(page.headers['retry-after']).toBe('30')
      const json = await purchase(shopper, mug.id).set('accept', 'application/json').expect(503)
      expect(json.body).toMatchObject({ code: 'stripe_unavailable' })
      stripe.fault = null
      await purchase(shopper, mug.id).expect(303)
      const orders = await shop.database.prisma.order.findMany({
        where: { email },
        include: { attempts: true },
      })
      expect(orders).toMatchObject([{ attempts: [{ status: 'open' }] }])
    },
  )

  it('about a session that was paid: the success page is shown without it', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper } = await newShopper(shop.url)
    const { headers } = await purchase(shopper, mug.id).expect(303)
    const session = /cs_test_\w+/.exec(String(headers['location']))?.[0]
    stripe.fault = () => NO_ANSWERS['another object'] ?? null
    const page = await shopper.get(`/payment-success/${mug.id}?session_id=${session}`).expect(200)
    expect(textOf(page.text)).toContain('We’re confirming your payment')
  })
})

describe('whatever our rows say, a click calls Stripe a handful of times', () => {
  it('when every session that Stripe opens seems to end at once', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper } = await newShopper(shop.url)
    // A shopper with an order to pay: this one is read again before its session is opened.
    await purchase(shopper, (await productOf('grid-notebook')).id).expect(303)
    stripe.calls.length = 0
    // As in a database that takes times for those of another zone.
    await shop.database.pool.query(`
      CREATE FUNCTION shift() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN UPDATE "CheckoutAttempt" SET "expiresAt" = "expiresAt" - interval '1 hour' WHERE id = NEW.id; RETURN NULL; END $$;
      CREATE TRIGGER shift AFTER INSERT ON "CheckoutAttempt" FOR EACH ROW EXECUTE FUNCTION shift()`)
    const { body } = await purchase(shopper, mug.id).set('accept', 'application/json')
    await shop.database.pool.query('DROP FUNCTION shift CASCADE')
    expect(body).toMatchObject({ status: 503, code: 'checkout_busy' })
    expect(creations()).toBe(2)
    expect(callsOfClick()).toBeLessThanOrEqual(4)
  })

  it('when a shopper has ten open orders of the same: the next click closes the rest', async () => {
    const { prisma } = shop.database
    const { id: productId, name, unitAmount, currency } = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    const { id: userId } = await prisma.user.findUniqueOrThrow({ where: { email } })
    for (let number = 0; number < 10; number++)
      await prisma.order.create({
        data: {
          key: newOrderKey(),
          userId,
          email,
          currency,
          total: unitAmount * 3,
          items: { create: { productId, name, unitAmount, quantity: 3 } },
          attempts: {
            create: {
              number: 1,
              status: 'open',
              stripeSessionId: `cs_test_old${number}`,
              url: 'https://checkout.stripe.com/old',
              expiresAt: new Date(Date.now() + 1_800_000),
            },
          },
        },
      })
    const statuses: number[] = []
    for (let click = 0; click < 4 && statuses.at(-1) !== 303; click++) {
      stripe.calls.length = 0
      statuses.push((await purchase(shopper, productId)).status)
      expect(callsOfClick()).toBeLessThanOrEqual(8)
    }
    expect(statuses).toEqual([503, 303])
    expect(await prisma.order.count({ where: { email, status: 'pending' } })).toBe(1)
  })

  it('when Stripe refuses every expiry', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper } = await newShopper(shop.url)
    const error = { type: 'invalid_request_error', message: 'Too near', param: 'expires_at' }
    stripe.fault = () => answerWith(400, JSON.stringify({ error }))
    await purchase(shopper, mug.id).set('accept', 'application/json').expect(502)
    expect(callsOfClick()).toBeLessThanOrEqual(3)
  })

  it('when Stripe is still busy with an earlier request', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    const error = { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'In use' }
    // Not those of the background loops for earlier orders.
    let calls = 0
    stripe.fault = (_method, _path, fields) => {
      if ([fields.get('email'), fields.get('customer_email')].includes(email)) calls++
      return answerWith(409, JSON.stringify({ error }))
    }
    const { body } = await purchase(shopper, mug.id).set('accept', 'application/json').expect(503)
    expect(body).toMatchObject({ code: 'checkout_busy' })
    expect(calls).toBeGreaterThanOrEqual(6)
    expect(calls).toBeLessThanOrEqual(8)
  }, 60_000)

  it('when Stripe is still busy with a first request for the shopper’s customer: they buy without one', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    const error = { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'In use' }
    stripe.fault = (_method, path) =>
      path === '/v1/customers' ? answerWith(409, JSON.stringify({ error })) : null
    const incidents = () => shop.database.prisma.incident.count()
    const before = await incidents()
    await purchase(shopper, mug.id).expect(303)
    const attempts = await shop.database.prisma.checkoutAttempt.findMany({ where: { order: { email } } })
    expect(attempts).toMatchObject([{ status: 'open', customerId: null }])
    expect(await incidents()).toBe(before)
  }, 60_000)
})

describe('Stripe’s clock', () => {
  /** Refuses an `expires_at` as Stripe does, by the clock of its Date header. */
  const strict = () => {
    stripe.fault = (method, path, body) => {
      const seconds = Number(body.get('expires_at')) - Date.now() / 1000 - stripe.clockOffset
      if (method !== 'POST' || path !== '/v1/checkout/sessions' || (seconds >= 1799 && seconds <= 86_400))
        return null
      const error = { type: 'invalid_request_error', message: 'Too near', param: 'expires_at' }
      return answerWith(400, JSON.stringify({ error }))
    }
  }

  it('90 seconds ahead of ours: the first purchase succeeds, with one more call', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper } = await newShopper(shop.url)
    stripe.clockOffset = 90
    // The local Stripe has our time, and checks its own limits.
    strict()
    const url = String((await purchase(shopper, mug.id).expect(303)).headers['location'])
    expect(creations()).toBeLessThanOrEqual(2)
    stripe.fault = null
    await payByCard(url)
    await expect
      .poll(async () => (await shopper.get('/api/orders')).body as unknown)
      .toMatchObject({
        orders: [{ status: 'paid' }],
      })
  })

  it('ten minutes behind ours: the shop sells and says so, until it is right again', async () => {
    await shop.close()
    await restart()
    const mug = await productOf('stoneware-mug')
    const { shopper } = await newShopper(shop.url)
    const ready = async () => (await supertest(shop.url).get('/readyz').expect(200)).body as unknown
    const incidents = () =>
      shop.database.prisma.incident.findMany({ where: { kind: 'clock_skew' }, orderBy: { id: 'asc' } })
    expect(await ready()).toEqual({ status: 'ready' })
    stripe.clockOffset = -600
    await purchase(shopper, mug.id).expect(303)
    await purchase(shopper, mug.id, 2).expect(303)
    expect(await ready()).toMatchObject({
      status: 'degraded',
      problems: [
        expect.stringMatching(/clock of this machine is about (599|600|601) seconds fast/) as string,
      ],
    })
    await expect.poll(async () => (await incidents()).length).toBe(1)
    expect(await incidents()).toMatchObject([{ subject: hostname(), resolvedAt: null }])

    // Stripe signs by its own clock, and that is accepted as well as ours. Neither opens the time between or beyond.
    const order = await openOrder(shop)
    const event = () => sessionEvent(shop, order, 'checkout.session.expired')
    const now = Math.floor(Date.now() / 1000)
    for (const timestamp of [now, now - 600, now - 890])
      await deliver(shop, event(), { timestamp }).expect(200)
    for (const timestamp of [now - 920, now + 310]) await deliver(shop, event(), { timestamp }).expect(400)

    stripe.clockOffset = 0
    for (const quantity of [3, 4, 5]) await purchase(shopper, mug.id, quantity).expect(303)
    expect(await ready()).toEqual({ status: 'ready' })
    await expect.poll(incidents).toMatchObject([{ resolvedBy: 'automatic' }])
  })
})

describe('stopping while Stripe hangs', () => {
  it('answers the shopper, who later gets the same session', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper } = await newShopper(shop.url)
    stripe.fault = (_method, path) => (path === '/v1/checkout/sessions' ? hang : null)
    const waiting = purchase(shopper, mug.id).set('accept', 'text/html')
    const answered = waiting.then(({ status, text }) => ({ status, text: textOf(text) }))
    await expect.poll(creations).toBe(1)
    await shop.close()
    expect(await answered).toMatchObject({
      status: 503,
      text: expect.stringContaining('Please try again') as string,
    })
    stripe.fault = null
    await restart()
  }, 30_000)
})
