import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatMoney } from '../../src/money.js'
import {
  reportOfDispute,
  settleReports,
  openOrderOf,
  reportOfRefund,
  reportOfSession,
} from '../support/settled-orders.js'
import { newShopper, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

/** A page without its header. */
const mainOf = (page: string) => page.slice(page.indexOf('<main'))

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

/** The keys of the orders listed on a page, in page order. */
async function keysOn(shopper: Shopper, path: string): Promise<string[]> {
  const { text } = await shopper.get(path).expect(200)
  return [...text.matchAll(/<h2><a href="\/orders\/(ord_\w+)"/g)].map(([, key]) => key ?? '')
}

/** Creates one order in each state. @returns the orders by state, oldest first */
async function oneOfEach(email: string) {
  const order = () => openOrderOf(shop, email)
  const pending = await order()
  const processing = await order()
  await settleReports(shop, reportOfSession(processing, 'processing'))
  const failed = await order()
  await settleReports(shop, reportOfSession(failed, 'failed'))
  const expired = await order()
  await settleReports(shop, reportOfSession(expired, 'expired'))
  const paid = await order()
  await settleReports(shop, reportOfSession(paid, 'paid'))
  const partly = await order()
  await settleReports(shop, reportOfSession(partly, 'paid'), reportOfRefund(partly, 'succeeded', 500))
  const refunded = await order()
  await settleReports(shop, reportOfSession(refunded, 'paid'), reportOfRefund(refunded, 'succeeded'))
  const disputed = await order()
  await settleReports(shop, reportOfSession(disputed, 'paid'), reportOfDispute(disputed, 'needs_response'))
  const lost = await order()
  const lostReport = (status: 'needs_response' | 'lost') =>
    reportOfDispute(lost, status, `du_lost_${lost.id}`)
  await settleReports(shop, reportOfSession(lost, 'paid'), lostReport('needs_response'), lostReport('lost'))
  return { pending, processing, failed, expired, paid, partly, refunded, disputed, lost }
}

describe('the account’s order list', () => {
  it('shows the shopper’s own orders, newest first, with states and filters', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const orders = await oneOfEach(email)
    const stranger = await newShopper(shop.url)
    await openOrderOf(shop, stranger.email)
    type Name = keyof typeof orders
    const keys = (...names: Name[]) => names.map((name) => orders[name].key)

    const all = Object.values(orders).map(({ key }) => key)
    expect(await keysOn(shopper, '/account/orders')).toEqual(all.reverse())
    for (const [show, names] of [
      ['open', ['processing', 'pending']],
      ['paid', ['partly', 'paid']],
      ['refunded', ['refunded', 'partly']],
      ['disputed', ['lost', 'disputed']],
      ['unpaid', ['expired', 'failed']],
    ] as [string, Name[]][])
      expect([show, await keysOn(shopper, `/account/orders?show=${show}`)]).toEqual([show, keys(...names)])
    expect(await keysOn(shopper, '/account/orders?show=nonsense&page=-1')).toHaveLength(all.length)

    for (const path of ['/account/orders?page=99', '/account/purchases?page=99&show=paid']) {
      const beyond = textOf((await shopper.get(path).expect(200)).text)
      expect(beyond).toContain('There’s no page 99 This list has one page. Go to the last page')
    }

    const text = textOf((await shopper.get('/account/orders')).text)
    for (const words of [
      'Waiting for payment',
      'Payment on its way',
      'Payment failed',
      'Not paid',
      'Disputed',
    ])
      expect(text).toContain(words)
    expect(text).toContain(`${formatMoney(500, orders.partly.currency)} refunded`)
    // Each order has one chip.
    const { text: page } = await shopper.get('/account/orders')
    expect(page.match(/class="tag /g)).toHaveLength(all.length)
  })

  it('calls an unpaid voucher what its page calls it', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const order = await openOrderOf(shop, email)
    await settleReports(shop, reportOfSession(order, 'processing'))
    const data = { voucherUrl: 'https://payments.stripe.com/oxxo/voucher/test' }
    await shop.database.prisma.checkoutAttempt.updateMany({ where: { order: { key: order.key } }, data })
    for (const path of ['/account/orders', `/orders/${order.key}`]) {
      const text = textOf((await shopper.get(path).expect(200)).text)
      expect(text).toContain('Waiting for your payment')
      expect(text).not.toContain('Payment on its way')
    }
  })

  it('is split into pages that keep the filter', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const keys: string[] = []
    for (let count = 0; count < 22; count++) {
      const order = await openOrderOf(shop, email)
      keys.unshift(order.key)
    }
    const { text } = await shopper.get('/account/orders?show=open').expect(200)
    expect(text).toContain('href="/account/orders?show=open&amp;page=2"')
    expect(await keysOn(shopper, '/account/orders?show=open')).toEqual(keys.slice(0, 20))
    expect(await keysOn(shopper, '/account/orders?show=open&page=2')).toEqual(keys.slice(20))
    expect(textOf((await shopper.get('/account/orders?page=9')).text)).toContain('Show all orders')
  })

  it('asks guests to sign in, and then returns to the list', async () => {
    const { headers } = await stranger(shop.url).get('/account/orders?show=paid').expect(303)
    expect(headers['location']).toBe('/login?next=%2Faccount%2Forders%3Fshow%3Dpaid')
  })
})

describe('the address of the former list of purchases', () => {
  it('shows the same list, with its filters', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await oneOfEach(email)
    for (const [old, now] of [
      ['', ''],
      ['?show=paid', '?show=paid'],
      ['?show=failed', '?show=unpaid'],
    ])
      expect(await keysOn(shopper, `/account/purchases${old}`)).toEqual(
        await keysOn(shopper, `/account/orders${now}`),
      )
    expect((await shopper.get('/account/purchases').expect(200)).text).toContain(
      'href="/account/orders" aria-current="page"',
    )
  })
})

describe('what can be done with an order', () => {
  it('is tracking, the receipt, a return, and buying again', async () => {
    const { prisma } = shop.database
    const { shopper, email } = await newShopper(shop.url)
    const order = await openOrderOf(shop, email, 2)
    const actions = async () =>
      [
        ...mainOf((await shopper.get('/account/orders').expect(200)).text).matchAll(
          /class="button[^"]*"[^>]*>(\w[\w ]*)</g,
        ),
      ].map(([, label]) => label)
    expect(await actions()).toEqual(['Pay'])
    await settleReports(shop, reportOfSession(order, 'paid'))
    expect(await actions()).toEqual(['Receipt', 'Buy again'])
    const [item] = await prisma.orderItem.findMany({ where: { orderId: order.id } })
    await prisma.shipment.create({
      data: {
        orderId: order.id,
        carrier: 'Courier',
        trackingUrl: 'https://courier.example/42',
        items: { create: { orderItemId: item?.id ?? 0, quantity: 2 } },
      },
    })
    await prisma.order.update({ where: { id: order.id }, data: { fulfilment: 'shipped' } })
    expect(await actions()).toEqual(['Track', 'Receipt', 'Return', 'Buy again'])
    expect((await shopper.get('/account/orders')).text).toContain('href="https://courier.example/42"')
  })

  it('buying again puts into the cart what is left, and names the rest', async () => {
    const { prisma } = shop.database
    const { shopper, email } = await newShopper(shop.url)
    const order = await openOrderOf(shop, email, 3)
    const again = async () => {
      const { headers } = await shopper.post(`/orders/${order.key}/buy-again`).expect(303)
      return textOf((await shopper.get(String(headers['location'])).expect(200)).text)
    }
    const where = { id: order.productId }
    const { stock } = await prisma.variant.findUniqueOrThrow({ where })
    await prisma.variant.update({ where, data: { stock: 2 } })
    expect(await again()).toMatch(
      /Added the items of order T-\w{8} to your cart. There are only 2 of “.+” left/,
    )
    const cart = { cart: { user: { email } } }
    expect(await prisma.cartItem.findFirst({ where: cart })).toMatchObject({ quantity: 2 })
    await prisma.cartItem.deleteMany({ where: cart })
    await prisma.variant.update({ where, data: { stock: 0 } })
    expect(await again()).toContain('couldn’t be added: it isn’t available now')
    expect(await prisma.cartItem.count({ where: cart })).toBe(0)
    await prisma.variant.update({ where, data: { stock } })
  })
})

describe('a product that changes after it was bought', () => {
  it('keeps its name and picture in the orders, the purchases and the receipt', async () => {
    const { prisma } = shop.database
    const { shopper, email } = await newShopper(shop.url)
    const order = await openOrderOf(shop, email)
    await settleReports(shop, reportOfSession(order, 'paid'))
    const item = { orderId_variantId: { orderId: order.id, variantId: order.productId } }
    const product = await prisma.product.findUniqueOrThrow({ where: { id: order.productId } })
    // As an order of the previous release, which did not copy the picture.
    const { image } = await prisma.orderItem.update({ where: item, data: { image: null } })
    expect(image).toBeNull()
    const other = await openOrderOf(shop, email)
    await settleReports(shop, reportOfSession(other, 'paid'))
    await prisma.orderItem.updateMany({ where: { orderId: other.id }, data: { image: '/assets/first.png' } })

    const where = { id: product.id }
    await prisma.product.update({ where, data: { name: 'Renamed', image: '/assets/second.png' } })
    for (const path of [
      '/account/orders',
      '/account/purchases',
      `/orders/${order.key}`,
      `/orders/${order.key}/receipt`,
    ]) {
      const { text } = await shopper.get(path).expect(200)
      expect({ path, named: textOf(text).includes(product.name), renamed: text.includes('Renamed') }).toEqual(
        {
          path,
          named: true,
          renamed: false,
        },
      )
      expect(text).not.toContain('/assets/second.png')
    }
    const { text } = await shopper.get('/account/purchases').expect(200)
    expect([...text.matchAll(/<img src="([^"]+)" alt="" width="72"/g)].map(([, src]) => src)).toEqual([
      '/assets/first.png',
      product.image,
    ])
    await prisma.product.update({ where, data: { name: product.name, image: product.image } })
  })
})
