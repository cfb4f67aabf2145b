// Orders with delivery and tax, from the checkout page over Stripe's page to the order, its receipt, mail and JSON.
import { randomBytes } from 'node:crypto'
import type Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Product } from '../../src/generated/prisma/client.js'
import type { OrderStatus } from '../../src/generated/prisma/enums.js'
import { changeSettings } from '../support/change-settings.js'
import { checkoutFields, ratesOn } from '../support/checkout-page.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { applyCode, CARD, payByCard, payByVoucher, sessionOf } from '../support/pay-page.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { addVariedProduct, type VariedProduct } from '../support/variants.js'

let shop: TestShop
let mug: VariedProduct
beforeAll(async () => {
  shop = await startTestShop()
  mug = await addVariedProduct(
    shop,
    ['Colour', 'Size'],
    [
      { values: ['Sage', 'M'], stock: 40 },
      { values: ['Red', 'L'], unitAmount: 3100, stock: 60 },
    ],
    { name: 'Enamel mug', requiresShipping: true, taxCode: 'txcd_99999999' },
  )
  // A business in the seller's country pays the tax too.
  await shop.stripe.tax.settings.update({ head_office: { address: { country: 'DE' } } })
})
afterAll(() => shop.close())

const plain = { tax: 'none', pricesIncludeTax: false, taxIds: false, phoneNumbers: false } as const
afterEach(() => changeSettings(shop, { ...plain, promotionCodes: false }))

const prisma = () => shop.database.prisma
const redMug = () => mug.variants['Red / L']?.id ?? 0
const stockOf = async (id: number) => (await prisma().variant.findUniqueOrThrow({ where: { id } })).stock
const page = async (shopper: Shopper, path: string) => (await shopper.get(path).expect(200)).text
const text = async (shopper: Shopper, path: string) => textOf(await page(shopper, path))

interface Chosen {
  variantId?: number
  quantity?: number
  country?: string
  /** The cheapest by default. */
  rate?: string
}

/** The checkout page with these choices. */
async function checkoutPage(shopper: Shopper, chosen: Chosen = {}): Promise<string> {
  const { variantId = redMug(), quantity = 2, country = 'DE', rate } = chosen
  const path = `/checkout?variant=${variantId}&quantity=${quantity}&country=${country}`
  const first = await page(shopper, path)
  return rate === undefined ? first : page(shopper, `${path}&rate=${ratesOn(first)[rate]}`)
}

const pay = (shopper: Shopper, html: string) =>
  shopper
    .post(/action="(\/checkout[^"]*)"/.exec(html)?.[1] ?? '')
    .type('form')
    .set('accept', 'text/html')
    .send(checkoutFields(html))

/** Pays on Stripe's page. */
async function payAt(url: string, fields: Record<string, string> = {}): Promise<void> {
  const answer = await payByCard(url, CARD.good, fields)
  expect(answer.status, textOf(answer.text)).toBe(303)
}

/** Goes from the checkout page to Stripe's. @returns its address */
async function open(shopper: Shopper, chosen: Chosen = {}): Promise<string> {
  const { headers } = await pay(shopper, await checkoutPage(shopper, chosen)).expect(303)
  return String(headers['location'])
}

const sessionAt = (url: string): Promise<Stripe.Checkout.Session> =>
  shop.stripe.checkout.sessions.retrieve(sessionOf(url), { expand: ['line_items'] })

function orderOf(email: string) {
  const include = { purchases: true, mails: true, attempts: true }
  return prisma().order.findFirstOrThrow({ where: { email }, include })
}

/** The order, once Stripe's events gave it this status. */
async function becomes(email: string, status: OrderStatus) {
  await expect.poll(async () => (await orderOf(email)).status).toBe(status)
  return orderOf(email)
}

/** The mail of this kind, once it is sent, as text. */
async function mailOf(email: string, kind: string): Promise<string> {
  const sent = async () =>
    (await orderOf(email)).mails.find((mail) => mail.kind === kind && mail.sentAt !== null)?.text ?? ''
  await expect.poll(sent).not.toBe('')
  return (await sent()).replace(/\s+/g, ' ')
}

/** A product of another currency, with the currency's only rate. */
async function soldIn(currency: string, country: string, unitAmount: number, rate: number): Promise<Product> {
  await prisma().shippingRate.deleteMany({ where: { currency } })
  await prisma().shippingRate.create({ data: { name: 'Post', countries: [country], amount: rate, currency } })
  return prisma().product.create({
    data: {
      ...{
        slug: `bowl-${randomBytes(4).toString('hex')}`,
        name: 'Bowl',
        summary: 'A bowl.',
        description: 'A bowl.',
      },
      ...{ image: '/assets/images/bowl.svg', category: 'Kitchen', unitAmount, currency, stock: 5 },
      requiresShipping: true,
    },
  })
}

describe('two red mugs in size L, by express to a business in Berlin', () => {
  it.each([
    { pricesIncludeTax: false, behavior: 'exclusive', tax: 1651, total: 10_341 },
    { pricesIncludeTax: true, behavior: 'inclusive', tax: 1388, total: 8690 },
  ])('with $behavior tax', async ({ pricesIncludeTax, behavior, tax, total }) => {
    await changeSettings(shop, { tax: 'stripe', pricesIncludeTax, taxIds: true, phoneNumbers: true })
    const { shopper, email } = await newShopper(shop.url)
    const html = await checkoutPage(shopper, { rate: 'Europe express' })
    expect(textOf(html)).toContain(pricesIncludeTax ? 'Pay $86.90' : 'Pay $86.90 plus tax')
    const url = String((await pay(shopper, html).expect(303)).headers['location'])

    // Stripe's page is asked for just this.
    const session = await sessionAt(url)
    expect(session).toMatchObject({
      shipping_address_collection: { allowed_countries: ['DE'] },
      automatic_tax: { enabled: true },
      tax_id_collection: { enabled: true },
      phone_number_collection: { enabled: true },
      line_items: { data: [{ description: 'Enamel mug – Red / L', price: { tax_behavior: behavior } }] },
      shipping_options: [{ shipping_amount: 2490 }],
    })
    expect(session.shipping_options).toHaveLength(1)
    expect(await shop.stripe.shippingRates.retrieve(rateOf(session))).toMatchObject({
      ...{ display_name: 'Europe express', fixed_amount: { amount: 2490 }, tax_behavior: behavior },
    })

    const business = { business_name: 'Hopper GmbH', tax_id_type: 'eu_vat', tax_id: 'DE123456789' }
    await payAt(url, business)
    const order = await becomes(email, 'paid')
    expect(order).toMatchObject({
      ...{ needsAttention: null, itemsTotal: 6200, discountTotal: 0, shippingTotal: 2490 },
      ...{ taxTotal: tax, total, amountPaid: total, taxBehavior: behavior, automaticTax: true },
      ...{ shippingRateName: 'Europe express', phone: '+49 30 1234567' },
      shippingAddress: { name: 'Grace Hopper', address: { city: 'Berlin', country: 'DE' } },
      purchases: [{ variantId: redMug(), variantName: 'Red / L', amount: 6200, purchaseSuccess: true }],
    })
    const events = await prisma().stripeEvent.findMany({ where: { orderId: order.id } })
    expect(events.map(({ type }) => type)).toContain('checkout.session.completed')

    const shown = {
      address: 'Grace Hopper Kastanienallee 12 10435 Berlin Germany +49 30 1234567',
      sums: `Subtotal $62.00 Delivery (Europe express) $24.90 ${pricesIncludeTax ? '' : 'Tax $16.51 '}`,
      tax: pricesIncludeTax ? 'Includes $13.88 tax' : 'Total $103.41',
    }
    const orderPage = await text(shopper, `/orders/${order.key}`)
    for (const words of Object.values(shown)) expect(orderPage).toContain(words)
    expect(orderPage).toContain('Europe express, 2–3 business days')

    const receipt = await text(shopper, `/orders/${order.key}/receipt`)
    expect(receipt).toContain('Enamel mug – Red / L')
    expect(receipt).toContain('Billed to Hopper GmbH')
    expect(receipt).toContain('Tax ID DE123456789')
    expect(receipt).toContain(shown.address)
    expect(receipt).toContain(`${shown.sums}Paid (USD) $${(total / 100).toFixed(2)}`)

    const mail = await mailOf(email, 'purchase_succeeded')
    expect(mail).toContain('You bought 2 × Enamel mug – Red / L.')
    for (const words of [shown.address, 'Delivery (Europe express): $24.90', '2–3 business days'])
      expect(mail).toContain(words)
    expect(mail).toContain(pricesIncludeTax ? 'Includes $13.88 tax' : 'Tax: $16.51')

    expect((await shopper.get(`/api/orders/${order.key}`).expect(200)).body).toMatchObject({
      ...{ items_total: 6200, discount_total: 0, shipping_total: 2490, tax_total: tax, total },
      ...{ amount_paid: total, tax_behavior: behavior },
      items: [{ variant_id: redMug(), variant_name: 'Red / L' }],
      shipping: { rate: 'Europe express', country: 'DE', name: 'Grace Hopper', phone: '+49 30 1234567' },
    })
  })

  const rateOf = ({ shipping_options: options }: Stripe.Checkout.Session) => {
    const rate = options[0]?.shipping_rate ?? ''
    return typeof rate === 'string' ? rate : rate.id
  }
})

it('a business of another country is charged no tax, and its receipt says so', async () => {
  await changeSettings(shop, { tax: 'stripe', taxIds: true })
  const { shopper, email } = await newShopper(shop.url)
  const url = await open(shopper, { country: 'FR' })
  await payAt(url, {
    ...{ business_name: 'Hopper SARL', tax_id_type: 'eu_vat', tax_id: 'FRAB123456789' },
  })
  const order = await becomes(email, 'paid')
  expect(order).toMatchObject({ taxTotal: 0, total: 7490, needsAttention: null })
  const receipt = await text(shopper, `/orders/${order.key}/receipt`)
  expect(receipt).toContain('Tax ID FRAB123456789')
  expect(receipt).toContain('Delivery (Europe) $12.90 Tax $0.00 Paid (USD) $74.90')
})

it('a cart that reaches free delivery pays for its items alone', async () => {
  const { shopper, email } = await newShopper(shop.url)
  const add = (quantity: number) =>
    shopper
      .post('/cart/items')
      .type('form')
      .send({ product_id: mug.id, variant_id: redMug(), quantity })
      .expect(303)
  await add(2)
  expect(await text(shopper, '/checkout?country=US')).toContain('Delivery $5.90 Total $67.90')
  await add(1)
  const html = await page(shopper, '/checkout?country=US')
  expect(textOf(html)).toContain('Delivery Free Total $93.00')
  const url = String((await pay(shopper, html).expect(303)).headers['location'])
  expect((await sessionAt(url)).shipping_options).toMatchObject([{ shipping_amount: 0 }])
  await payAt(url)
  const order = await becomes(email, 'paid')
  expect(order).toMatchObject({ itemsTotal: 9300, shippingTotal: 0, total: 9300 })
  expect(await text(shopper, `/orders/${order.key}/receipt`)).toContain('Delivery (Standard) Free')
  expect(await text(shopper, '/cart')).toContain('Your cart is empty')
})

it('a price that changes before Pay is shown first, then charged', async () => {
  const { shopper, email } = await newShopper(shop.url)
  const id = redMug()
  const html = await checkoutPage(shopper, { quantity: 1 })
  await prisma().variant.update({ where: { id }, data: { unitAmount: 3300 } })
  try {
    const { text: again } = await pay(shopper, html).expect(409)
    expect(textOf(again)).toContain('The total is $45.90 now')
    expect(await prisma().order.count({ where: { email } })).toBe(0)
    await payAt(String((await pay(shopper, again).expect(303)).headers['location']))
    expect(await becomes(email, 'paid')).toMatchObject({ itemsTotal: 3300, amountPaid: 4590 })
  } finally {
    await prisma().variant.update({ where: { id }, data: { unitAmount: 3100 } })
  }
})

describe('a country', () => {
  it('without delivery can’t be bought for, on the page and by the API', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const html = await checkoutPage(shopper, { country: 'CU' })
    expect(textOf(html)).toContain('We don’t deliver to Cuba yet.')
    expect(textOf(html)).not.toContain('Pay $')
    const { id: rate } = await prisma().shippingRate.findFirstOrThrow({ where: { name: 'Worldwide' } })
    const items = [{ variant_id: redMug(), quantity: 1 }]
    for (const country of ['CU', 'DE'])
      await shopper.post('/api/orders').send({ items, country, shipping_rate: rate }).expect(409)
    expect(await prisma().order.count({ where: { email } })).toBe(0)
  })

  it('other than the chosen one is refused by Stripe’s page', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const url = await open(shopper)
    const elsewhere = await payByCard(url, CARD.good, {
      shipping_country: 'FR',
      shipping_postal_code: '69001',
    })
    expect(elsewhere.status).toBe(422)
    expect((await orderOf(email)).status).toBe('pending')
    await payAt(url)
    await becomes(email, 'paid')
  })
})

describe.each([
  { method: 'konbini', currency: 'jpy', country: 'JP', price: 1900, rate: 700, total: '¥4,500' },
  { method: 'oxxo', currency: 'mxn', country: 'MX', price: 19_000, rate: 9000, total: 'MX$470.00' },
])('a voucher ($method) holds the stock', ({ method, currency, country, price, rate, total }) => {
  let bowl: Product
  beforeAll(async () => {
    bowl = await soldIn(currency, country, price, rate)
  })

  it.each([
    { word: 'ada', status: 'paid', returned: 0 },
    { word: 'expire_with_delay', status: 'failed', returned: 2 },
  ] as const)('until it is $status', async ({ word, status, returned }) => {
    const before = (await stockOf(bowl.id)) ?? 0
    const { shopper, email } = await newShopper(shop.url, `${word}.${method}@shopper.example`)
    const url = await open(shopper, { variantId: bowl.id, quantity: 2, country })
    expect(await stockOf(bowl.id)).toBe(before - 2)
    await payByVoucher(url, method)
    // Stripe tells of the voucher in an event of its own.
    await expect.poll(async () => (await orderOf(email)).attempts[0]?.voucherUrl ?? '').toContain('http')
    const waiting = await orderOf(email)
    expect(waiting.status).toBe('processing')
    expect(await stockOf(bowl.id)).toBe(before - 2)
    expect(await text(shopper, `/orders/${waiting.key}`)).toContain(`Total ${total}`)

    expect((await becomes(email, status)).purchases).toMatchObject([
      { amount: 2 * price, purchaseSuccess: status === 'paid' },
    ])
    expect(await stockOf(bowl.id)).toBe(before - 2 + returned)
    const mail = await mailOf(email, status === 'paid' ? 'purchase_succeeded' : 'purchase_failed')
    expect(mail).toContain(total)
  })
})

describe('currencies without cents, and with three decimals', () => {
  it.each([
    // Japan's tax is 10 %, of 3,801 + 499.
    { currency: 'jpy', price: 3801, rate: 499, country: 'JP', included: false, tax: 430, total: '¥4,730' },
    { currency: 'jpy', price: 3801, rate: 499, country: 'JP', included: true, tax: 391, total: '¥4,300' },
    // Germany's is 19 %, of 12.350 and of 1.990, each rounded to 0.010: what Stripe can charge.
    {
      currency: 'kwd',
      price: 12_350,
      rate: 1990,
      country: 'DE',
      included: false,
      tax: 2730,
      total: '17.070',
    },
    { currency: 'kwd', price: 12_350, rate: 1990, country: 'DE', included: true, tax: 2290, total: '14.340' },
    { currency: 'kwd', price: 12_350, rate: 1990, country: 'KW', included: false, tax: 0, total: '14.340' },
  ])(
    '$currency to $country, tax included: $included',
    async ({ currency, price, rate, country, included, ...expected }) => {
      const bowl = await soldIn(currency, country, price, rate)
      await changeSettings(shop, { tax: 'stripe', pricesIncludeTax: included })
      const { shopper, email } = await newShopper(shop.url)
      await payAt(await open(shopper, { variantId: bowl.id, quantity: 1, country }))
      const order = await becomes(email, 'paid')
      const total = price + rate + (included ? 0 : expected.tax)
      expect(order).toMatchObject({
        ...{ needsAttention: null, itemsTotal: price, shippingTotal: rate },
        ...{ taxTotal: expected.tax, total, amountPaid: total, purchases: [{ amount: price }] },
      })
      expect(await text(shopper, `/orders/${order.key}/receipt`)).toContain(expected.total)
    },
  )
})

it('a shopper in France pays in euros, and the receipt says how many', async () => {
  const { shopper, email } = await newShopper(shop.url, 'ada+location_fr@shopper.example')
  await payAt(await open(shopper, { country: 'FR' }))
  const order = await becomes(email, 'paid')
  expect(order).toMatchObject({ currency: 'usd', total: 7490, amountPaid: 7490 })
  expect(await text(shopper, `/orders/${order.key}/receipt`)).toContain('Charged as €67.41')
  expect((await shopper.get(`/api/orders/${order.key}`)).body).toMatchObject({
    presentment: { amount: 6741, currency: 'eur' },
  })
  expect(await mailOf(email, 'purchase_succeeded')).toContain('Charged as €67.41')
})

it('delivery and tax are refunded in part, then all of it', async () => {
  await changeSettings(shop, { tax: 'stripe' })
  const { shopper, email } = await newShopper(shop.url)
  const stock = await stockOf(redMug())
  await payAt(await open(shopper, { rate: 'Europe express' }))
  const { key } = await becomes(email, 'paid')
  // The delivery with its tax: 24.90 and 4.73.
  expect((await runCommand(shop, 'orders', 'refund', key, '29.63')).code).toBe(0)
  expect(await becomes(email, 'partially_refunded')).toMatchObject({ amountRefunded: 2963 })
  const receipt = await text(shopper, `/orders/${key}/receipt`)
  expect(receipt).toMatch(/Tax \$16\.51 Paid \(USD\) \$103\.41 Refunded, [^$]* −\$29\.63 Net paid \$73\.78/)

  const tooMuch = await runCommand(shop, 'orders', 'refund', key, '73.79')
  expect(tooMuch).toMatchObject({ code: 1, output: expect.stringContaining('more than is left') as string })
  expect((await runCommand(shop, 'orders', 'refund', key, '--restock')).code).toBe(0)
  expect(await becomes(email, 'refunded')).toMatchObject({
    ...{ amountPaid: 10_341, amountRefunded: 10_341, taxTotal: 1651, total: 10_341 },
    purchases: [{ amount: 6200 }],
  })
  expect(await stockOf(redMug())).toBe(stock)
  expect(await mailOf(email, 'refund_succeeded')).toContain('$103.41')
})

it('with a promotion code, the purchases add up to subtotal less discount', async () => {
  await changeSettings(shop, { tax: 'stripe', promotionCodes: true })
  const { id: coupon } = await shop.stripe.coupons.create({ percent_off: 15, duration: 'once' })
  await shop.stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, code: 'FIFTEEN' })
  const { shopper, email } = await newShopper(shop.url)
  for (const [id, quantity] of [
    [mug.id, 1],
    [redMug(), 1],
  ])
    await shopper
      .post('/cart/items')
      .type('form')
      .send({ product_id: mug.id, variant_id: id, quantity })
      .expect(303)
  const html = await page(shopper, '/checkout?country=DE')
  const url = String((await pay(shopper, html).expect(303)).headers['location'])
  await applyCode(url, 'FIFTEEN')
  await payAt(url)
  const { amount_subtotal: subtotal, total_details: details } = await sessionAt(url)
  const discount = details?.amount_discount ?? 0
  expect([subtotal, discount]).toEqual([5600, 840])
  const order = await becomes(email, 'paid')
  expect(order).toMatchObject({
    ...{ itemsTotal: 5600, discountTotal: 840, shippingTotal: 1290, needsAttention: null },
    total: 5600 - 840 + 1290 + order.taxTotal,
  })
  expect(order.taxTotal).toBe(details?.amount_tax)
  expect(order.taxTotal).toBeGreaterThan(0)
  expect(order.purchases).toHaveLength(2)
  expect(order.purchases.reduce((sum, { amount }) => sum + amount, 0)).toBe(5600 - 840)
  expect(await text(shopper, `/orders/${order.key}/receipt`)).toContain('Subtotal $56.00 Discount −$8.40')
})

it('turning tax on says whether Stripe Tax is ready, and what it still needs', async () => {
  const office = (country: string) =>
    shop.stripe.tax.settings.update({ head_office: { address: { country } } })
  // Without a state and a ZIP code.
  await office('US')
  const { output } = await runCommand(shop, 'settings', 'set', 'tax', 'stripe')
  expect(output).toContain('Stripe Tax is not ready')
  expect(output).toContain('Stripe still needs your head office address')
  const { operator: owner } = await newOperator(shop, 'owner')
  expect(await text(owner, '/admin/settings?done=saved&changed=tax')).toContain('Stripe Tax is not ready')
  await expect.poll(() => text(owner, '/admin/health')).toContain('Stripe Tax is not ready')
  await office('DE')
  expect((await runCommand(shop, 'settings', 'set', 'tax', 'stripe')).output).toContain(
    'Stripe Tax is ready.',
  )
  await expect.poll(() => text(owner, '/admin/health')).not.toContain('Stripe Tax is not ready')
  expect(await text(owner, '/admin/settings')).not.toContain('Stripe Tax is')
})
