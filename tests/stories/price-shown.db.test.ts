// Each way to Stripe charges what its page showed, or says that it changed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionOf } from '../support/pay-page.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())

const mugOf = () => shop.database.prisma.product.findUniqueOrThrow({ where: { slug: 'stoneware-mug' } })
const change = (id: number, data: object) => shop.database.prisma.product.update({ where: { id }, data })
const ordersOf = (email: string) => shop.database.prisma.order.findMany({ where: { email } })
const charged = async (url: unknown) =>
  (await shop.stripe.checkout.sessions.retrieve(sessionOf(String(url)))).amount_total

/** The fields of the page's form that leads to Stripe. */
async function formOf(shopper: Shopper, path: string): Promise<Record<string, string>> {
  return fieldsOf((await shopper.get(path).expect(200)).text)
}

function fieldsOf(text: string): Record<string, string> {
  const form = /<form[^>]*action="\/checkout\/[\s\S]*?<\/form>/.exec(text)?.[0] ?? ''
  return Object.fromEntries(
    [...form.matchAll(/<input[^>]*>/g)].map(([tag]) => [
      /name="([^"]*)"/.exec(tag)?.[1] ?? '',
      /value="([^"]*)"/.exec(tag)?.[1] ?? '',
    ]),
  )
}

describe.each([
  ['the product’s page', (id: number) => `/pricing/${id}`],
  ['the checkout page', (id: number) => `/checkout/${id}`],
])('from %s', (_page, pathOf) => {
  const post = (shopper: Shopper, id: number, form: object) =>
    shopper.post(`/checkout/${id}`).type('form').set('accept', 'text/html').send(form)

  it('the price of the page is charged', async () => {
    const mug = await mugOf()
    const { shopper } = await newShopper(shop.url)
    const form = await formOf(shopper, pathOf(mug.id))
    const { headers } = await post(shopper, mug.id, form).expect(303)
    expect(await charged(headers['location'])).toBe(mug.unitAmount)
  })

  it.each([
    ['is higher', { unitAmount: 3100 }, '$31.00'],
    ['is lower', { unitAmount: 1000 }, '$10.00'],
    ['is in another currency', { currency: 'eur' }, '€28.00'],
  ])('a price that %s now is not charged: the shopper sees it first', async (_what, now, text) => {
    const { id, unitAmount, currency } = await mugOf()
    const { shopper, email } = await newShopper(shop.url)
    const form = await formOf(shopper, pathOf(id))
    await change(id, now)
    const page = await post(shopper, id, form).expect(409)
    expect(textOf(page.text)).toContain(`The total is ${text} now`)
    expect(textOf(page.text)).toContain(`Pay ${text}`)
    expect(await ordersOf(email)).toEqual([])
    // Having seen it, the shopper can pay it.
    await post(shopper, id, fieldsOf(page.text)).expect(303)
    await change(id, { unitAmount, currency })
  })

  it('a product that was switched off meanwhile is not sold', async () => {
    const { id } = await mugOf()
    const { shopper, email } = await newShopper(shop.url)
    const form = await formOf(shopper, pathOf(id))
    await change(id, { active: false })
    await post(shopper, id, form).expect(404)
    await change(id, { active: true })
    expect(await ordersOf(email)).toEqual([])
  })
})

describe('the checkout page', () => {
  it('shows the new total of a quantity that was typed and not updated, before it is charged', async () => {
    const { id } = await mugOf()
    const { shopper, email } = await newShopper(shop.url)
    const form = { ...(await formOf(shopper, `/checkout/${id}`)), quantity: '3' }
    const { headers } = await shopper.post(`/checkout/${id}`).type('form').send(form).expect(303)
    expect(headers['location']).toBe(`/checkout/${id}?quantity=3&updated`)
    expect(await ordersOf(email)).toEqual([])
    const page = textOf((await shopper.get(String(headers['location'])).expect(200)).text)
    expect(page).toContain('The total is now $84.00')
    expect(page).toContain('Pay $84.00')
  })
})

describe('a client that does not say what it showed', () => {
  it('gets today’s price, which Stripe’s page shows', async () => {
    const mug = await mugOf()
    const { shopper } = await newShopper(shop.url)
    for (const form of [{}, { unit_amount: 'x' }, { total: 'x' }]) {
      const { headers } = await shopper.post(`/checkout/${mug.id}`).type('form').send(form).expect(303)
      expect(await charged(headers['location'])).toBe(mug.unitAmount)
    }
  })
})

describe('the API', () => {
  it('compares the total with the expected one, if a client sends it', async () => {
    const mug = await mugOf()
    const { shopper, email } = await newShopper(shop.url)
    const items = [{ product_id: mug.id, quantity: 2 }]
    const order = (expected: object) => shopper.post('/api/orders').send({ items, ...expected })
    for (const expected of [
      { expected_total: mug.unitAmount },
      { expected_total: 2 * mug.unitAmount, expected_currency: 'eur' },
    ])
      expect((await order(expected).expect(409)).body).toMatchObject({ code: 'price_changed' })
    expect(await ordersOf(email)).toEqual([])
    for (const expected of [{ expected_total: '5' }, { expected_total: -1 }, { expected_currency: 5 }])
      await order(expected).expect(400)

    const right = { expected_total: 2 * mug.unitAmount, expected_currency: 'USD' }
    const { body } = await order(right).expect(201)
    const open = (expected: object) =>
      shopper.post('/api/payments/create-session').send({ order_id: body.order_id, ...expected })
    expect((await open({ expected_total: 1 }).expect(409)).body).toMatchObject({ code: 'price_changed' })
    await open(right).expect(200)
  })
})
