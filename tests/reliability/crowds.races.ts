// Many requests at once: each unit is sold once, and the tables agree afterwards.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { settleOverdueAttempts } from '../../src/background/overdue-attempts.js'
import { closeCheckout } from '../../src/checkout/close-checkout.js'
import { refundOrder } from '../../src/payments/refunds.js'
import { engine } from '../support/postgres/test-database.js'
import { deliver } from '../support/events.js'
import { payByCard, sessionOf } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import type { Shopper } from '../../bench/shoppers.js'
import { addVariedProduct } from '../support/variants.js'
import { click, counts, newProduct, depsOf, postJson, signedIn, stockOf, type Answer } from './crowd.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ environment: { OPERATOR_EMAIL: 'operator@till.example' } })
})
afterAll(() => shop.close())

const say = (line: string) => console.log(`${engine()}: ${line}`)
const times = <Result>(count: number, make: (index: number) => Result) =>
  Array.from({ length: count }, (_none, index) => make(index))

/** This shopper's orders with all related rows. */
function ordersOf(email: string) {
  return shop.database.prisma.order.findMany({
    where: { email },
    include: { attempts: true, purchases: true, mails: true, refunds: true, items: true, events: true },
    orderBy: { id: 'asc' },
  })
}

/** A shopper on Stripe's page who has not paid yet. */
async function atStripe(productId: number, quantity = '1') {
  const [ada] = await signedIn(shop, 1)
  if (!ada) throw new Error('Nobody is signed in.')
  const { location } = await click(shop, ada, 'POST', `/checkout/${productId}`, { quantity })
  return { ada, url: location, sessionId: sessionOf(location) }
}

it('100 buyers of 10 units: ten sessions, ninety "sold out"', async () => {
  const productId = await newProduct(shop, 10)
  const buyers = await signedIn(shop, 100)
  const answers = await Promise.all(
    buyers.map((buyer) => click(shop, buyer, 'POST', `/checkout/${productId}`)),
  )
  say(`100 buyers of 10 units: ${JSON.stringify(counts(answers))}`)
  expect(counts(answers)).toEqual({ 303: 10, '409 sold_out': 90 })
  expect(await stockOf(shop, productId)).toBe(0)
  const held = { items: { some: { productId } }, stockHeld: true }
  expect(await shop.database.prisma.order.count({ where: held })).toBe(10)

  // Nobody pays, so the units go back on sale.
  const sessions = answers.filter(({ status }) => status === 303).map(({ location }) => sessionOf(location))
  await Promise.all(sessions.map((session) => shop.stripe.checkout.sessions.expire(session)))
  await expect.poll(() => stockOf(shop, productId), { timeout: 30_000 }).toBe(10)
  expect(await shop.database.prisma.order.count({ where: held })).toBe(0)
})

it('100 buyers of the last 10 of one variant, while others buy its siblings: ten sell, and every stock is right', async () => {
  const { variants } = await addVariedProduct(
    shop,
    ['Size'],
    [
      { values: ['M'], stock: 60 },
      { values: ['L'], stock: 10 },
      { values: ['XL'], stock: 60 },
    ],
  )
  const [medium, large, extra] = [variants['M']?.id ?? 0, variants['L']?.id ?? 0, variants['XL']?.id ?? 0]
  const buyers = await signedIn(shop, 150)
  const pay = async (buyer: Shopper, ...ids: number[]) => {
    const items = ids.map((id) => ({ variant_id: id, quantity: 1 }))
    const order = await postJson(shop, buyer, '/api/orders', { items })
    return postJson(shop, buyer, '/api/payments/create-session', { order_id: order.body['order_id'] })
  }
  // The first variant's stock is also its product's. Orders of several variants name them in either order.
  const answers = await Promise.all(
    buyers.map(async (buyer, index) => {
      if (index < 100) return { wants: 'L', ...(await pay(buyer, large)) }
      const others = index % 2 === 0 ? [medium, extra] : [extra, medium]
      return { wants: 'others', ...(await pay(buyer, ...others)) }
    }),
  )
  const wanting = (wants: string) => counts(answers.filter((answer) => answer.wants === wants))
  say(
    `100 buyers of 10 of a variant: ${JSON.stringify(wanting('L'))}, siblings: ${JSON.stringify(wanting('others'))}`,
  )
  expect(wanting('L')).toEqual({ 200: 10, '409 sold_out': 90 })
  expect(wanting('others')).toEqual({ 200: 50 })
  const stocks = async () => {
    const rows = await shop.database.prisma.variant.findMany({
      where: { id: { in: [medium, large, extra] } },
    })
    return [medium, large, extra].map((id) => rows.find((row) => row.id === id)?.stock)
  }
  expect(await stocks()).toEqual([10, 0, 10])
  expect(await stockOf(shop, medium)).toBe(10)

  // Half of the sessions are paid, the others end: settlement returns the units of several variants at once.
  const opened = answers.filter(({ status }) => status === 200)
  const paid = opened.filter((_answer, index) => index % 2 === 0)
  await Promise.all(
    opened.map((answer) =>
      paid.includes(answer)
        ? payByCard(String(answer.body['checkout_url']))
        : shop.stripe.checkout.sessions.expire(String(answer.body['session_id'])),
    ),
  )
  const sold = (wants: string) => paid.filter((answer) => answer.wants === wants).length
  const left = [60 - sold('others'), 10 - sold('L'), 60 - sold('others')]
  await expect.poll(stocks, { timeout: 60_000 }).toEqual(left)
  expect(await stockOf(shop, medium)).toBe(left[0])
  await shop.sandbox?.idle()
  const bought = await shop.database.prisma.purchaseHistory.groupBy({
    by: ['variantId'],
    where: { variantId: { in: [medium, large, extra] }, purchaseSuccess: true },
    _sum: { quantity: true },
    orderBy: { variantId: 'asc' },
  })
  expect(bought.map(({ variantId, _sum }) => [variantId, _sum.quantity])).toEqual([
    [medium, sold('others')],
    [large, sold('L')],
    [extra, sold('others')],
  ])
})

it('twenty simultaneous clicks create one order, one attempt and one session', async () => {
  const productId = await newProduct(shop, 50)
  const [ada] = await signedIn(shop, 1)
  if (!ada) throw new Error('Nobody is signed in.')
  const answers = await Promise.all(times(20, () => click(shop, ada, 'POST', `/checkout/${productId}`)))
  const [order, ...others] = await ordersOf(ada.email)
  const sessions = await shop.stripe.checkout.sessions.list({ limit: 100 })
  const own = sessions.data.filter((session) => session.metadata?.['user_email'] === ada.email)
  say(`20 clicks: ${JSON.stringify(counts(answers))}, ${own.length} session`)
  expect(counts(answers)).toEqual({ 303: 20 })
  expect(new Set(answers.map(({ location }) => location)).size).toBe(1)
  expect(others).toEqual([])
  expect(order?.attempts).toHaveLength(1)
  expect(own).toHaveLength(1)
  expect(await stockOf(shop, productId)).toBe(49)
})

it('50 deliveries of one event, 20 loads of the success page and a check of overdue attempts record one purchase', async () => {
  const productId = await newProduct(shop, 50)
  const { ada, url, sessionId } = await atStripe(productId)
  // Stripe also delivers the event itself.
  await payByCard(url)
  const { data: events } = await shop.stripe.events.list({ type: 'checkout.session.completed', limit: 20 })
  const event = events.find(({ data }) => (data.object as { id: string }).id === sessionId)
  if (!event) throw new Error('Stripe has no such event.')
  await shop.database.prisma.checkoutAttempt.updateMany({
    where: { stripeSessionId: sessionId },
    data: { expiresAt: new Date(0) },
  })
  const page = `/payment-success/${productId}?session_id=${sessionId}`
  const [deliveries, loads] = await Promise.all([
    Promise.all(times(50, () => deliver(shop, event))),
    Promise.all(times(20, () => click(shop, ada, 'GET', page))),
    settleOverdueAttempts(depsOf(shop)),
  ])
  say(`50 deliveries, 20 page loads, an overdue check: ${JSON.stringify(counts(loads))}`)
  expect(new Set(deliveries.map(({ status }) => status))).toEqual(new Set([200]))
  expect(counts(loads)).toEqual({ 200: 20 })
  const [order] = await ordersOf(ada.email)
  expect(order).toMatchObject({ status: 'paid', amountPaid: 2500, needsAttention: null, stockHeld: true })
  expect(order?.purchases).toHaveLength(1)
  expect(order?.mails.map(({ kind }) => kind)).toEqual(['purchase_succeeded'])
  expect(order?.events.filter(({ id }) => id === event.id)).toHaveLength(1)
  expect(await stockOf(shop, productId)).toBe(49)
})

it('card, expiry, webhook, success page and overdue check at the same instant: the order is paid or expired, never both', async () => {
  const productId = await newProduct(shop, 100)
  const deps = depsOf(shop)
  const ends: Record<string, number> = {}
  await Promise.all(
    times(20, async (index) => {
      const { ada, url, sessionId } = await atStripe(productId)
      await shop.database.prisma.checkoutAttempt.updateMany({
        where: { stripeSessionId: sessionId },
        data: { expiresAt: new Date(0) },
      })
      const [before] = await ordersOf(ada.email)
      const page = `/payment-success/${productId}?session_id=${sessionId}`
      // Half of the payments get a head start, so that both outcomes occur.
      const paying = payByCard(url).catch(() => null)
      if (index % 2 === 0) await paying
      await Promise.all([
        paying,
        closeCheckout(deps, before?.id ?? 0),
        settleOverdueAttempts(deps),
        ...times(3, () => click(shop, ada, 'GET', page)),
      ])
      await shop.sandbox?.idle()
      const session = await shop.stripe.checkout.sessions.retrieve(sessionId)
      const expected = session.status === 'complete' ? 'paid' : 'expired'
      await expect
        .poll(async () => (await ordersOf(ada.email))[0]?.status, { timeout: 20_000 })
        .toBe(expected)
      const [order] = await ordersOf(ada.email)
      expect(order?.purchases).toHaveLength(expected === 'paid' ? 1 : 0)
      expect(order?.mails.map(({ kind }) => kind)).toEqual(expected === 'paid' ? ['purchase_succeeded'] : [])
      expect(order?.stockHeld).toBe(expected === 'paid')
      expect(order?.needsAttention).toBeNull()
      ends[expected] = (ends[expected] ?? 0) + 1
    }),
  )
  say(`20 races of card, expiry, webhook, page and overdue check: ${JSON.stringify(ends)}`)
  expect(await stockOf(shop, productId)).toBe(100 - (ends['paid'] ?? 0))
})

it('20 clicks with one request key make one refund; with 20 keys, refunds stop at the amount paid', async () => {
  const productId = await newProduct(shop, 50)
  const deps = depsOf(shop)
  const refundAll = async (keys: (index: number) => string) => {
    const { ada, url } = await atStripe(productId)
    await payByCard(url)
    await expect.poll(async () => (await ordersOf(ada.email))[0]?.status, { timeout: 20_000 }).toBe('paid')
    const [paid] = await ordersOf(ada.email)
    const clicks = await Promise.allSettled(
      times(20, (index) =>
        refundOrder(deps, paid?.id ?? 0, { amount: 625, restock: false, requestKey: keys(index) }),
      ),
    )
    await shop.sandbox?.idle()
    const [order] = await ordersOf(ada.email)
    const intent = order?.attempts[0]?.paymentIntentId ?? ''
    const atStripeNow = await shop.stripe.refunds.list({ payment_intent: intent, limit: 100 })
    const failed = clicks.flatMap((clicked) =>
      clicked.status === 'rejected'
        ? [(clicked.reason as Partial<Answer>).code ?? String(clicked.reason)]
        : [],
    )
    return { order, atStripeNow: atStripeNow.data, failed }
  }

  const same = await refundAll(() => 'one click')
  say(`20 clicks of one refund: ${same.atStripeNow.length} at Stripe, refused ${JSON.stringify(same.failed)}`)
  expect(same.atStripeNow).toHaveLength(1)
  expect(same.order).toMatchObject({ status: 'partially_refunded', amountRefunded: 625 })
  expect(same.order?.refunds).toHaveLength(1)

  const each = await refundAll((index) => `click ${index}`)
  say(`20 refunds of a quarter: ${each.atStripeNow.length} at Stripe, ${each.failed.length} refused`)
  expect(each.atStripeNow).toHaveLength(4)
  expect(each.failed).toHaveLength(16)
  expect(each.order).toMatchObject({ status: 'refunded', amountRefunded: 2500 })
  expect(each.order?.refunds.filter(({ status }) => status === 'succeeded')).toHaveLength(
    each.atStripeNow.length,
  )
})

it('no deadlock occurred, and every event is handled', async () => {
  const { rows } = await shop.database.pool.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  )
  expect(Number(rows[0]?.deadlocks)).toBe(0)
  expect(await shop.database.prisma.stripeEvent.count({ where: { handledAt: null } })).toBe(0)
  const doubled = await shop.database.pool.query(
    `SELECT 1 FROM "PurchaseHistory" GROUP BY "orderId", "variantId" HAVING count(*) > 1`,
  )
  expect(doubled.rowCount).toBe(0)
})
