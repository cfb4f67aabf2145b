// Units are off sale while an order waits to be paid, so nobody can hold many of them that way.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MAX_HELD } from '../../src/checkout/held-stock.js'
import { networkKey } from '../../src/http/network.js'
import { newOrderKey } from '../../src/orders/order-key.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ environment: { TRUST_PROXY: '1' } })
})
afterAll(() => shop.close())

const buy = (shopper: Shopper, ip: string) =>
  shopper.post('/checkout/1').set('x-forwarded-for', ip).type('form').send({})
const stock = async () => (await shop.database.prisma.product.findUniqueOrThrow({ where: { id: 1 } })).stock

/** Unpaid orders of another product, which hold its units. */
async function holdOrders(email: string, count: number, quantity: number, network: string | null = null) {
  const { id: userId } = await shop.database.prisma.user.findUniqueOrThrow({ where: { email } })
  for (let order = 0; order < count; order++)
    await shop.database.prisma.order.create({
      data: {
        ...{ key: newOrderKey(), userId, email, currency: 'usd', total: 1, stockHeld: true, network },
        items: { create: { productId: 2, name: 'Held', unitAmount: 1, quantity } },
      },
    })
}

it.each([
  ['orders', MAX_HELD.account.orders, 1],
  ['units', 1, MAX_HELD.account.units],
])(
  'a shopper whose unpaid orders hold as many %s as they may holds no more',
  async (_what, orders, quantity) => {
    const { shopper, email } = await newShopper(shop.url)
    const before = await stock()
    await holdOrders(email, orders, quantity)
    const { text } = await buy(shopper, '203.0.113.1').expect(429).expect('retry-after', '1800')
    expect(textOf(text)).toContain('You have other orders to pay')
    expect(await stock()).toBe(before)
    // Paid orders hold nothing that others could want.
    await shop.database.prisma.order.updateMany({ where: { email }, data: { status: 'paid' } })
    await buy(shopper, '203.0.113.1').expect(303)
    expect(await stock()).toBe((before ?? 0) - 1)
  },
)

it('the shoppers of a network hold no more than it may, and others are not affected', async () => {
  const { email: other } = await newShopper(shop.url)
  const { shopper, email } = await newShopper(shop.url)
  await holdOrders(other, MAX_HELD.network.orders, 1, networkKey('203.0.113.2'))
  await buy(shopper, '203.0.113.2').expect(429)
  // It was not placed either.
  expect(await shop.database.prisma.order.count({ where: { email } })).toBe(0)
  await buy(shopper, '203.0.113.3').expect(303)
})

it('one order may have as many units as an order can', async () => {
  const { shopper } = await newShopper(shop.url)
  await shop.database.prisma.product.update({ where: { id: 1 }, data: { stock: 20 } })
  const items = [{ product_id: 1, quantity: 20 }]
  const { body } = await shopper.post('/api/orders').send({ items }).expect(201)
  const pay = { order_id: (body as { order_id: string }).order_id }
  await shopper.post('/api/payments/create-session').send(pay).expect(200)
})
