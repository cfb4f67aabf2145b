// Saved cards on the pay page, and the invoice of a one-time payment.
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, errorOf, idOf, payByForm, type World } from './support/world.js'

let world: World
let stripe: Stripe

beforeAll(async () => {
  world = await createWorld()
  stripe = world.stripe
})
afterAll(() => world.close())

function open(more: Partial<Stripe.Checkout.SessionCreateParams>): Promise<Stripe.Checkout.Session> {
  return stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'http://127.0.0.1:3000/success',
    line_items: [
      { quantity: 2, price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } } },
    ],
    ...more,
  })
}

const pageOf = async (session: Stripe.Checkout.Session) => (await fetch(session.url ?? '')).text()

test('a card that the customer saves is offered in their next session, and to nobody else', async () => {
  const customer = await stripe.customers.create({ email: 'ada@example.com', name: 'Ada' })
  const forCustomer = {
    customer: customer.id,
    customer_update: { address: 'auto', name: 'auto' },
    saved_payment_method_options: { payment_method_save: 'enabled' },
  } as const
  const first = await open(forCustomer)
  expect(first).toMatchObject({
    customer_creation: null,
    saved_payment_method_options: {
      allow_redisplay_filters: ['always'],
      payment_method_remove: 'disabled',
      payment_method_save: 'enabled',
    },
  })
  const page = await pageOf(first)
  expect(page).toContain('name="save_card"')
  expect(page).not.toContain('name="saved"')
  await payByForm(first.url, { save_card: 'yes' })

  const { data: cards } = await stripe.customers.listPaymentMethods(customer.id)
  expect(cards).toMatchObject([{ type: 'card', allow_redisplay: 'always', card: { last4: '4242' } }])
  const second = await open(forCustomer)
  expect(await pageOf(second)).toContain('Visa •••• 4242')
  // Without the fields of a new card.
  await payByForm(second.url, { saved: cards[0]?.id ?? '', number: '', expiry: '', cvc: '', name: '' })
  const paid = await stripe.checkout.sessions.retrieve(second.id, { expand: ['payment_intent'] })
  expect(paid).toMatchObject({
    payment_status: 'paid',
    payment_intent: { payment_method: cards[0]?.id, customer: customer.id },
  })

  const stranger = await stripe.customers.create({ email: 'eve@example.com' })
  const others = await open({ ...forCustomer, customer: stranger.id })
  expect(await pageOf(others)).not.toContain('•••• 4242')
  const answer = await payByForm(others.url, { saved: cards[0]?.id ?? '', number: '', expiry: '', cvc: '' })
  expect(answer.status).toBe(422)

  await stripe.paymentMethods.detach(cards[0]?.id ?? '')
  expect(await pageOf(await open(forCustomer))).not.toContain('name="saved"')
})

test('a card is not saved without the customer’s consent', async () => {
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const session = await open({
    customer: customer.id,
    saved_payment_method_options: { payment_method_save: 'enabled' },
  })
  await payByForm(session.url)
  expect((await stripe.paymentMethods.list({ customer: customer.id })).data).toEqual([])
})

test('the sandbox says that saved cards can’t be removed on its page', async () => {
  const customer = await stripe.customers.create({})
  const refused = await errorOf(
    open({ customer: customer.id, saved_payment_method_options: { payment_method_remove: 'enabled' } }),
  )
  expect(refused.param).toBe('saved_payment_method_options[payment_method_remove]')
})

test('a paid session gets an invoice with a PDF, and its customer', async () => {
  await world.sandbox.idle()
  const before = world.events.length
  const session = await open({
    invoice_creation: { enabled: true, invoice_data: { metadata: { order: '7' }, footer: 'Thanks' } },
    shipping_options: [
      {
        shipping_rate_data: {
          display_name: 'Post',
          type: 'fixed_amount',
          fixed_amount: { amount: 490, currency: 'usd' },
        },
      },
    ],
  })
  expect(session).toMatchObject({ invoice: null, invoice_creation: { enabled: true } })
  await payByForm(session.url)
  await world.sandbox.idle()
  const sent = world.events.slice(before)
  const types = sent.map(({ type }) => type)
  const own = types.filter((type) => /^(checkout|customer|invoice)/.test(type))
  expect(own).toEqual([
    'customer.created',
    'checkout.session.completed',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
    'invoice_payment.paid',
  ])
  const completed = sent.find(({ type }) => type === 'checkout.session.completed')
  const invoiceId = idOf((completed?.data.object as Stripe.Checkout.Session).invoice)
  const invoice = await stripe.invoices.retrieve(invoiceId)
  expect(invoice).toMatchObject({
    status: 'paid',
    billing_reason: 'manual',
    metadata: { order: '7' },
    subtotal: 1800,
    amount_shipping: 490,
    total: 2290,
    amount_paid: 2290,
    amount_remaining: 0,
    lines: { data: [{ description: 'Mug', quantity: 2, amount: 1800 }] },
  })
  const pdf = Buffer.from(await (await fetch(invoice.invoice_pdf ?? '')).arrayBuffer()).toString('latin1')
  expect(pdf).toMatch(/^%PDF-1\.4/)
  expect(pdf).toContain(`Invoice ${invoice.number}`)
  expect(pdf).toContain('(Total: $22.90) Tj')
  // The table at the end says where each object begins.
  const offsets = [...pdf.matchAll(/^(\d{10}) 00000 n /gm)].map(([, offset]) => Number(offset))
  expect(offsets.map((offset, index) => pdf.startsWith(`${index + 1} 0 obj`, offset))).not.toContain(false)
  expect(pdf.startsWith('xref', Number(/startxref\n(\d+)/.exec(pdf)?.[1]))).toBe(true)
})

test('the invoice of a delayed payment comes with the money', async () => {
  const session = await open({ invoice_creation: { enabled: true } })
  await payByForm(session.url, { method: 'bank_debit', account: '000123456789', account_holder: 'Ada' })
  expect((await stripe.checkout.sessions.retrieve(session.id)).invoice).toBeNull()
  world.sandbox.advanceClock(24 * 60 * 60)
  await world.sandbox.idle()
  const settled = await stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice'] })
  expect(settled).toMatchObject({ payment_status: 'paid', invoice: { status: 'paid', total: 1800 } })
})
