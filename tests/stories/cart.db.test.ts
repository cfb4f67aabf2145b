import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deleteExpiredRows } from '../../src/background/expired-rows.js'
import { IBAN, payByCard, payByDebit, sessionOf } from '../support/pay-page.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())

interface Thing {
  id: number
  name: string
  unitAmount: number
  stock: number | null
}

const productOf = (slug: string): Promise<Thing> =>
  shop.database.prisma.product.findUniqueOrThrow({ where: { slug } })

/** Changes the product, runs the work, and restores the product. */
async function withProduct(
  product: Thing,
  data: Partial<Thing> & { active?: boolean },
  work: () => Promise<void>,
) {
  const products = shop.database.prisma.product
  const where = { id: product.id }
  const { unitAmount, stock } = await products.findUniqueOrThrow({ where })
  await products.update({ where, data })
  try {
    await work()
  } finally {
    await products.update({ where, data: { unitAmount, stock, active: true } })
  }
}

const add = (shopper: Shopper, product: Thing, quantity = 1) =>
  shopper.post('/cart/items').type('form').send({ product_id: product.id, quantity }).expect(303)
const setTo = (shopper: Shopper, product: Thing, quantity: number) =>
  shopper.post(`/cart/items/${product.id}`).type('form').send({ quantity })
const checkOut = (shopper: Shopper, seen: object = {}) =>
  shopper.post('/cart/checkout').type('form').send(seen)

/** The text of the cart page. */
const cartText = async (shopper: Shopper) => textOf((await shopper.get('/cart').expect(200)).text)

/** The fields of the checkout page's form. */
function fieldsOf(page: string): Record<string, string> {
  return Object.fromEntries(
    [...page.matchAll(/<input type="hidden"[^>]*>/g)].map(([tag]) => [
      /name="([^"]*)"/.exec(tag)?.[1] ?? '',
      /value="([^"]*)"/.exec(tag)?.[1] ?? '',
    ]),
  )
}

/** Pays what a checkout page shows. */
async function payShown(shopper: Shopper, path: string) {
  const { text } = await shopper.get(path).expect(200)
  return shopper.post('/checkout').type('form').set('accept', 'text/html').send(fieldsOf(text))
}

/** Checks out and pays. @returns the order's key */
async function orderCart(shopper: Shopper, seen: object = {}): Promise<string> {
  const { headers } = await checkOut(shopper, seen).expect(303)
  expect(headers['location']).toMatch(/^\/checkout(\?currency=\w+)?$/)
  const paid = await payShown(shopper, String(headers['location']))
  const stripeSessionId = sessionOf(String(paid.headers['location']))
  const { order } = await shop.database.prisma.checkoutAttempt.findUniqueOrThrow({
    where: { stripeSessionId },
    include: { order: true },
  })
  return order.key
}

/** Pays from the order's page. @returns URL of Stripe's page */
async function pay(shopper: Shopper, key: string): Promise<string> {
  return String((await shopper.post(`/orders/${key}/pay`).expect(303)).headers['location'])
}

function ordersOf(email: string) {
  return shop.database.prisma.order.findMany({
    where: { email },
    include: { items: { orderBy: { id: 'asc' } }, attempts: true, purchases: true },
    orderBy: { id: 'asc' },
  })
}

/** The account's cart: product id → quantity. */
async function cartOf(email: string): Promise<Record<number, number>> {
  const items = await shop.database.prisma.cartItem.findMany({ where: { cart: { user: { email } } } })
  return Object.fromEntries(items.map(({ productId, quantity }) => [productId, quantity]))
}

describe('a cart', () => {
  it('a guest’s cart moves to the new account, becomes one order of many items, and is empty once paid', async () => {
    const [mug, notebook, tray] = await Promise.all([
      productOf('stoneware-mug'),
      productOf('grid-notebook'),
      productOf('oak-desk-tray'),
    ])
    // Browsing sets no cookie; adding an item to the cart does.
    const ada = stranger(shop.url)
    for (const path of ['/pricing', `/pricing/${mug.id}`, '/cart'])
      expect((await ada.get(path).expect(200)).headers['set-cookie']).toBeUndefined()
    expect(await cartText(ada)).toContain('Your cart is empty')
    const first = await add(ada, mug, 2)
    expect(first.headers['location']).toBe(`/cart?added=${mug.id}`)
    const [cookie] = first.headers['set-cookie'] as unknown as string[]
    expect(cookie).toMatch(/^till-cart=[\w-]{43}; Max-Age=7776000; Path=\/;.*HttpOnly; SameSite=Lax$/)
    const token = /till-cart=([\w-]+)/.exec(cookie ?? '')?.[1] ?? ''
    expect(await shop.database.prisma.cart.count({ where: { tokenHash: token } })).toBe(0)
    await add(ada, mug)
    await add(ada, notebook)
    const page = await ada.get(`/cart?added=${notebook.id}`).expect(200)
    expect(textOf(page.text)).toContain(`Added “${notebook.name}” to your cart.`)
    expect(textOf(page.text)).toContain('Cart 4 items')
    expect(textOf(page.text)).toContain('Total $102.00')

    // Checkout requires signing in; after registering, the shopper is back at the cart.
    const asked = await checkOut(ada).expect(303)
    expect(asked.headers['location']).toBe('/login?next=%2Fcart')
    const email = 'cart@shopper.example'
    const form = { name: 'Ada', email, password: PASSWORD, next: '/cart' }
    expect((await ada.post('/register').type('form').send(form).expect(303)).headers['location']).toBe(
      '/cart',
    )
    const joined = await ada.get('/cart').expect(200)
    expect(textOf(joined.text)).toContain('We’ve added the items you chose before you signed in.')
    expect(String(joined.headers['set-cookie'])).toMatch(/till-cart=;/)
    expect(await cartText(ada)).not.toContain('before you signed in')

    // The checkout page shows both products, and holds nothing before the shopper clicks Pay.
    const { headers } = await checkOut(ada, { currency: 'usd', total: 10_200 }).expect(303)
    expect(headers['location']).toBe('/checkout')
    const shown = textOf((await ada.get('/checkout').expect(200)).text)
    for (const words of [mug.name, notebook.name, 'Pay $102.00']) expect(shown).toContain(words)
    expect(await ordersOf(email)).toEqual([])
    expect((await productOf('stoneware-mug')).stock).toBe(mug.stock)

    // One order holds both, and Pay leads to Stripe's page at once.
    const checkoutUrl = String((await payShown(ada, '/checkout')).headers['location'])
    const key = (await ordersOf(email))[0]?.key ?? ''
    expect((await productOf('stoneware-mug')).stock).toBe((mug.stock ?? 0) - 3)
    expect(textOf((await ada.get(`/orders/${key}`).expect(200)).text)).toContain('We’ll hold your items')
    const session = await shop.stripe.checkout.sessions.retrieve(sessionOf(checkoutUrl), {
      expand: ['line_items'],
    })
    expect(session).toMatchObject({
      amount_total: 10_200,
      cancel_url: `${shop.url}/cart?cancelled`,
      metadata: { product_id: `${mug.id},${notebook.id}` },
      line_items: { data: [{ quantity: 3 }, { quantity: 1 }] },
    })

    // The shopper cancels, adds items to the cart, and still pays the first order.
    expect(textOf((await ada.get('/cart?cancelled').expect(200)).text)).toContain('No charge was made')
    await add(ada, mug)
    await add(ada, tray)
    await payByCard(checkoutUrl)
    await shop.sandbox?.idle()
    const [order] = await ordersOf(email)
    expect(order).toMatchObject({ status: 'paid', amountPaid: 10_200 })
    expect(order?.purchases.map(({ productId, quantity }) => [productId, quantity])).toEqual([
      [mug.id, 3],
      [notebook.id, 1],
    ])
    // The purchased units have left the cart; the ones added later are still there.
    expect(await cartOf(email)).toEqual({ [mug.id]: 1, [tray.id]: 1 })
  })

  it('a guest’s cart joins the account’s cart: quantities add up to at most 20', async () => {
    const [mug, pencils] = await Promise.all([productOf('stoneware-mug'), productOf('cedar-pencils')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug, 15)
    await shopper.post('/logout').expect(303)
    expect(await cartText(shopper)).toContain('Your cart is empty')
    await add(shopper, mug, 15)
    await add(shopper, pencils, 2)
    await shopper.post('/login').type('form').send({ email, password: PASSWORD }).expect(303)
    // Concurrent page loads merge the cart once.
    await Promise.all(Array.from({ length: 5 }, () => shopper.get('/pricing').expect(200)))
    expect(await cartOf(email)).toEqual({ [mug.id]: 20, [pencils.id]: 2 })
    expect(await cartText(shopper)).toContain('You can order up to 20.')
    expect(await shop.database.prisma.cart.count({ where: { userId: null, items: { some: {} } } })).toBe(0)
  })

  it('other visitors and unknown tokens cannot see a guest’s cart', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper } = await newShopper(shop.url)
    await add(shopper, mug)
    const other = stranger(shop.url)
    expect(await cartText(other)).toContain('Your cart is empty')
    const cookie = `till-cart=${'x'.repeat(43)}`
    expect(textOf((await other.get('/cart').set('cookie', cookie).expect(200)).text)).toContain(
      'Your cart is empty',
    )
    await other.post(`/cart/items/${mug.id}`).type('form').send({ quantity: 5 }).expect(404)
  })

  it('a form from another site is refused with an error page, and adds nothing', async () => {
    const mug = await productOf('stoneware-mug')
    const answer = await stranger(shop.url)
      .post('/cart/items')
      .set({ 'sec-fetch-site': 'cross-site', accept: 'text/html' })
      .type('form')
      .send({ product_id: mug.id })
      .expect(403)
    expect(textOf(answer.text)).toContain('This request came from another site')
    expect(answer.text).not.toContain('node_modules')
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  it('valid quantities are saved, and invalid ones get an error message', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug, 2)
    await setTo(shopper, mug, 5).expect(303)
    expect(await cartOf(email)).toEqual({ [mug.id]: 5 })
    for (const quantity of ['', '-1', '1.5', 'x', '21', '999999999999']) {
      const { text } = await setTo(shopper, mug, quantity as unknown as number).expect(400)
      expect(textOf(text)).toContain('Choose a quantity from 0 to 20.')
    }
    for (const quantity of ['0', '21', '-1', 'x'])
      await shopper.post('/cart/items').type('form').send({ product_id: mug.id, quantity }).expect(400)
    for (const product_id of ['', '0', '999999', 'x'])
      await shopper.post('/cart/items').type('form').send({ product_id }).expect(404)
    await shopper.post('/cart/items').expect(404)
    expect(await cartOf(email)).toEqual({ [mug.id]: 5 })
    // Removing twice, as a double click does.
    await setTo(shopper, mug, 0).expect(303)
    const { headers } = await setTo(shopper, mug, 0).expect(303)
    expect(textOf((await shopper.get(String(headers['location'])).expect(200)).text)).toContain(
      'Removed from your cart',
    )
    expect(textOf((await checkOut(shopper).expect(409)).text)).toContain('Your cart is empty')
  })

  it('a cart holds at most twenty different products', async () => {
    const { prisma } = shop.database
    const like = await prisma.product.findUniqueOrThrow({
      where: { slug: 'grid-notebook' },
      omit: { id: true, translations: true },
    })
    await prisma.product.createMany({
      data: Array.from({ length: 21 }, (_, index) => ({
        ...like,
        slug: `ruler-${index}`,
        name: `Ruler ${index}`,
      })),
    })
    const rulers = await prisma.product.findMany({ where: { slug: { startsWith: 'ruler-' } } })
    const { shopper } = await newShopper(shop.url)
    for (const ruler of rulers.slice(0, 20)) await add(shopper, ruler)
    const { text } = await shopper
      .post('/cart/items')
      .type('form')
      .send({ product_id: rulers[20]?.id })
      .expect(409)
    expect(textOf(text)).toContain('up to 20 different products')
    const key = await orderCart(shopper)
    expect(await shop.database.prisma.orderItem.count({ where: { order: { key } } })).toBe(20)
    await payByCard(await pay(shopper, key))
    await prisma.product.updateMany({ where: { slug: { startsWith: 'ruler-' } }, data: { active: false } })
  })

  it('a guest’s cart is deleted after ninety days, an account’s is kept', async () => {
    const { prisma } = shop.database
    const mug = await productOf('stoneware-mug')
    const guest = stranger(shop.url)
    const { shopper, email } = await newShopper(shop.url)
    await add(guest, mug)
    await add(shopper, mug)
    const age = (days: number) =>
      prisma.cart.updateMany({ data: { updatedAt: new Date(Date.now() - days * 24 * 60 * 60 * 1000) } })
    await age(89)
    await deleteExpiredRows(prisma)
    expect(await cartText(guest)).toContain(mug.name)
    await age(91)
    await deleteExpiredRows(prisma)
    expect(await cartText(guest)).toContain('Your cart is empty')
    expect(await cartOf(email)).toEqual({ [mug.id]: 1 })
  })
})

describe('quantities that were typed and not updated', () => {
  it('are ordered by Check out', async () => {
    const [mug, notebook] = await Promise.all([productOf('stoneware-mug'), productOf('grid-notebook')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug)
    await add(shopper, notebook)
    const form = {
      currency: 'usd',
      total: mug.unitAmount + notebook.unitAmount,
      [`quantity_${mug.id}`]: 3,
      [`price_${mug.id}`]: mug.unitAmount,
      [`quantity_${notebook.id}`]: 0,
      [`price_${notebook.id}`]: notebook.unitAmount,
    }
    const [one, two] = await Promise.all([checkOut(shopper, form), checkOut(shopper, form)])
    expect([one.status, two.status]).toEqual([303, 303])
    // A double click is one order.
    const fields = fieldsOf((await shopper.get('/checkout').expect(200)).text)
    const click = () => shopper.post('/checkout').type('form').send(fields)
    const clicks = await Promise.all([click(), click()])
    expect(clicks.map(({ status }) => status)).toEqual([303, 303])
    expect(await ordersOf(email)).toMatchObject([{ total: 3 * mug.unitAmount }])
    expect(await cartOf(email)).toEqual({ [mug.id]: 3 })
  })

  it('survive the sign-in', async () => {
    const mug = await productOf('stoneware-mug')
    const guest = stranger(shop.url)
    await add(guest, mug)
    const { headers } = await checkOut(guest, { currency: 'usd', [`quantity_${mug.id}`]: 4 }).expect(303)
    expect(headers['location']).toBe('/login?next=%2Fcart')
    expect(await cartText(guest)).toContain('4 × $28.00')
  })

  it.each(['', '1.5', '21', '-1', 'three'])('“%s” is refused', async (typed) => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug)
    const form = { currency: 'usd', [`quantity_${mug.id}`]: typed, [`price_${mug.id}`]: mug.unitAmount }
    expect(textOf((await checkOut(shopper, form).expect(409)).text)).toContain(
      'Choose a quantity from 0 to 20',
    )
    expect(await ordersOf(email)).toEqual([])
    expect(await cartOf(email)).toEqual({ [mug.id]: 1 })
  })

  it('are refused with another price than the page showed, or more than are left, and kept', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug)
    const form = { currency: 'usd', [`quantity_${mug.id}`]: 3, [`price_${mug.id}`]: mug.unitAmount }
    await withProduct(mug, { unitAmount: 3100 }, async () => {
      const { text } = await checkOut(shopper, form).expect(409)
      expect(textOf(text)).toMatch(/price has changed.*Total \$93.00/)
    })
    await withProduct(mug, { stock: 2 }, async () => {
      expect(textOf((await checkOut(shopper, form).expect(409)).text)).toContain('only 2 of')
    })
    expect(await ordersOf(email)).toEqual([])
    expect(await cartOf(email)).toEqual({ [mug.id]: 3 })
  })

  it('are all saved by any Update', async () => {
    const [mug, notebook] = await Promise.all([productOf('stoneware-mug'), productOf('grid-notebook')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug)
    await add(shopper, notebook)
    const form = { [`quantity_${mug.id}`]: 2, [`quantity_${notebook.id}`]: 5 }
    await shopper.post(`/cart/items/${mug.id}`).type('form').send(form).expect(303)
    expect(await cartOf(email)).toEqual({ [mug.id]: 2, [notebook.id]: 5 })
  })
})

describe('two currencies in a cart', () => {
  it('become two orders, checked out one after the other', async () => {
    const [mug, kettle] = await Promise.all([productOf('stoneware-mug'), productOf('iron-kettle')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug)
    await add(shopper, kettle)
    expect(await cartText(shopper)).toContain('need separate checkouts')
    const refused = textOf((await checkOut(shopper).expect(409)).text)
    expect(refused).toContain('prices in US dollars and Japanese yen')
    expect(await ordersOf(email)).toEqual([])

    const dollars = await orderCart(shopper, { currency: 'usd', total: mug.unitAmount })
    const dollarsUrl = await pay(shopper, dollars)
    // The second order does not affect the first one.
    const yen = await orderCart(shopper, { currency: 'jpy', total: kettle.unitAmount })
    await payByCard(dollarsUrl)
    await payByCard(await pay(shopper, yen))
    await shop.sandbox?.idle()
    expect(await ordersOf(email)).toMatchObject([
      { currency: 'usd', status: 'paid', amountPaid: mug.unitAmount },
      { currency: 'jpy', status: 'paid', amountPaid: kettle.unitAmount },
    ])
    expect(await cartOf(email)).toEqual({})
  })
})

describe('a product that changed while in the cart', () => {
  it('checkout with an outdated total is refused, and shows the new price', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug, 2)
    await withProduct(mug, { unitAmount: 3100 }, async () => {
      // An outdated total from the page, and one without a currency.
      for (const seen of [{ currency: 'usd', total: 5600 }, { total: 5600 }]) {
        const { text } = await checkOut(shopper, seen).expect(409)
        expect(textOf(text)).toMatch(/has changed.*so we didn’t place your order/)
        expect(textOf(text)).toContain('Total $62.00')
      }
      expect(await ordersOf(email)).toEqual([])
      // The page has shown the new price.
      const key = await orderCart(shopper, { currency: 'usd', total: 6200 })
      expect(await ordersOf(email)).toMatchObject([{ key, total: 6200 }])
    })
  })

  it('the cart page shows the old and the new price, and checkout accepts the new total', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper } = await newShopper(shop.url)
    await add(shopper, mug, 2)
    await withProduct(mug, { unitAmount: 2500 }, async () => {
      expect(await cartText(shopper)).toContain('The price has changed from $28.00 to $25.00 each.')
      await orderCart(shopper, { currency: 'usd', total: 5000 })
      expect(await cartText(shopper)).not.toContain('The price has changed')
    })
  })

  it.each([
    ['sold out', { stock: 0 }, 'Sold out', 'is sold out. Remove it to continue.'],
    ['fewer left', { stock: 2 }, 'Only 2 left', 'There are only 2 of “'],
    ['one left', { stock: 1 }, 'Only 1 left', 'There is only 1 of “'],
    ['no longer sold', { active: false }, 'No longer sold', 'is no longer sold. Remove it to continue.'],
  ])('%s: the cart page says so, and checkout is refused', async (_what, change, word, sentence) => {
    const [mug, notebook] = await Promise.all([productOf('stoneware-mug'), productOf('grid-notebook')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug, 3)
    await add(shopper, notebook)
    await withProduct(mug, change, async () => {
      const page = await cartText(shopper)
      expect(page).toContain(word)
      expect(page).toContain(sentence)
      expect(page).toContain('Subtotal (available items) $18.00')
      const { text } = await checkOut(shopper, { currency: 'usd', total: 1800 }).expect(409)
      expect(textOf(text)).toContain(sentence)
      expect(await ordersOf(email)).toEqual([])
      await setTo(shopper, mug, 0).expect(303)
      await orderCart(shopper, { currency: 'usd', total: 1800 })
    })
  })

  it('if the last units sell before Pay, nothing is charged and the page links to the cart', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug, 2)
    const fields = fieldsOf((await shopper.get('/checkout').expect(200)).text)
    await withProduct(mug, { stock: 1 }, async () => {
      const { text } = await shopper
        .post('/checkout')
        .type('form')
        .set('accept', 'text/html')
        .send(fields)
        .expect(409)
      expect(textOf(text)).toContain('Your cart has changed since you opened that page')
      expect(textOf(text)).toContain('Only 1 left')
      expect(await ordersOf(email)).toEqual([])
    })
  })

  it('an order that holds the last units can be checked out and paid again', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper } = await newShopper(shop.url)
    await add(shopper, mug, 2)
    await withProduct(mug, { stock: 2 }, async () => {
      const key = await orderCart(shopper)
      const url = await pay(shopper, key)
      expect((await productOf('stoneware-mug')).stock).toBe(0)
      const page = await cartText(shopper)
      expect(page).not.toContain('Sold out')
      // Checkout and Pay again return the same order and session.
      expect(await orderCart(shopper, { currency: 'usd', total: 5600 })).toBe(key)
      expect(await pay(shopper, key)).toBe(url)
      // A smaller quantity makes a new order, which takes its units from the first one.
      await setTo(shopper, mug, 1).expect(303)
      const smaller = await orderCart(shopper)
      expect(smaller).not.toBe(key)
      await payByCard(await pay(shopper, smaller))
      await shop.sandbox?.idle()
      expect((await productOf('stoneware-mug')).stock).toBe(1)
    })
  })
})

describe('a cart that was changed after checkout', () => {
  it('the next checkout expires the first session before it opens another', async () => {
    const [mug, notebook] = await Promise.all([productOf('stoneware-mug'), productOf('grid-notebook')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug)
    const first = sessionOf(await pay(shopper, await orderCart(shopper)))
    await add(shopper, notebook)
    const second = sessionOf(await pay(shopper, await orderCart(shopper)))
    const retrieve = (id: string) => shop.stripe.checkout.sessions.retrieve(id)
    expect((await retrieve(first)).status).toBe('expired')
    expect(await retrieve(second)).toMatchObject({
      status: 'open',
      amount_total: mug.unitAmount + notebook.unitAmount,
    })
    expect((await ordersOf(email)).map(({ status }) => status)).toEqual(['expired', 'pending'])
  })

  it('if the first order was paid in another tab, checkout links to it and charges nothing', async () => {
    const [mug, notebook] = await Promise.all([productOf('stoneware-mug'), productOf('grid-notebook')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug)
    const key = await orderCart(shopper)
    const url = await pay(shopper, key)
    await add(shopper, notebook)
    const { data: endpoints } = await shop.stripe.webhookEndpoints.list()
    const disable = (disabled: boolean) =>
      Promise.all(endpoints.map(({ id }) => shop.stripe.webhookEndpoints.update(id, { disabled })))
    await disable(true)
    try {
      await payByCard(url)
      const { text, status } = await payShown(shopper, '/checkout')
      expect(status).toBe(409)
      expect(textOf(text)).toContain('You’ve just paid for this')
      expect(text).toContain(`href="/orders/${key}"`)
    } finally {
      await disable(false)
    }
    expect(await ordersOf(email)).toMatchObject([{ key, status: 'paid' }])
    expect(await cartOf(email)).toEqual({ [notebook.id]: 1 })
    // A page opened earlier shows items that have left the cart.
    const stale = await checkOut(shopper, {
      currency: 'usd',
      total: mug.unitAmount + notebook.unitAmount,
    }).expect(409)
    expect(textOf(stale.text)).toContain('Your cart has changed since you opened that page')
  })

  it('a bank debit empties the cart once, even when it fails and the order is paid later', async () => {
    const lamp = await productOf('pivot-desk-lamp')
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, lamp, 2)
    const key = await orderCart(shopper)
    await payByDebit(await pay(shopper, key), IBAN.failing)
    await expect.poll(() => cartOf(email)).toEqual({})
    await expect.poll(async () => (await ordersOf(email))[0]?.status).toBe('failed')
    // Two more go into the cart, and the failed order is paid by card.
    await add(shopper, lamp, 2)
    await payByCard(await pay(shopper, key))
    await shop.sandbox?.idle()
    expect(await ordersOf(email)).toMatchObject([{ status: 'paid' }])
    expect(await cartOf(email)).toEqual({ [lamp.id]: 2 })
  })
})

describe('simultaneous clicks', () => {
  it('ten clicks on Pay make one order and one session', async () => {
    const [mug, notebook] = await Promise.all([productOf('stoneware-mug'), productOf('grid-notebook')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug, 2)
    await add(shopper, notebook)
    const fields = fieldsOf((await shopper.get('/checkout').expect(200)).text)
    const click = () => shopper.post('/checkout').type('form').send(fields)
    const clicks = await Promise.all(Array.from({ length: 10 }, click))
    expect(clicks.map(({ status }) => status)).toEqual(Array(10).fill(303))
    expect(new Set(clicks.map(({ headers }) => headers['location'])).size).toBe(1)
    const [order, ...others] = await ordersOf(email)
    expect(others).toEqual([])
    expect(order?.attempts).toHaveLength(1)
  })

  it('ten clicks on Add to cart add ten units, in a new cart too', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await Promise.all(Array.from({ length: 10 }, () => add(shopper, mug)))
    expect(await cartOf(email)).toEqual({ [mug.id]: 10 })
  })

  it('Purchase replaces the cart’s open order for the same product, and leaves the cart unchanged', async () => {
    const mug = await productOf('stoneware-mug')
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug)
    const fromCart = sessionOf(await pay(shopper, await orderCart(shopper)))
    const { headers } = await shopper.post(`/checkout/${mug.id}`).expect(303)
    expect((await shop.stripe.checkout.sessions.retrieve(fromCart)).status).toBe('expired')
    await payByCard(String(headers['location']))
    await shop.sandbox?.idle()
    expect((await ordersOf(email)).map(({ status }) => status)).toEqual(['expired', 'paid'])
    expect(await cartOf(email)).toEqual({ [mug.id]: 1 })
  })
})
