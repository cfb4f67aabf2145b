// A shopper as a customer of Stripe: saved cards, invoices, the terms they accept, and the operator's mail.
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOrder } from '../../src/commands/describe-order.js'
import { changeSetting } from '../../src/settings/change-settings.js'
import { payByCard, sessionOf } from '../support/pay-page.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

const OPERATOR = 'owner@till.example'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({
    environment: { OPERATOR_EMAIL: OPERATOR },
    settings: { invoices: true, newOrderMails: true },
  })
})
afterAll(() => shop.close())

function product() {
  return shop.database.prisma.product.findFirstOrThrow({
    where: { currency: 'usd', stock: { gte: 10 } },
    orderBy: { id: 'asc' },
  })
}

async function checkout(shopper: Shopper, fields: object = {}): Promise<string> {
  const { id } = await product()
  const answer = await shopper.post(`/checkout/${id}`).type('form').send(fields).expect(303)
  return String(answer.headers['location'])
}

const userOf = (email: string) => shop.database.prisma.user.findUniqueOrThrow({ where: { email } })
const orderOf = (email: string) =>
  shop.database.prisma.order.findFirstOrThrow({
    where: { email },
    include: { mails: true, attempts: true },
    orderBy: { id: 'desc' },
  })

/** Waits for a setting to reach the shop. */
async function set(name: string, ...words: string[]): Promise<void> {
  await changeSetting(shop.database.prisma, name, words)
  await new Promise((resolve) => setTimeout(resolve, 600))
}

describe('a shopper', () => {
  it('saves a card in the first purchase and pays the second with it', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const first = await checkout(shopper)
    const user = await userOf(email)
    const session = await shop.stripe.checkout.sessions.retrieve(sessionOf(first))
    expect(session).toMatchObject({ customer: user.stripeCustomerId, customer_email: null })
    expect(await shop.stripe.customers.retrieve(user.stripeCustomerId ?? '')).toMatchObject({
      email,
      metadata: { app: shop.appId, customer_key: user.customerKey },
    })
    await payByCard(first, undefined, { save_card: 'yes' })
    const { data } = await shop.stripe.customers.listPaymentMethods(user.stripeCustomerId ?? '')
    expect(data).toMatchObject([{ card: { last4: '4242' } }])

    await shop.sandbox?.idle()
    const second = await checkout(shopper)
    await payByCard(second, '', { saved: data[0]?.id ?? '', expiry: '', cvc: '' })
    await shop.sandbox?.idle()
    expect(await orderOf(email)).toMatchObject({
      status: 'paid',
      attempts: [{ customerId: user.stripeCustomerId, stripeSessionId: sessionOf(second) }],
    })
    expect((await shop.stripe.customers.list({ email })).data).toHaveLength(1)
  })

  it('who was deleted at Stripe buys as a new customer, in the same checkout', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await payByCard(await checkout(shopper))
    await shop.sandbox?.idle()
    const before = await userOf(email)
    await shop.stripe.customers.del(before.stripeCustomerId ?? '')
    await payByCard(await checkout(shopper))
    await shop.sandbox?.idle()
    const after = await userOf(email)
    expect(after.stripeCustomerId).not.toBe(before.stripeCustomerId)
    expect(after.customerKey).not.toBe(before.customerKey)
    expect((await orderOf(email)).status).toBe('paid')
  })

  it('finds the invoice’s PDF on the order and the receipt', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await payByCard(await checkout(shopper))
    await shop.sandbox?.idle()
    const order = await orderOf(email)
    expect(order.invoicePdf).toMatch(/^http/)
    const link = `href="${order.invoicePdf}">Invoice (PDF)`
    expect((await shopper.get(`/orders/${order.key}`).expect(200)).text).toContain(link)
    expect((await shopper.get(`/orders/${order.key}/receipt`).expect(200)).text).toContain(link)
    const { body } = await shopper.get(`/api/orders/${order.key}`).expect(200)
    expect(body.invoice).toEqual({ pdf: order.invoicePdf, url: order.invoiceUrl })
    const pdf = new URL(order.invoicePdf ?? '')
    await supertest(pdf.origin).get(pdf.pathname).expect('content-type', 'application/pdf').expect(200)
    expect(await describeOrder(shop.database.prisma, order.id)).toContain(`Invoice   ${order.invoiceId}`)
  })

  it('accepts the terms, and the order keeps their version and time', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { id, unitAmount } = await product()
    await set('terms-url', 'https://till.example/terms')
    await set('terms-version', '2026-11')
    // A purchase by one click shows the page first.
    expect(await checkout(shopper)).toMatch(`/checkout/${id}`)
    const page = await shopper.get(`/checkout/${id}`).expect(200)
    expect(textOf(page.text)).toContain('I accept the terms (version 2026-11).')
    const shown = { total: String(unitAmount), currency: 'usd' }
    const missing = await shopper.post(`/checkout/${id}`).type('form').send(shown).expect(400)
    expect(missing.text).toContain('id="terms-error"')
    const old = { ...shown, accepted_terms: '2025-01' }
    const changed = await shopper.post(`/checkout/${id}`).type('form').send(old).expect(400)
    expect(textOf(changed.text)).toContain('The terms have changed')
    expect(await shop.database.prisma.order.count({ where: { email } })).toBe(0)

    await payByCard(await checkout(shopper, { ...shown, accepted_terms: '2026-11' }))
    const order = await orderOf(email)
    expect(order).toMatchObject({ termsVersion: '2026-11' })
    expect(Math.abs(Date.now() - Number(order.termsAcceptedAt))).toBeLessThan(60_000)
    expect(await describeOrder(shop.database.prisma, order.id)).toContain('Terms     2026-11  accepted')

    const items = [{ product_id: id, quantity: 3 }]
    const refused = await shopper.post('/api/orders').send({ items }).expect(400)
    expect(refused.body).toMatchObject({
      code: 'terms_required',
      errors: [{ field: 'accepted_terms', detail: expect.stringContaining('https://till.example/terms') }],
    })
    const placed = await shopper.post('/api/orders').send({ items, accepted_terms: '2026-11' }).expect(201)
    expect(placed.body.terms).toMatchObject({ version: '2026-11' })
    await set('terms-version', 'none')
  })
})

describe('the operator', () => {
  it('gets a mail for each new order, if they want it', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await payByCard(await checkout(shopper))
    await shop.sandbox?.idle()
    const { mails, key } = await orderOf(email)
    const mail = mails.find(({ kind }) => kind === 'new_order')
    expect(mail?.to).toBe(OPERATOR)
    await expect
      .poll(() => shop.database.prisma.mail.findUnique({ where: { id: mail?.id ?? 0 } }), { timeout: 15_000 })
      .toMatchObject({ text: expect.stringContaining(`${shop.url}/admin/orders/${key}`) })

    await set('new-order-mails', 'off')
    const other = await newShopper(shop.url)
    await payByCard(await checkout(other.shopper))
    await shop.sandbox?.idle()
    expect((await orderOf(other.email)).mails.map(({ kind }) => kind)).toEqual(['purchase_succeeded'])
  })
})
