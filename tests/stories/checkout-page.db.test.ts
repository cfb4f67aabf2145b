// The checkout page: what it shows, that it charges just that, and delivery and tax as orders keep them.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Settings } from '../../src/settings/settings.js'
import { changeSettings } from '../support/change-settings.js'
import { checkoutFields, ratesOn } from '../support/checkout-page.js'
import { runCommand } from '../support/command.js'
import { sessionOf } from '../support/pay-page.js'
import { newShopper, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
  await shop.database.prisma.product.updateMany({
    where: { slug: { in: ['stoneware-mug', 'nesting-bowls'] } },
    data: { requiresShipping: true },
  })
})
afterAll(() => shop.close())
afterEach(() => set({ tax: 'none', pricesIncludeTax: false }))

const productOf = (slug: string) => shop.database.prisma.product.findUniqueOrThrow({ where: { slug } })
const mugOf = () => productOf('stoneware-mug')
const ordersOf = (email: string) =>
  shop.database.prisma.order.findMany({
    where: { email },
    include: { attempts: true },
    orderBy: { id: 'asc' },
  })
const rateOf = (name: string) => shop.database.prisma.shippingRate.findFirstOrThrow({ where: { name } })
const page = async (shopper: Shopper, path: string) => (await shopper.get(path).expect(200)).text
const post = (shopper: Shopper, path: string, form: object) =>
  shopper.post(path).type('form').set('accept', 'text/html').send(form)
const add = (shopper: Shopper, id: number, quantity = 1) =>
  shopper.post('/cart/items').type('form').send({ product_id: id, quantity }).expect(303)

const set = (settings: Partial<Settings>) => changeSettings(shop, settings)

/** Changes a rate for the time of the work. */
async function withRate(name: string, data: object, work: () => Promise<void>): Promise<void> {
  const { id, ...before } = await rateOf(name)
  const rates = shop.database.prisma.shippingRate
  await rates.update({ where: { id }, data })
  await work().finally(() => rates.update({ where: { id }, data: { ...before, translations: {} } }))
}

/** Posts the form, and expects the page again with this notice, and no order. */
async function expectShownAgain(shopper: Shopper, email: string, path: string, form: object, notice: RegExp) {
  const answer = await post(shopper, path, form).expect(409)
  const text = textOf(answer.text)
  expect(text).toMatch(notice)
  expect(text).toContain('Checkout')
  expect(await ordersOf(email)).toEqual([])
  return answer.text
}

describe('a product that needs delivery', () => {
  it('goes by express to Berlin, with tax on top', async () => {
    await set({ tax: 'stripe' })
    const mug = await mugOf()
    const { shopper, email } = await newShopper(shop.url)

    // Purchase leads to the page, which asks for the country first.
    const asked = await post(shopper, `/checkout/${mug.id}`, { quantity: '2' }).expect(303)
    expect(asked.headers['location']).toBe(`/checkout/${mug.id}?quantity=2`)
    const first = await page(shopper, String(asked.headers['location']))
    expect(textOf(first)).toContain('Delivery Choose a country')
    expect(textOf(first)).toContain('Show delivery options')
    expect(textOf(first)).not.toContain('Pay $')

    // Without script, a button shows the delivery options: the cheapest is chosen.
    const update = { ...checkoutFields(first), country: 'DE', update: 'yes' }
    const shown = await post(shopper, `/checkout/${mug.id}`, update).expect(303)
    expect(shown.headers['location']).toBe(`/checkout/${mug.id}?quantity=2&country=DE&updated`)
    const second = await page(shopper, String(shown.headers['location']))
    for (const words of [
      'Europe 4–8 business days Free from $150.00 $12.90',
      'Europe express 2–3 business days $24.90',
      'Subtotal $56.00 Delivery $12.90 Tax Calculated on the payment page Total before tax $68.90',
      'Pay $68.90 plus tax',
      'The total is now $68.90. Check it before you pay.',
    ])
      expect(textOf(second)).toContain(words)

    // Pay with another option than the page's total has shows the new total first.
    const express = { ...checkoutFields(second), rate: ratesOn(second)['Europe express'] ?? '' }
    const changed = await post(shopper, `/checkout/${mug.id}`, express).expect(303)
    const third = await page(shopper, String(changed.headers['location']))
    expect(textOf(third)).toContain('The total is now $80.90')
    expect(await ordersOf(email)).toEqual([])

    const paid = await post(shopper, `/checkout/${mug.id}`, checkoutFields(third)).expect(303)
    expect(sessionOf(String(paid.headers['location']))).not.toBe('')
    const { id: shippingRateId } = await rateOf('Europe express')
    expect(await ordersOf(email)).toMatchObject([
      {
        currency: 'usd',
        itemsTotal: 5600,
        shippingTotal: 2490,
        discountTotal: 0,
        taxTotal: 0,
        total: 8090,
        taxBehavior: 'exclusive',
        automaticTax: true,
        deliveryCountry: 'DE',
        shippingRateId,
        shippingRateName: 'Europe express',
        deliveryMinDays: 2,
        deliveryMaxDays: 3,
      },
    ])

    // The next checkout begins with that country.
    expect(checkoutFields(await page(shopper, `/checkout/${mug.id}`))['country']).toBe('DE')
  })

  it('is paid in one step by a form with country, rate and total', async () => {
    const mug = await mugOf()
    const { id: rate } = await rateOf('Standard')
    const { shopper, email } = await newShopper(shop.url)
    const form = { country: 'us', rate, total: 2800 + 590, currency: 'USD' }
    await post(shopper, `/checkout/${mug.id}`, form).expect(303)
    expect(await ordersOf(email)).toMatchObject([
      { total: 3390, deliveryCountry: 'US', taxBehavior: 'exclusive' },
    ])
    // Without a total, the page is shown first.
    const { headers } = await post(shopper, `/checkout/${mug.id}`, { country: 'US', rate }).expect(303)
    expect(headers['location']).toBe(`/checkout/${mug.id}?country=US&rate=${rate}`)
  })

  it('is one order and one session, however often Pay is clicked', async () => {
    const mug = await mugOf()
    const { shopper, email } = await newShopper(shop.url)
    const form = checkoutFields(await page(shopper, `/checkout/${mug.id}?country=US`))
    const clicks = await Promise.all(
      Array.from({ length: 5 }, () => post(shopper, `/checkout/${mug.id}`, form)),
    )
    expect(clicks.map(({ status }) => status)).toEqual(Array(5).fill(303))
    expect(new Set(clicks.map(({ headers }) => headers['location'])).size).toBe(1)
    expect(await ordersOf(email)).toMatchObject([{ attempts: [{ status: 'open' }] }])
  })

  it('another delivery of the same product replaces the open order', async () => {
    const mug = await mugOf()
    const { shopper, email } = await newShopper(shop.url)
    const standard = await page(shopper, `/checkout/${mug.id}?country=US`)
    await post(shopper, `/checkout/${mug.id}`, checkoutFields(standard)).expect(303)
    const express = await page(shopper, `/checkout/${mug.id}?country=US&rate=${ratesOn(standard)['Express']}`)
    await post(shopper, `/checkout/${mug.id}`, checkoutFields(express)).expect(303)
    expect((await ordersOf(email)).map(({ status, shippingTotal }) => [status, shippingTotal])).toEqual([
      ['expired', 590],
      ['pending', 1490],
    ])
  })

  it('survives the sign-in with what was chosen', async () => {
    const mug = await mugOf()
    const form = { quantity: '2', country: 'DE', rate: '3' }
    const { headers } = await post(stranger(shop.url), `/checkout/${mug.id}`, form).expect(303)
    const next = new URL(String(headers['location']), shop.url).searchParams.get('next')
    expect(next).toBe(`/checkout/${mug.id}?quantity=2&country=DE&rate=3`)
  })
})

describe('what is shown again instead of charged', () => {
  const opened = async (query = 'country=US') => {
    const mug = await mugOf()
    const { shopper, email } = await newShopper(shop.url)
    const path = `/checkout/${mug.id}`
    return { mug, shopper, email, path, form: checkoutFields(await page(shopper, `${path}?${query}`)) }
  }

  it.each([
    ['has another price', { amount: 690 }, /The total is \$34\.90 now/],
    ['becomes free earlier', { freeFrom: 2800 }, /The total is \$28\.00 now/],
    ['was removed', { active: false }, /That delivery option isn’t available any more/],
    ['no longer goes there', { countries: ['CA'] }, /That delivery option isn’t available any more/],
    ['is in another currency', { currency: 'eur' }, /That delivery option isn’t available any more/],
    [
      'takes longer',
      { minDays: 10, maxDays: 20 },
      /The delivery time has changed since you opened that page/,
    ],
  ])('a rate that %s', async (_what, change, notice) => {
    const { shopper, email, path, form } = await opened()
    await withRate('Standard', change, async () => {
      const again = await expectShownAgain(shopper, email, path, form, notice)
      // The page that was shown can be paid.
      await post(shopper, path, checkoutFields(again)).expect(303)
    })
  })

  it('a price that changed between the page and Pay', async () => {
    const { mug, shopper, email, path, form } = await opened()
    const products = shop.database.prisma.product
    await products.update({ where: { id: mug.id }, data: { unitAmount: 3100 } })
    try {
      const again = await expectShownAgain(shopper, email, path, form, /The total is \$36\.90 now/)
      expect(textOf(again)).toContain('Pay $36.90')
    } finally {
      await products.update({ where: { id: mug.id }, data: { unitAmount: mug.unitAmount } })
    }
  })

  it('tax that is switched on or included meanwhile', async () => {
    const { shopper, email, path, form } = await opened()
    await set({ tax: 'stripe' })
    const added = await expectShownAgain(shopper, email, path, form, /How tax is charged has changed/)
    expect(textOf(added)).toContain('Total before tax $33.90')
    await set({ pricesIncludeTax: true })
    const included = await expectShownAgain(shopper, email, path, checkoutFields(added), /How tax is charged/)
    expect(textOf(included)).toContain('Total $33.90 Includes tax')
    await post(shopper, path, checkoutFields(included)).expect(303)
    expect(await ordersOf(email)).toMatchObject([
      { taxBehavior: 'inclusive', automaticTax: true, total: 3390 },
    ])
  })

  it('a product that sold out, or has fewer units', async () => {
    const { mug, shopper, email, path, form } = await opened('country=US&quantity=3')
    const products = shop.database.prisma.product
    const stockIs = (stock: number | null) => products.update({ where: { id: mug.id }, data: { stock } })
    try {
      await stockIs(2)
      const fewer = await expectShownAgain(shopper, email, path, form, /only 2 of “Stoneware mug” left/)
      expect(textOf(fewer)).toContain('Pay $61.90')
      await stockIs(0)
      const none = await expectShownAgain(shopper, email, path, form, /“Stoneware mug” has just sold out/)
      expect(textOf(none)).not.toContain('Pay $')
    } finally {
      await stockIs(mug.stock)
    }
  })

  it('a country that lost its last rate: nothing is placed', async () => {
    const { shopper, email, path, form } = await opened('country=JP')
    await withRate('Worldwide', { active: false }, async () => {
      const again = await expectShownAgain(shopper, email, path, form, /We don’t deliver to Japan yet\./)
      expect(textOf(again)).not.toContain('Pay $')
      expect(again).not.toContain('value="JP"')
    })
  })

  it.each([
    [
      'rate of another country',
      (europe: number) => ({ rate: europe, shown_rate: europe }),
      /isn’t available/,
    ],
    ['unknown rate', () => ({ rate: 999_999, shown_rate: 999_999 }), /isn’t available/],
    ['total', () => ({ total: 1 }), /The total is \$33\.90 now/],
    ['currency', () => ({ currency: 'jpy' }), /The total is \$33\.90 now/],
    ['unknown country', () => ({ country: 'QQ', shown_country: 'QQ' }), /We don’t deliver to QQ yet/],
  ])('a tampered %s', async (_what, change, notice) => {
    const { shopper, email, path, form } = await opened()
    const { id } = await rateOf('Europe')
    await expectShownAgain(shopper, email, path, { ...form, ...change(id) }, notice)
  })

  it.each(['country', 'rate'])('a form whose %s is nonsense: the page asks again', async (field) => {
    const { shopper, email, path, form } = await opened()
    const { headers } = await post(shopper, path, { ...form, [field]: 'nonsense' }).expect(303)
    await shopper.get(String(headers['location'])).expect(200)
    expect(await ordersOf(email)).toEqual([])
  })

  it('a rate of another currency', async () => {
    await runCommand(
      shop,
      'shipping',
      'add',
      'Brief',
      '--countries',
      'US',
      '--amount',
      '1',
      '--currency',
      'eur',
    )
    const { id: rate } = await rateOf('Brief')
    const { shopper, email, path, form } = await opened()
    const other = { ...form, rate, shown_rate: rate, total: 2900 }
    await expectShownAgain(shopper, email, path, other, /isn’t available any more/)
    await shop.database.prisma.shippingRate.delete({ where: { id: rate } })
  })
})

describe('where nothing can be delivered', () => {
  it('a country without a rate is named, and can’t be paid', async () => {
    const mug = await mugOf()
    const { shopper } = await newShopper(shop.url)
    const europe = (await rateOf('Europe')).countries.filter((code) => code !== 'CH')
    await withRate('Europe', { countries: europe }, () =>
      withRate('Europe express', { countries: europe }, async () => {
        const text = textOf(await page(shopper, `/checkout/${mug.id}?country=CH`))
        expect(text).toContain('We don’t deliver to Switzerland yet.')
        expect(text).not.toContain('Pay $')
      }),
    )
  })

  it('a currency without rates says so, and has no Pay', async () => {
    const bowls = await productOf('nesting-bowls')
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await post(shopper, `/checkout/${bowls.id}`, {}).expect(303)
    const text = textOf(await page(shopper, String(headers['location'])))
    expect(text).toContain('We can’t deliver this order at the moment.')
    expect(text).not.toMatch(/Pay €|Show delivery options/)
    expect(await ordersOf(email)).toEqual([])
  })

  it('the only country is chosen already', async () => {
    const bowls = await productOf('nesting-bowls')
    await runCommand(
      shop,
      'shipping',
      'add',
      'Brief',
      '--countries',
      'DE',
      '--amount',
      '0',
      '--currency',
      'eur',
    )
    const { shopper, email } = await newShopper(shop.url)
    const html = await page(shopper, `/checkout/${bowls.id}`)
    expect(checkoutFields(html)).toMatchObject({ country: 'DE', total: String(bowls.unitAmount) })
    expect(textOf(html)).toContain('Delivery Free Total')
    await post(shopper, `/checkout/${bowls.id}`, checkoutFields(html)).expect(303)
    expect(await ordersOf(email)).toMatchObject([{ shippingTotal: 0, shippingRateName: 'Brief' }])
    await shop.database.prisma.shippingRate.deleteMany({ where: { name: 'Brief' } })
  })
})

describe('a cart', () => {
  it('reaches free delivery, and is paid as the page shows', async () => {
    const [mug, tray] = await Promise.all([mugOf(), productOf('oak-desk-tray')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug.id)
    const { headers } = await post(shopper, '/cart/checkout', {}).expect(303)
    expect(headers['location']).toBe('/checkout')
    expect(textOf(await page(shopper, '/checkout?country=US'))).toContain(
      '3–5 business days Free from $75.00 $5.90',
    )
    await add(shopper, tray.id)
    const html = await page(shopper, '/checkout?country=US')
    expect(textOf(html)).toContain('Subtotal $76.00 Delivery Free Total $76.00')
    const paid = await post(shopper, '/checkout', checkoutFields(html)).expect(303)
    const session = await shop.stripe.checkout.sessions.retrieve(sessionOf(String(paid.headers['location'])))
    expect(session.amount_subtotal).toBe(7600)
    expect(await ordersOf(email)).toMatchObject([
      { itemsTotal: 7600, shippingTotal: 0, total: 7600, shippingRateName: 'Standard' },
    ])
  })

  it('that was changed in another tab is shown again, even at the same total', async () => {
    const [mug, notebook] = await Promise.all([mugOf(), productOf('grid-notebook')])
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, mug.id)
    const form = checkoutFields(await page(shopper, '/checkout?country=US'))
    await add(shopper, notebook.id)
    await expectShownAgain(shopper, email, '/checkout', form, /Your cart has changed since/)
    const faked = { ...form, total: 2800 + 1800 + 590 }
    await expectShownAgain(shopper, email, '/checkout', faked, /Your cart has changed since/)
    await post(shopper, `/cart/items/${mug.id}`, { quantity: 0 }).expect(303)
    await post(shopper, `/cart/items/${notebook.id}`, { quantity: 0 }).expect(303)
    // An empty cart has no checkout.
    const { headers } = await shopper.get('/checkout').expect(303)
    expect(headers['location']).toBe('/cart')
    expect(textOf((await post(shopper, '/checkout', form).expect(409)).text)).toContain('Your cart is empty')
    expect(await ordersOf(email)).toEqual([])
  })

  it('of things that need no delivery asks for nothing', async () => {
    const tray = await productOf('oak-desk-tray')
    const { shopper, email } = await newShopper(shop.url)
    await add(shopper, tray.id)
    const html = await page(shopper, '/checkout')
    expect(html).not.toContain('name="country"')
    expect(textOf(html)).toContain('Total $48.00')
    await post(shopper, '/checkout', checkoutFields(html)).expect(303)
    expect(await ordersOf(email)).toMatchObject([
      { total: 4800, deliveryCountry: null, shippingRateId: null },
    ])
  })

  it('signs in first, and comes back', async () => {
    for (const answer of [
      await stranger(shop.url).get('/checkout').expect(303),
      await post(stranger(shop.url), '/checkout', {}).expect(303),
    ])
      expect(answer.headers['location']).toBe('/login?next=%2Fcheckout')
  })
})

describe('a product that needs no delivery', () => {
  it('goes to Stripe in one step, from its page and from the checkout page', async () => {
    const tray = await productOf('oak-desk-tray')
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await post(shopper, `/checkout/${tray.id}`, { quantity: '1' }).expect(303)
    expect(sessionOf(String(headers['location']))).not.toBe('')
    const html = await page(shopper, `/checkout/${tray.id}?country=DE&rate=1`)
    expect(html).not.toContain('name="country"')
    const again = await post(shopper, `/checkout/${tray.id}`, {
      ...checkoutFields(html),
      country: 'DE',
      rate: 1,
    })
    expect(again.headers['location']).toBe(headers['location'])
    expect(await ordersOf(email)).toMatchObject([{ total: 4800, shippingTotal: 0, deliveryCountry: null }])
  })

  it('says on its page that tax is added, and shows the checkout page if that changed since', async () => {
    const tray = await productOf('oak-desk-tray')
    const { shopper, email } = await newShopper(shop.url)
    const fieldsOf = (html: string) => ({
      unit_amount: tray.unitAmount,
      currency: tray.currency,
      tax: /name="tax" value="(\w+)"/.exec(html)?.[1],
    })
    const untaxed = await page(shopper, `/pricing/${tray.id}`)
    expect(textOf(untaxed)).not.toMatch(/tax/i)
    await set({ tax: 'stripe' })
    const path = `/checkout/${tray.id}`
    await expectShownAgain(shopper, email, path, fieldsOf(untaxed), /How tax is charged has changed/)

    const taxed = await page(shopper, `/pricing/${tray.id}`)
    expect(textOf(taxed)).toContain('Plus tax, calculated on the payment page')
    const { headers } = await post(shopper, path, fieldsOf(taxed)).expect(303)
    expect(sessionOf(String(headers['location']))).not.toBe('')
    await set({ pricesIncludeTax: true })
    expect(textOf(await page(shopper, `/pricing/${tray.id}`))).toContain('Includes tax')
  })
})

describe('variants', () => {
  it('are checked out by their ids, and named', async () => {
    const { prisma } = shop.database
    const mug = await mugOf()
    await prisma.product.update({ where: { id: mug.id }, data: { options: ['Colour'] } })
    await prisma.variant.update({ where: { id: mug.id }, data: { optionValues: ['Sage'] } })
    const red = await prisma.variant.create({
      data: { productId: mug.id, sku: 'mug-red', optionValues: ['Red'], unitAmount: 3000, currency: 'usd' },
    })
    const { shopper } = await newShopper(shop.url)
    try {
      for (const path of [
        `/checkout/${mug.id}?variant=${red.id}&quantity=2&country=US`,
        `/checkout?variant=${red.id}&quantity=2&country=US`,
      ]) {
        const html = await page(shopper, path)
        expect(textOf(html)).toContain('Stoneware mug Red 2 × $30.00 $60.00')
        expect(checkoutFields(html)).toMatchObject({ variant_id: String(red.id), items: `${red.id}x2` })
        expect(html).toContain(`action="/checkout/${mug.id}"`)
      }
      // Without a choice, the first that can be bought is shown. To be ordered, one must be chosen.
      expect(checkoutFields(await page(shopper, `/checkout/${mug.id}`))).toMatchObject({
        variant_id: String(mug.id),
      })
      const posted = await post(shopper, `/checkout/${mug.id}`, {}).expect(400)
      expect(posted.text).toContain(`href="/pricing/${mug.id}"`)
      const other = await productOf('oak-desk-tray')
      for (const unknown of [other.id, 999_999, 'x', '']) {
        await shopper.get(`/checkout/${mug.id}?variant=${unknown}`).expect(404)
        await post(shopper, `/checkout/${mug.id}`, { variant_id: unknown }).expect(404)
      }
      for (const unknown of ['999999', 'x', '']) await shopper.get(`/checkout?variant=${unknown}`).expect(404)
    } finally {
      await prisma.variant.delete({ where: { id: red.id } })
      await prisma.variant.update({ where: { id: mug.id }, data: { optionValues: [] } })
      await prisma.product.update({ where: { id: mug.id }, data: { options: [] } })
    }
  })
})

describe('an unpaid order', () => {
  const unpaid = async () => {
    const mug = await mugOf()
    const { shopper, email } = await newShopper(shop.url)
    const html = await page(shopper, `/checkout/${mug.id}?country=US`)
    const { headers } = await post(shopper, `/checkout/${mug.id}`, checkoutFields(html)).expect(303)
    await shop.stripe.checkout.sessions.expire(sessionOf(String(headers['location'])))
    await shop.sandbox?.idle()
    const [order] = await ordersOf(email)
    return { mug, shopper, email, path: `/orders/${order?.key}/pay` }
  }

  it('is paid later with the delivery that was chosen', async () => {
    const { shopper, email, path } = await unpaid()
    await post(shopper, path, {}).expect(303)
    expect(await ordersOf(email)).toMatchObject([
      { deliveryCountry: 'US', shippingTotal: 590, attempts: [{ status: 'expired' }, { status: 'open' }] },
    ])
  })

  it.each([
    ['has another price', { amount: 690 }, /The price of the delivery has changed since you ordered/],
    ['was removed', { active: false }, /The delivery option that you chose isn’t available any more/],
  ])('is not, when the rate %s: it can be checked out again', async (_what, change, notice) => {
    const { mug, shopper, email, path } = await unpaid()
    await withRate('Standard', change, async () => {
      const { text } = await post(shopper, path, {}).expect(409)
      expect(textOf(text)).toMatch(notice)
      expect(text).toContain(`href="/checkout?variant=${mug.id}"`)
      expect((await ordersOf(email)).map(({ attempts }) => attempts.length)).toEqual([1])
    })
  })

  it('is not, when its product needs delivery since', async () => {
    const { prisma } = shop.database
    const tray = await productOf('oak-desk-tray')
    const { shopper } = await newShopper(shop.url)
    const { body } = await shopper
      .post('/api/orders')
      .send({ items: [{ product_id: tray.id, quantity: 1 }] })
      .expect(201)
    await prisma.product.update({ where: { id: tray.id }, data: { requiresShipping: true } })
    const { text } = await post(shopper, `/orders/${String(body.order_id)}/pay`, {}).expect(409)
    expect(textOf(text)).toContain('This order needs delivery')
    await prisma.product.update({ where: { id: tray.id }, data: { requiresShipping: false } })
  })
})

it('an order too large for one payment with its delivery is refused', async () => {
  const mug = await mugOf()
  const { shopper, email } = await newShopper(shop.url)
  const products = shop.database.prisma.product
  await products.update({ where: { id: mug.id }, data: { unitAmount: 99_999_900 } })
  await withRate('Standard', { freeFrom: null }, async () => {
    const form = checkoutFields(await page(shopper, `/checkout/${mug.id}?country=US`))
    await post(shopper, `/checkout/${mug.id}`, form).expect(400)
  }).finally(() => products.update({ where: { id: mug.id }, data: { unitAmount: mug.unitAmount } }))
  expect(await ordersOf(email)).toEqual([])
})

it('promotion codes are mentioned once they are accepted', async () => {
  const mug = await mugOf()
  const { shopper } = await newShopper(shop.url)
  const sentence = 'You can enter a promotion code on the payment page.'
  const read = async () => textOf(await page(shopper, `/checkout/${mug.id}?country=US`))
  expect(await read()).not.toContain(sentence)
  await shop.database.prisma.shop.updateMany({ data: { promotionCodes: true } })
  await expect.poll(read).toContain(sentence)
})
