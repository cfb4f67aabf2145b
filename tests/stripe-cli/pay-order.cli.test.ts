// The official CLI pays an order of a running shop through the order's metadata.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newShopper } from '../support/shopper.js'
import { sessionOf } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { npmRun } from './npm-run.js'

let shop: TestShop

beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(async () => {
  await shop.close()
})

/** Runs a Stripe CLI command against the shop's sandbox. */
function stripe(...words: string[]): Promise<{ code: number | null; output: string }> {
  if (!shop.sandbox) throw new Error('the shop has no sandbox')
  const { url, secretKey } = shop.sandbox
  return npmRun('stripe', words, { STRIPE_API_BASE: url, STRIPE_SECRET_KEY: secretKey }).ended
}

/** Creates an unpaid order with an open session. */
async function placeOrder() {
  const { shopper, email } = await newShopper(shop.url)
  const lamp = await shop.database.prisma.product.findFirstOrThrow({
    where: { currency: 'usd', stock: { gte: 10 } },
  })
  const { headers } = await shopper
    .post(`/checkout/${lamp.id}`)
    .type('form')
    .send({ quantity: '2' })
    .expect(303)
  const order = await shop.database.prisma.order.findFirstOrThrow({ where: { email } })
  return { shopper, order, sessionId: sessionOf(String(headers['location'])) }
}

const statusOf = async ({ id }: { id: number }) =>
  (await shop.database.prisma.order.findUniqueOrThrow({ where: { id } })).status

test('stripe trigger checkout.session.completed with an order’s metadata pays that order', async () => {
  const { shopper, order } = await placeOrder()
  const { code, output } = await stripe(
    ...['trigger', 'checkout.session.completed'],
    ...['--override', `price:unit_amount=${order.total / 2}`],
    ...['--override', `payment_page_confirm:expected_amount=${order.total}`],
    ...['--add', `checkout_session:metadata.order_key=${order.key}`],
    ...['--add', `checkout_session:metadata.app=${shop.appId}`],
  )
  expect({ code, output }).toMatchObject({ code: 0 })
  await expect.poll(() => statusOf(order)).toBe('paid')
  const purchases = await shop.database.prisma.purchaseHistory.findMany({ where: { orderId: order.id } })
  expect(purchases).toMatchObject([{ purchaseSuccess: true, amount: order.total }])
  expect((await shopper.get(`/orders/${order.key}`).expect(200)).text).toContain('Paid')
})

test('stripe trigger without the order’s metadata pays nothing', async () => {
  const { order } = await placeOrder()
  await stripe('trigger', 'checkout.session.completed')
  await shop.sandbox?.idle()
  expect(await statusOf(order)).toBe('pending')
})

test('stripe post pays the order’s own session', async () => {
  const { order, sessionId } = await placeOrder()
  const path = `/v1/payment_pages/${sessionId}/confirm`
  expect(await stripe('post', path, '-d', 'payment_method=pm_card_visa')).toMatchObject({ code: 0 })
  await expect.poll(() => statusOf(order)).toBe('paid')
})
