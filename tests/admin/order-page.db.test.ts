// The page of an order: how it opens, its notes, and what is asked of Stripe.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newAccessToken } from '../../src/orders/order-access.js'
import { newOperator } from '../support/operator.js'
import { auditOf, paidDelivery, send } from '../support/operated-orders.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let operator: Shopper
let order: Awaited<ReturnType<typeof paidDelivery>>
beforeAll(async () => {
  shop = await startTestShop()
  ;({ operator } = await newOperator(shop))
  order = await paidDelivery(shop)
})
afterAll(() => shop.close())

const path = () => `/admin/orders/${order.key}`
const page = async () => (await operator.get(path()).expect(200)).text

it('opens by its number, and shows what Stripe says beside what was expected', async () => {
  const number = `T-${order.key.slice(4, 12)}`
  const { headers } = await operator.get(`/admin/orders/${number}`).expect(303)
  expect(headers['location']).toBe(path())
  await operator.get('/admin/orders/T-00000000').expect(404)
  const html = await page()
  expect(textOf(html)).toContain('Total $83.88 $83.88')
  expect(textOf(html)).not.toContain('Differs')
  const { stripeSessionId } = await shop.database.prisma.checkoutAttempt.findFirstOrThrow()
  expect(html).toContain(`href="${shop.sandbox?.url ?? ''}/sessions/${stripeSessionId ?? ''}"`)
  expect(html).toMatch(/href="\/admin\/events\/evt_\w+"/)
})

it('has the notes of operators with their authors, once each', async () => {
  for (let sent = 0; sent < 2; sent++)
    await send(operator, `${path()}/notes`, { note: 'Wants <it> by Friday.' }).expect(303)
  expect(await page()).toContain('Wants &lt;it&gt; by Friday.')
  expect(textOf(await page())).toContain('by Ada Shopper')
  expect(await shop.database.prisma.note.count()).toBe(1)
  expect(textOf((await send(operator, `${path()}/notes`, { note: ' ' }).expect(422)).text)).toContain(
    'Write a note.',
  )
  expect(await auditOf(shop, 'order', order.key)).toEqual(['order.noted note'])
})

it('asks Stripe, and revokes links', async () => {
  await newAccessToken(shop.database.prisma, order.id)
  await send(operator, `${path()}/settle`).expect(303)
  expect(textOf(await page())).toContain('opens this order without an account')
  await send(operator, `${path()}/revoke-links`).expect(303)
  expect(await shop.database.prisma.orderAccess.count({ where: { orderId: order.id } })).toBe(0)
  await send(operator, `${path()}/attended`).expect(303)
  expect(await auditOf(shop, 'order', order.key)).toEqual([
    'order.noted note',
    'order.settled',
    'order.links_revoked',
    'order.attended',
  ])
})
