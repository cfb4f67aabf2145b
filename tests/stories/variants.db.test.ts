// Products with options: choosing, buying, carts, and what is kept of a variant as it was bought.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closeCheckout } from '../../src/checkout/close-checkout.js'
import { depsOf } from '../support/command.js'
import { checkoutFields } from '../support/checkout-page.js'
import { payByCard, sessionOf } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper, stranger, textOf, type Shopper } from '../support/shopper.js'
import { addVariedProduct, type VariedProduct } from '../support/variants.js'

let shop: TestShop
let shirt: VariedProduct
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())
beforeEach(async () => {
  shirt = await addVariedProduct(
    shop,
    ['Colour', 'Size'],
    [
      { values: ['Red', 'M'], stock: 10 },
      { values: ['Red', 'L'], stock: 10, unitAmount: 2900, image: '/assets/images/red-l.svg' },
      { values: ['Blue', 'M'], stock: 0 },
    ],
  )
})

const idOf = (name: string) => shirt.variants[name]?.id ?? 0
const variantOf = (name: string) =>
  shop.database.prisma.variant.findUniqueOrThrow({ where: { id: idOf(name) } })
const stocks = async () => [(await variantOf('Red / M')).stock, (await variantOf('Red / L')).stock]

const purchase = (shopper: Shopper, form: object) =>
  shopper.post(`/checkout/${shirt.id}`).type('form').send(form)
const add = (shopper: Shopper, form: object) => shopper.post('/cart/items').type('form').send(form)

/** Checks out the cart, up to Stripe's page. */
async function checkOutCart(shopper: Shopper, seen: object): Promise<string> {
  await shopper.post('/cart/checkout').type('form').send(seen).expect(303).expect('location', '/checkout')
  const { text } = await shopper.get('/checkout').expect(200)
  const { headers } = await shopper.post('/checkout').type('form').send(checkoutFields(text)).expect(303)
  return String(headers['location'])
}

function orderOf(email: string) {
  return shop.database.prisma.order.findFirstOrThrow({
    where: { email },
    include: { items: { orderBy: { id: 'asc' } }, purchases: { orderBy: { id: 'asc' } } },
    orderBy: { id: 'desc' },
  })
}

describe('a variant', () => {
  it('is bought by its option values, and everything names it as it was bought', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const form = { option_0: 'Red', option_1: 'L', quantity: '2', [`price_${idOf('Red / L')}`]: '2900' }
    const url = String((await purchase(shopper, form).expect(303)).headers['location'])
    expect(await stocks()).toEqual([10, 8])
    const { data } = await shop.stripe.checkout.sessions.listLineItems(sessionOf(url))
    expect(data).toMatchObject([{ description: 'Linen shirt – Red / L', quantity: 2, amount_total: 5800 }])

    await payByCard(url)
    await shop.sandbox?.idle()
    const { prisma } = shop.database
    await prisma.product.update({ where: { id: shirt.id }, data: { name: 'Cotton shirt' } })
    await prisma.variant.update({
      where: { id: idOf('Red / L') },
      data: { optionValues: ['Rust', 'Large'], image: '/assets/images/rust.svg' },
    })
    const order = await orderOf(email)
    expect(order).toMatchObject({
      status: 'paid',
      items: [
        {
          variantId: idOf('Red / L'),
          name: 'Linen shirt',
          variantName: 'Red / L',
          image: '/assets/images/red-l.svg',
        },
      ],
      purchases: [
        {
          productId: shirt.id,
          variantId: idOf('Red / L'),
          productName: 'Linen shirt',
          variantName: 'Red / L',
          amount: 5800,
        },
      ],
    })
    expect(await stocks()).toEqual([10, 8])
    for (const page of [
      `/orders/${order.key}`,
      `/orders/${order.key}/receipt`,
      '/account/purchases',
      '/account/orders',
    ]) {
      const text = textOf((await shopper.get(page).expect(200)).text)
      expect(text, page).toContain('Linen shirt')
      expect(text, page).toContain('Red / L')
      expect(text, page).not.toContain('Rust')
    }
    expect((await shopper.get(`/api/orders/${order.key}`).expect(200)).body).toMatchObject({
      items: [
        {
          product_id: shirt.id,
          variant_id: idOf('Red / L'),
          variant_name: 'Red / L',
          sku: shirt.variants['Red / L']?.sku,
        },
      ],
    })
  })

  it('is bought by its id, also through the checkout page', async () => {
    const { shopper, email } = await newShopper(shop.url)
    for (const query of [`variant=${idOf('Red / L')}`, 'option_0=Red&option_1=L']) {
      const { text } = await shopper.get(`/checkout/${shirt.id}?${query}`).expect(200)
      expect(textOf(text)).toContain('Linen shirt Red / L 1 × $29.00')
    }
    await purchase(shopper, { variant_id: idOf('Red / L') }).expect(303)
    expect((await orderOf(email)).items).toMatchObject([{ variantId: idOf('Red / L'), unitAmount: 2900 }])
  })

  it.each([
    ['a product of which several are sold', {}, 400, 'Choose your colour and size first.'],
    ['half of the options', { option_0: 'Red' }, 400, 'Choose your colour and size first.'],
    ['a combination that is not offered', { option_0: 'Blue', option_1: 'L' }, 409, 'isn’t sold as Blue / L'],
    [
      'one that is sold out',
      { option_0: 'Blue', option_1: 'M' },
      409,
      '“Linen shirt – Blue / M” has just sold out',
    ],
    ['one of another product', { variant_id: '1' }, 404, 'That version of “Linen shirt” isn’t sold'],
  ])('%s is not bought, and the page says why', async (_what, form, status, sentence) => {
    const { shopper, email } = await newShopper(shop.url)
    const page = await purchase(shopper, form).set('accept', 'text/html').expect(status)
    expect(textOf(page.text)).toContain(sentence)
    expect(await shop.database.prisma.order.count({ where: { email } })).toBe(0)
    if (status !== 409 || !('option_1' in form) || form.option_1 !== 'M')
      expect(page.text).toContain(`href="/pricing/${shirt.id}"`)
  })

  it('is not charged at another price than the page showed', async () => {
    const { shopper } = await newShopper(shop.url)
    const form = { option_0: 'Red', option_1: 'L', currency: 'usd', [`price_${idOf('Red / L')}`]: '2500' }
    const page = await purchase(shopper, form).set('accept', 'text/html').expect(409)
    expect(textOf(page.text)).toContain('The total is $29.00 now')
    expect(checkoutFields(page.text)).toMatchObject({ variant_id: String(idOf('Red / L')), total: '2900' })
  })

  it('that is no longer sold, or has another price, is not paid later', async () => {
    const { shopper } = await newShopper(shop.url)
    const items = [{ variant_id: idOf('Red / L'), quantity: 1 }]
    const { body } = await shopper.post('/api/orders').send({ items }).expect(201)
    const pay = () =>
      shopper.post('/api/payments/create-session').send({ order_id: (body as { order_id: string }).order_id })
    const change = (data: object) =>
      shop.database.prisma.variant.update({ where: { id: idOf('Red / L') }, data })
    await change({ active: false })
    expect((await pay().expect(409)).body).toMatchObject({
      code: 'no_longer_sold',
      detail: '“Linen shirt – Red / L” is no longer sold. Nothing was charged.',
    })
    await change({ active: true, unitAmount: 3000 })
    expect((await pay().expect(409)).body).toMatchObject({ code: 'price_changed' })
  })
})

describe('an order', () => {
  it('of another variant replaces the open one, whose units return', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await purchase(shopper, { option_0: 'Red', option_1: 'M', quantity: '3' }).expect(303)
    expect(await stocks()).toEqual([7, 10])
    await purchase(shopper, { option_0: 'Red', option_1: 'L', quantity: '4' }).expect(303)
    expect(await stocks()).toEqual([10, 6])
    const orders = await shop.database.prisma.order.findMany({ where: { email }, orderBy: { id: 'asc' } })
    expect(orders.map(({ status }) => status)).toEqual(['expired', 'pending'])
  })

  it('of two variants is one order with two lines, and the whole of it or nothing is held', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const items = (quantity: number) => [
      { variant_id: idOf('Red / M'), quantity: 2 },
      { variant_id: idOf('Red / L'), quantity },
    ]
    const order = (quantity: number) =>
      shopper
        .post('/api/orders')
        .send({ items: items(quantity) })
        .expect(201)
    const pay = ({ body }: { body: unknown }) =>
      shopper.post('/api/payments/create-session').send({ order_id: (body as { order_id: string }).order_id })
    const short = await pay(await order(11)).expect(409)
    expect(short.body).toMatchObject({ code: 'not_enough_stock' })
    expect(await stocks()).toEqual([10, 10])
    const { body } = await pay(await order(3)).expect(200)
    expect(await stocks()).toEqual([8, 7])
    await payByCard((body as { checkout_url: string }).checkout_url)
    await shop.sandbox?.idle()
    expect((await orderOf(email)).purchases).toMatchObject([
      { variantId: idOf('Red / M'), quantity: 2, amount: 5000 },
      { variantId: idOf('Red / L'), quantity: 3, amount: 8700 },
    ])
  })

  it('whose rows an earlier release wrote means the first variant', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const form = { variant_id: shirt.id, quantity: '2' }
    const url = String((await purchase(shopper, form).expect(303)).headers['location'])
    const { id } = await orderOf(email)
    await shop.database.prisma.orderItem.updateMany({
      where: { orderId: id },
      data: { variantId: null, variantName: '', sku: null },
    })
    expect(String((await purchase(shopper, form).expect(303)).headers['location'])).toBe(url)
    await payByCard(url)
    await shop.sandbox?.idle()
    expect(await orderOf(email)).toMatchObject({ status: 'paid', purchases: [{ variantId: shirt.id }] })

    const other = await newShopper(shop.url)
    await purchase(other.shopper, form).expect(303)
    expect(await stocks()).toEqual([6, 10])
    const open = await orderOf(other.email)
    await shop.database.prisma.orderItem.updateMany({
      where: { orderId: open.id },
      data: { variantId: null },
    })
    await closeCheckout(depsOf(shop), open.id)
    expect(await stocks()).toEqual([8, 10])
  })
})

describe('the cart', () => {
  it('has a line for each variant, which is changed and ordered by its own id', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const [medium, large] = [idOf('Red / M'), idOf('Red / L')]
    await add(shopper, { product_id: shirt.id, option_0: 'Red', option_1: 'M' }).expect(303)
    const added = await add(shopper, { variant_id: large, quantity: '2' }).expect(303)
    const page = textOf((await shopper.get(String(added.headers['location'])).expect(200)).text)
    expect(page).toContain('Added “Linen shirt – Red / L” to your cart.')
    await shopper.post(`/cart/items/${large}`).type('form').send({ quantity: '3' }).expect(303)
    const { text } = await shopper.get('/cart').expect(200)
    for (const field of [`quantity_${medium}`, `price_${large}`]) expect(text).toContain(`name="${field}"`)
    expect(textOf(text)).toContain('$112.00')
    const form = { currency: 'usd', [`price_${medium}`]: '2500', [`price_${large}`]: '2900' }
    await checkOutCart(shopper, form)
    expect((await orderOf(email)).items).toMatchObject([
      { variantId: medium, quantity: 1 },
      { variantId: large, quantity: 3 },
    ])
    await shopper.post(`/cart/items/${medium}`).type('form').send({ quantity: '0' }).expect(303)
    expect(
      await shop.database.prisma.cartItem.findMany({ where: { cart: { user: { email } } } }),
    ).toMatchObject([{ variantId: large, quantity: 3 }])
  })

  it('of a guest is merged variant by variant', async () => {
    const { email } = await newShopper(shop.url, `ada-${shirt.id}@shopper.example`)
    const signIn = (who: Shopper) =>
      who.post('/login').type('form').send({ email, password: 'a long enough password' }).expect(303)
    const before = stranger(shop.url)
    await signIn(before)
    await add(before, { variant_id: idOf('Red / M') }).expect(303)
    const guest = stranger(shop.url)
    await add(guest, { variant_id: idOf('Red / M'), quantity: '2' }).expect(303)
    await add(guest, { variant_id: idOf('Red / L') }).expect(303)
    await signIn(guest)
    await guest.get('/cart').expect(200)
    const items = await shop.database.prisma.cartItem.findMany({
      where: { cart: { user: { email } } },
      orderBy: { variantId: 'asc' },
    })
    expect(items.map(({ variantId, quantity }) => [variantId, quantity])).toEqual([
      [idOf('Red / M'), 3],
      [idOf('Red / L'), 1],
    ])
  })

  it('asks for options that were not chosen', async () => {
    const page = await add(stranger(shop.url), { product_id: shirt.id })
      .set('accept', 'text/html')
      .expect(400)
    expect(textOf(page.text)).toContain('Choose your colour and size first.')
  })

  it('loses what was paid of one variant and keeps the other', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, { variant_id: idOf('Red / M') }).expect(303)
    const form = { currency: 'usd', [`price_${idOf('Red / M')}`]: '2500' }
    const payPage = await checkOutCart(shopper, form)
    await add(shopper, { variant_id: idOf('Red / L') }).expect(303)
    await payByCard(payPage)
    await shop.sandbox?.idle()
    expect(
      await shop.database.prisma.cartItem.findMany({ where: { cart: { user: { email } } } }),
    ).toMatchObject([{ variantId: idOf('Red / L') }])
  })
})

describe('the product page', () => {
  it('offers each value once, shows the first that can be bought, and lists all without a script', async () => {
    const { text } = await stranger(shop.url).get(`/pricing/${shirt.id}`).expect(200)
    expect(text.match(/type="radio"/g)).toHaveLength(4)
    expect(text).toMatch(/name="option_0" value="Red" checked/)
    expect(text).toMatch(/name="option_1" value="M" checked/)
    expect(text).toMatch(
      /value="Blue"[^>]*><span class="option__value">Blue<\/span><span class="option__note">Sold out/,
    )
    expect(text).toMatch(/<span class="price" data-price>\$25\.00/)
    const list = textOf(/<noscript>[\s\S]*<\/noscript>/.exec(text)?.[0] ?? '')
    expect(list).toContain('Red / L: $29.00 In stock')
    expect(list).toContain('Blue / M: $25.00 Sold out')
  })

  it('shows the variant of its address', async () => {
    const { text } = await stranger(shop.url)
      .get(`/pricing/${shirt.id}?variant=${idOf('Red / L')}`)
      .expect(200)
    expect(text).toMatch(/<span class="price" data-price>\$29\.00/)
    expect(text).toContain('src="/assets/images/red-l.svg"')
    expect(text).toMatch(/name="option_1" value="L" checked/)
  })

  it('counts units that the shopper’s own open order holds', async () => {
    const { shopper } = await newShopper(shop.url)
    await purchase(shopper, { variant_id: idOf('Red / L'), quantity: '10' }).expect(303)
    const page = (who: Shopper) => who.get(`/pricing/${shirt.id}?variant=${idOf('Red / L')}`).expect(200)
    expect((await page(shopper)).text).toContain('max="10"')
    expect(textOf((await page(stranger(shop.url))).text)).toContain('$29.00 Sold out')
  })

  it('of a product with one variant left has nothing to choose', async () => {
    await shop.database.prisma.variant.updateMany({
      where: { productId: shirt.id, id: { not: shirt.id } },
      data: { active: false },
    })
    const { text } = await stranger(shop.url).get(`/pricing/${shirt.id}`).expect(200)
    expect(text).not.toContain('type="radio"')
    expect(textOf(text)).toContain('Linen shirt Red / M $25.00')
    const { shopper, email } = await newShopper(shop.url)
    await purchase(shopper, {}).expect(303)
    expect((await orderOf(email)).items).toMatchObject([{ variantId: shirt.id, variantName: 'Red / M' }])
  })
})

describe('the list', () => {
  it('shows the lowest price, and leads to the product to choose', async () => {
    const { text } = await stranger(shop.url).get('/pricing?q=linen').expect(200)
    expect(textOf(text)).toContain('From $25.00')
    expect(text).toContain(`<a class="button button--quiet" href="/pricing/${shirt.id}">Choose options`)
  })

  it('shows a product as sold out once all of its variants are', async () => {
    await shop.database.prisma.variant.updateMany({ where: { productId: shirt.id }, data: { stock: 0 } })
    const { body } = await stranger(shop.url).get(`/api/products/${shirt.id}`).expect(200)
    expect(body).toMatchObject({ available: false, options: ['Colour', 'Size'] })
    const { text } = await stranger(shop.url).get(`/pricing/${shirt.id}`).expect(200)
    expect(text).not.toContain('action="/checkout/')
  })
})

describe('the API', () => {
  it('lists the variants of a product', async () => {
    const { body } = await stranger(shop.url).get(`/api/products/${shirt.id}`).expect(200)
    expect(body).toMatchObject({
      unit_amount: 2500,
      stock: 10,
      available: true,
      variants: [
        { id: shirt.id, name: 'Red / M', image: '/assets/images/shirt.svg' },
        {
          id: idOf('Red / L'),
          name: 'Red / L',
          options: { Colour: 'Red', Size: 'L' },
          unit_amount: 2900,
          price: '$29.00',
          stock: 10,
          available: true,
          image: '/assets/images/red-l.svg',
        },
        { name: 'Blue / M', stock: 0, available: false },
      ],
    })
  })

  it('orders a variant of the product it names, and no other', async () => {
    const { shopper } = await newShopper(shop.url)
    const order = (item: object) => shopper.post('/api/orders').send({ items: [{ ...item, quantity: 1 }] })
    await order({ product_id: shirt.id, variant_id: idOf('Red / L') }).expect(201)
    await order({ product_id: 1, variant_id: idOf('Red / L') }).expect(404)
    await order({ variant_id: 999_999 }).expect(404)
  })
})
