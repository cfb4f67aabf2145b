// Purchases that begin at Stripe: by a payment link, from the operator's command to the order, its stock and its mail.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { networkOf } from '../../src/http/network.js'
import { createRateLimits } from '../../src/http/rate-limits.js'
import { changeSettings } from '../support/change-settings.js'
import { runCommand } from '../support/command.js'
import { deliver, openOrder } from '../support/events.js'
import { CARD, payByCard, sessionOf } from '../support/pay-page.js'
import { newShopper, stranger, textOf } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { addVariedProduct, type VariedProduct } from '../support/variants.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
  await prisma().shippingRate.deleteMany()
  await prisma().shippingRate.createMany({
    data: [
      { name: 'Post', countries: ['DE', 'AT'], amount: 490, currency: 'usd', minDays: 2, maxDays: 4 },
      { name: 'Airmail', countries: ['US'], amount: 1900, currency: 'usd' },
    ],
  })
})
afterAll(() => shop.close())

const prisma = () => shop.database.prisma
const newEmail = () => `${randomBytes(6).toString('hex')}@shopper.example`

async function products(...words: string[]): Promise<string> {
  const { code, output } = await runCommand(shop, 'products', ...words)
  expect([code, output]).toEqual([0, output])
  return output
}

interface Sold {
  product: VariedProduct
  variantId: number
  /** The link's page. */
  url: string
  linkId: string
}

async function soldByLink(stock: number, requiresShipping = false): Promise<Sold> {
  const product = await addVariedProduct(
    shop,
    ['Size'],
    [{ values: ['M'] }, { values: ['L'], unitAmount: 3100, stock }],
    { name: 'Enamel mug', requiresShipping },
  )
  const { id: variantId = 0, sku = '' } = product.variants['L'] ?? {}
  const [url = ''] = (await products('payment-link', sku)).split('\n')
  const link = await prisma().paymentLink.findFirstOrThrow({ where: { variantId } })
  return { product, variantId, url, linkId: link.id }
}

/** Opens the link as a browser does. @returns the address of the session's page */
async function open(url: string, query = ''): Promise<string> {
  const response = await fetch(`${url}${query}`, { redirect: 'manual' })
  expect(response.status).toBe(303)
  return new URL(response.headers.get('location') ?? '', url).href
}

/** @returns where Stripe sends the shopper */
async function payAt(page: string, fields: Record<string, string>): Promise<string> {
  const answer = await payByCard(page, CARD.good, fields)
  expect(answer.status, textOf(answer.text)).toBe(303)
  await shop.sandbox?.idle()
  return String(answer.headers['location'])
}

const ordersOf = (email: string) =>
  prisma().order.findMany({
    where: { email },
    include: { items: true, attempts: true, purchases: true, mails: true },
  })
const stockOf = async (id: number) => (await prisma().variant.findUniqueOrThrow({ where: { id } })).stock
const incidentsOf = (subject: string) => prisma().incident.findMany({ where: { subject } })

describe('a link bought without an account, with delivery', () => {
  it('becomes a paid order with stock, history and mail, whatever reference the address names', async () => {
    const { variantId, url, linkId } = await soldByLink(5, true)
    const victim = await openOrder(shop)
    const email = newEmail()
    const page = await open(url, `?client_reference_id=${victim.key}`)
    const berlin = { shipping_city: 'Berlin', shipping_postal_code: '10435', shipping_country: 'DE' }
    const back = await payAt(page, { email, ...berlin })

    const [order, ...others] = await ordersOf(email)
    expect(others).toEqual([])
    expect(order).toMatchObject({
      ...{ origin: 'payment_link', userId: null, guestHash: null, status: 'paid', currency: 'usd' },
      ...{ itemsTotal: 3100, shippingTotal: 490, total: 3590, amountPaid: 3590, stockHeld: true },
      ...{ taxBehavior: 'exclusive', automaticTax: false, deliveryCountry: 'DE', needsAttention: null },
      ...{ shippingRateName: 'Post', deliveryMinDays: 2, deliveryMaxDays: 4 },
      shippingAddress: { name: 'Grace Hopper', address: { city: 'Berlin', country: 'DE' } },
      items: [{ variantId, name: 'Enamel mug', variantName: 'L', unitAmount: 3100, quantity: 1 }],
      attempts: [{ status: 'paid', stripeSessionId: sessionOf(page) }],
      purchases: [{ variantId, userId: null, purchaseSuccess: true, amount: 3100 }],
      mails: [{ kind: 'purchase_succeeded', to: email }],
    })
    const mail = async () => (await ordersOf(email))[0]?.mails[0]?.text ?? ''
    await expect.poll(mail).toContain('Enamel mug')
    // Its link opens the order, without an account.
    const link = new RegExp(`/orders/${order?.key}\\?token=[\\w-]{43}`).exec(await mail())?.[0] ?? ''
    const buyer = stranger(shop.url)
    await buyer.get(`/orders/${order?.key}`).expect(303)
    await buyer.get(link).expect(303).expect('location', `/orders/${order?.key}`)
    const seen = textOf((await buyer.get(`/orders/${order?.key}`).expect(200)).text)
    expect(seen).toContain('Enamel mug')
    expect(seen).toMatch(/Order placed.*Paid \$35\.90/)
    const shown = await runCommand(shop, 'orders', 'show', order?.key ?? '')
    expect([shown.code, shown.output]).toEqual([0, expect.stringContaining(email)])
    expect(await stockOf(variantId)).toBe(4)
    expect(await prisma().order.findUnique({ where: { id: victim.id } })).toMatchObject({ status: 'pending' })
    expect(await incidentsOf(sessionOf(page))).toEqual([])

    // The page after payment tells nothing about the order.
    const thanks = await stranger(shop.url).get(back.replace(shop.url, '')).expect(200)
    expect(textOf(thanks.text)).toContain('We’ll email you about your payment and your order.')
    for (const secret of [order?.key ?? '', email, 'Enamel', '35.90'])
      expect(thanks.text).not.toContain(secret)

    // Stripe's rate is created once.
    await products('payment-link', String(variantId))
    expect(await prisma().stripeShippingRate.count()).toBe(2)
    expect(await products('payment-links')).toMatch(new RegExp(`${linkId} .*Enamel mug – L +\\$31\\.00 +yes`))
  })

  it('says when the address is in another country than the chosen rate reaches', async () => {
    const { url } = await soldByLink(5, true)
    const email = newEmail()
    const page = await open(url)
    const town = { shipping_city: 'San Francisco', shipping_state: 'CA', shipping_postal_code: '94103' }
    await payAt(page, { email, shipping_country: 'US', ...town })
    expect(await ordersOf(email)).toMatchObject([{ status: 'paid', shippingRateName: 'Post' }])
    expect(await incidentsOf(sessionOf(page))).toMatchObject([{ kind: 'delivery_elsewhere' }])

    // A correction changes the country only if it names it.
    const key = (await ordersOf(email))[0]?.key ?? ''
    const address = async (...words: string[]) =>
      (await runCommand(shop, 'orders', 'address', key, ...words)).output
    expect(await address('--line1', 'Market Street 1')).toMatch(/Ship to .*Market Street 1.*United States/)
    expect(await address('--country', 'fr')).toContain('was charged')
    expect(await address('--country', 'de', '--city', 'Berlin')).toMatch(/Ship to .*Berlin.*Germany/)
  })

  it('offers the rates that reach all of its countries, and the command says if there are none', async () => {
    const { variantId } = await soldByLink(5, true)
    const offered = async (...words: string[]) => {
      const output = await products('payment-link', String(variantId), ...words)
      const where = { url: output.split('\n')[0] ?? '' }
      const { id } = await prisma().paymentLink.findFirstOrThrow({ where })
      const { shipping_options: options } = await shop.stripe.paymentLinks.retrieve(id)
      return { amounts: options.map(({ shipping_amount: amount }) => amount), note: output.split('\n')[1] }
    }
    const note = expect.stringContaining('No shipping rate reaches all of its countries')
    expect(await offered()).toEqual({ amounts: [490, 1900], note })
    expect(await offered('--countries', 'DE,AT')).toEqual({ amounts: [490], note: undefined })
    const { id } = await prisma().shippingRate.create({
      data: { name: 'Worldwide', countries: [], amount: 3900, currency: 'usd' },
    })
    expect(await offered()).toEqual({ amounts: [3900], note: undefined })
    expect(await offered('--countries', 'DE')).toEqual({ amounts: [490, 3900], note: undefined })
    await prisma().shippingRate.delete({ where: { id } })
  })
})

it('a link bought with the address of an account is in the account once the address is verified', async () => {
  const { url } = await soldByLink(5)
  const { shopper, email } = await newShopper(shop.url)
  await payAt(await open(url), { email: email.toUpperCase() })
  const [unverified] = await ordersOf(email)
  expect(unverified).toMatchObject({ status: 'paid', userId: null })

  await prisma().user.update({ where: { email }, data: { verifiedAt: new Date() } })
  await payAt(await open(url), { email: email.toUpperCase() })
  const own = (await ordersOf(email)).find(({ userId }) => userId !== null)
  await shopper.get(`/orders/${own?.key ?? ''}`).expect(200)
  await shopper.get(`/orders/${unverified?.key ?? ''}`).expect(404)
  expect(textOf((await shopper.get('/account/purchases').expect(200)).text)).toContain('Enamel mug')
})

it('a link that was ended or reactivated in Stripe’s dashboard is listed as it is there', async () => {
  const { linkId, variantId } = await soldByLink(5)
  const listed = async () => new RegExp(`${linkId} .*  (yes|no) `).exec(await products('payment-links'))?.[1]
  expect(await listed()).toBe('yes')
  await shop.stripe.paymentLinks.update(linkId, { active: false })
  expect(await listed()).toBe('no')
  expect(await products('payment-link', String(variantId), '--off')).toContain('No active link sells it.')
  await shop.stripe.paymentLinks.update(linkId, { active: true })
  expect(await listed()).toBe('yes')
  expect(await products('payment-link', String(variantId), '--off')).toContain('Ended 1 link.')
  expect(await listed()).toBe('no')
})

it('a link makes invoices if the setting says so', async () => {
  const { product } = await soldByLink(5)
  await changeSettings(shop, { invoices: true })
  await products('payment-link', String(product.variants['L']?.id))
  await changeSettings(shop, { invoices: false })
  const [link] = await prisma().paymentLink.findMany({
    where: { variantId: product.variants['L']?.id ?? 0 },
    orderBy: { createdAt: 'desc' },
  })
  expect(link?.createsInvoice).toBe(true)
  expect(await shop.stripe.paymentLinks.retrieve(link?.id ?? '')).toMatchObject({
    invoice_creation: { enabled: true },
  })

  const email = 'invoiced@shopper.example'
  await payAt(await open(link?.url ?? ''), { email })
  await expect.poll(async () => (await ordersOf(email))[0]?.invoicePdf).toMatch(/^http/)
  const [order] = await ordersOf(email)
  const { invoice } = await shop.stripe.checkout.sessions.retrieve(order?.attempts[0]?.stripeSessionId ?? '')
  expect(order?.invoiceId).toBe(invoice)
})

it('the command says that a link asks for no terms, in a shop that has some', async () => {
  const { product } = await soldByLink(5)
  const make = () => products('payment-link', String(product.variants['L']?.id))
  expect(await make()).not.toContain('terms')
  await changeSettings(shop, { termsUrl: 'https://till.example/terms', termsVersion: '2026-11' })
  expect(await make()).toMatch(/\nStripe’s page doesn’t ask shoppers to accept your terms\.$/)
  await changeSettings(shop, { termsUrl: null, termsVersion: null })
})

it('a link that was ended sells nothing', async () => {
  const { url, variantId } = await soldByLink(5)
  const before = await open(url)
  expect(await products('payment-link', String(variantId), '--off')).toContain('Ended 1 link.')
  expect(await (await fetch(url)).text()).toContain('no longer active')
  // A page that was open keeps its promise.
  const email = newEmail()
  await payAt(before, { email })
  expect(await ordersOf(email)).toMatchObject([{ status: 'paid' }])
})

describe('a payment that can’t become an order', () => {
  it('opens an incident and can be refunded', async () => {
    const { url, product } = await soldByLink(5)
    await prisma().product.update({ where: { id: product.id }, data: { active: false } })
    const page = await open(url)
    const email = newEmail()
    await payAt(page, { email })
    expect(await ordersOf(email)).toEqual([])
    const [incident, ...others] = await incidentsOf(sessionOf(page))
    expect(others).toEqual([])
    expect(incident).toMatchObject({ kind: 'payment_without_order', resolvedAt: null })
    expect(incident?.message).toMatch(/^Received: \$31\.00, .*Enamel mug – L.* is not on sale any more\.$/)

    const { output } = await runCommand(shop, 'orders', 'refund', sessionOf(page))
    expect(output).toMatch(/^\$31\.00: succeeded/)
    await shop.sandbox?.idle()
    expect(await incidentsOf(sessionOf(page))).toMatchObject([{ resolvedBy: 'automatic' }])

    // Nobody is thanked for what was refunded.
    await prisma().product.update({ where: { id: product.id }, data: { active: true } })
    await replay(sessionOf(page))
    expect(await ordersOf(email)).toEqual([])
  })

  it('becomes one when its event is replayed after the cause is mended', async () => {
    const { url, product, variantId } = await soldByLink(5)
    await prisma().product.update({ where: { id: product.id }, data: { active: false } })
    const page = await open(url)
    const email = newEmail()
    await payAt(page, { email })
    await prisma().product.update({ where: { id: product.id }, data: { active: true } })
    await replay(sessionOf(page))
    expect(await ordersOf(email)).toMatchObject([
      {
        status: 'paid',
        holdsUnmatched: false,
        needsAttention: null,
        mails: [{ kind: 'purchase_succeeded' }],
      },
    ])
    expect(await stockOf(variantId)).toBe(4)
    expect(await incidentsOf(sessionOf(page))).toMatchObject([{ resolvedBy: 'automatic' }])
  })

  it('is one for another amount than promised, or by a link that the shop did not make', async () => {
    const { url, linkId } = await soldByLink(5)
    const [line] = (await shop.stripe.paymentLinks.listLineItems(linkId)).data
    await shop.stripe.paymentLinks.update(linkId, { line_items: [{ id: line?.id ?? '', quantity: 2 }] })
    const { metadata } = await shop.stripe.paymentLinks.retrieve(linkId)
    const foreign = await shop.stripe.paymentLinks.create({
      metadata,
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 3100, product_data: { name: 'Mug' } } },
      ],
    })
    for (const [address, words] of [
      [url, 'is over 6200 usd, the payment link over 3100 usd'],
      [foreign.url, `this shop has no payment link ${foreign.id}`],
    ] as const) {
      const page = await open(address)
      const email = newEmail()
      await payAt(page, { email })
      expect(await ordersOf(email)).toEqual([])
      const [incident] = await incidentsOf(sessionOf(page))
      expect(incident?.message).toContain(words)
    }
  })

  it('is another program’s business if the link has not our mark', async () => {
    const foreign = await shop.stripe.paymentLinks.create({
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 3100, product_data: { name: 'Mug' } } },
      ],
    })
    const page = await open(foreign.url, `?client_reference_id=${(await openOrder(shop)).key}`)
    await payAt(page, { email: newEmail() })
    expect(await incidentsOf(sessionOf(page))).toEqual([])
    await stranger(shop.url)
      .get(`/payment-success/link?session_id=${sessionOf(page)}`)
      .expect(200)
    expect(await prisma().unmatchedPayment.count({ where: { id: sessionOf(page) } })).toBe(0)
  })
})

it('the last piece bought twice is two paid orders, one of them short', async () => {
  const { url, variantId } = await soldByLink(1)
  const emails = [newEmail(), newEmail()]
  await Promise.all(emails.map(async (email) => payAt(await open(url), { email })))
  const orders = (await Promise.all(emails.map(ordersOf))).flat()
  expect(orders.map(({ status }) => status)).toEqual(['paid', 'paid'])
  expect(orders.filter(({ shortProductId }) => shortProductId !== null)).toHaveLength(1)
  const short = orders.find(({ shortProductId }) => shortProductId !== null)
  expect(await incidentsOf(short?.key ?? '')).toMatchObject([{ kind: 'sold_out' }])
  expect(await stockOf(variantId)).toBe(0)
})

it('ten deliveries at once beside the page after payment and catching up are one order', async () => {
  const { url, variantId } = await soldByLink(5)
  const email = newEmail()
  const page = await open(url)
  // The shop's own endpoint never hears of it.
  for (const { id } of (await shop.stripe.webhookEndpoints.list()).data)
    await shop.stripe.webhookEndpoints.update(id, { disabled: true })
  await payAt(page, { email })
  expect(await ordersOf(email)).toEqual([])
  const [event] = (await shop.stripe.events.list({ type: 'checkout.session.completed', limit: 1 })).data
  const ids = [event?.id, 'evt_2', 'evt_3', event?.id, 'evt_2', 'evt_6', 'evt_7', 'evt_8', event?.id, 'evt_9']
  const answers = await Promise.all([
    ...ids.map((id) => deliver(shop, { ...event, id: `${id}` })),
    stranger(shop.url).get(`/payment-success/link?session_id=${sessionOf(page)}`),
    runCommand(shop, 'events', 'catch-up').then(({ code }) => ({ status: code === 0 ? 200 : 500 })),
  ])
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(await ordersOf(email)).toMatchObject([
    { status: 'paid', attempts: [{ status: 'paid' }], purchases: [{ quantity: 1 }], mails: [{}] },
  ])
  expect(await stockOf(variantId)).toBe(4)
})

it('the page after payment asks Stripe about 30 sessions of a network in a minute, and says the same after that', async () => {
  const { url } = await soldByLink(5)
  const email = newEmail()
  const page = await open(url)
  const limits = createRateLimits(shop.database.pool)
  for (const { id } of (await shop.stripe.webhookEndpoints.list()).data)
    await shop.stripe.webhookEndpoints.update(id, { disabled: true })
  await payAt(page, { email })
  await limits.forget('linkSession', networkOf('127.0.0.1'))
  for (let count = 0; count < 30; count++) await limits.count('linkSession', networkOf('127.0.0.1'), '')
  const thanks = async () =>
    textOf(
      (
        await stranger(shop.url)
          .get(`/payment-success/link?session_id=${sessionOf(page)}`)
          .expect(200)
      ).text,
    )
  const limited = await thanks()
  expect(await ordersOf(email)).toEqual([])
  await limits.forget('linkSession', networkOf('127.0.0.1'))
  expect(await thanks()).toBe(limited)
  expect(await ordersOf(email)).toMatchObject([{ status: 'paid' }])
})

async function replay(sessionId: string): Promise<void> {
  const event = await prisma().stripeEvent.findFirstOrThrow({
    where: { payload: { contains: sessionId }, outcome: 'quarantined' },
  })
  const { code, output } = await runCommand(shop, 'events', 'replay', event.id)
  expect([code, output]).toEqual([0, output])
}
