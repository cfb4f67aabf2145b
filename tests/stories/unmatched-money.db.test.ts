// Money that does not fit its order, or has none; what Stripe reports in other currencies; and vouchers.
import { randomBytes } from 'node:crypto'
import type Stripe from 'stripe'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendDueRefunds } from '../../src/payments/send-refunds.js'
import { depsOf, runCommand } from '../support/command.js'
import { deliver, openOrder, sessionEvent, type OpenOrder } from '../support/events.js'
import { payByCard, payByVoucher } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'

const METRICS_TOKEN = 'a token for the tests'
let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ environment: { OPERATOR_EMAIL: 'operator@till.example', METRICS_TOKEN } })
})
afterAll(() => shop.close())

const prisma = () => shop.database.prisma
const unique = (prefix: string) => `${prefix}_${randomBytes(8).toString('hex')}`
const incident = (subject: string) =>
  prisma().incident.findMany({ where: { subject }, orderBy: { id: 'asc' } })

const intentOf = ({ payment_intent: intent }: Stripe.Checkout.Session) =>
  typeof intent === 'string' ? intent : (intent?.id ?? '')

interface Placed {
  shopper: Shopper
  email: string
  key: string
  id: number
  total: number
  productId: number
}

async function placeOrder(): Promise<Placed> {
  const product = await prisma().product.findFirstOrThrow({
    where: { currency: 'usd', stock: { gte: 10 } },
    orderBy: { id: 'asc' },
  })
  const { shopper, email } = await newShopper(shop.url)
  const { body } = await shopper
    .post('/api/orders')
    .send({ items: [{ product_id: product.id, quantity: 1 }] })
    .expect(201)
  const order = await prisma().order.findUniqueOrThrow({ where: { key: String(body.order_id) } })
  return { shopper, email, key: order.key, id: order.id, total: order.total, productId: product.id }
}

/** Pays a session with our mark that our own code would not have opened. */
async function paySession(
  orderKey: string,
  unitAmount: number,
  more: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Promise<Stripe.Checkout.Session> {
  const session = await shop.stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: `${shop.url}/done`,
    customer_email: 'ada@shopper.example',
    metadata: { app: shop.appId, order_key: orderKey },
    line_items: [
      {
        quantity: 1,
        price_data: { currency: 'usd', unit_amount: unitAmount, product_data: { name: 'Mug' } },
      },
    ],
    ...more,
  })
  await payByCard(session.url ?? '')
  await shop.sandbox?.idle()
  return shop.stripe.checkout.sessions.retrieve(session.id)
}

const withShipping: Partial<Stripe.Checkout.SessionCreateParams> = {
  shipping_options: [
    {
      shipping_rate_data: {
        type: 'fixed_amount',
        display_name: 'Post',
        fixed_amount: { amount: 700, currency: 'usd' },
      },
    },
  ],
}

describe('a payment that does not fit its order', () => {
  it('is known, shown and refunded in full, and the order can then be paid', async () => {
    const { shopper, key, id, total } = await placeOrder()
    const session = await paySession(key, total, withShipping)
    const intent = intentOf(session)
    const dollars = (amount: number) => `$${(amount / 100).toFixed(2)}`
    const received = dollars(total + 700)

    const [opened, ...others] = await incident(session.id)
    expect(others).toEqual([])
    expect(opened).toMatchObject({ kind: 'payment_mismatch', orderId: id, resolvedAt: null })
    for (const words of [`Expected: ${dollars(total)}`, `Received: ${received}`, intent, 'shipping 700'])
      expect(opened?.message).toContain(words)
    expect(await prisma().incident.count({ where: { orderId: id } })).toBe(1)

    const page = textOf((await shopper.get(`/orders/${key}`).expect(200)).text)
    expect(page).toContain(`We’ve received ${received}, which doesn’t match this order.`)
    expect(page).not.toContain('Nothing has been charged')
    const json = (await shopper.get(`/api/orders/${key}`).expect(200)).body as object
    expect(json).toMatchObject({
      amount_paid: null,
      unmatched_payments: [{ amount: total + 700, currency: 'usd', status: 'paid' }],
    })
    const shown = (await runCommand(shop, 'orders', 'show', intent)).output
    expect(shown).toContain(`RECEIVED  ${received}`)
    expect(shown).toContain(session.id)

    // Also once the operator has seen it: nobody pays twice while the money is here.
    await runCommand(shop, 'orders', 'attended', key)
    await shopper.post(`/orders/${key}/pay`).set('accept', 'application/json').expect(409)

    const refunded = await runCommand(shop, 'orders', 'refund', key)
    expect(refunded.output).toMatch(new RegExp(`^\\${received}: succeeded`))
    await shop.sandbox?.idle()
    expect(await incident(session.id)).toMatchObject([{ resolvedBy: 'operator' }])
    expect(await prisma().order.findUniqueOrThrow({ where: { id } })).toMatchObject({
      amountPaid: null,
      amountRefunded: 0,
      holdsUnmatched: false,
      needsAttention: null,
    })
    const after = textOf((await shopper.get(`/orders/${key}`).expect(200)).text)
    expect(after).toContain('We’ve refunded a payment that didn’t match it')
    expect((await runCommand(shop, 'orders', 'refund', key)).output).toContain('has been refunded')

    const { headers } = await shopper.post(`/orders/${key}/pay`).expect(303)
    await payByCard(String(headers['location']))
    await shop.sandbox?.idle()
    expect(await prisma().order.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: 'paid',
      amountPaid: total,
      amountRefunded: 0,
    })
    expect((await runCommand(shop, 'orders', 'refund', key)).output).toMatch(/succeeded/)
  })

  it.each([
    ['a larger amount', (total: number) => total + 1, {}],
    ['another currency', () => 5000, { currency: 'eur' }],
  ])(
    'over %s beside one that fits: each is refunded by its own id',
    async (_what, amountOf, { currency = 'usd' }: { currency?: string }) => {
      const { key, id, total } = await placeOrder()
      const amount = amountOf(total)
      const product_data = { name: 'Mug' }
      const other = await paySession(key, 1, {
        line_items: [{ quantity: 1, price_data: { currency, unit_amount: amount, product_data } }],
      })
      const fitting = await paySession(key, total)
      expect(await prisma().order.findUniqueOrThrow({ where: { id } })).toMatchObject({
        status: 'paid',
        amountPaid: total,
        holdsUnmatched: true,
      })
      const both = await runCommand(shop, 'orders', 'refund', key)
      expect(both.output).toContain(other.id)
      expect(both.output).toContain(fitting.id)
      expect((await runCommand(shop, 'orders', 'refund', other.id)).output).toMatch(/succeeded/)
      await shop.sandbox?.idle()
      expect(await prisma().order.findUniqueOrThrow({ where: { id } })).toMatchObject({
        status: 'paid',
        amountRefunded: 0,
        holdsUnmatched: false,
      })
      expect(await incident(other.id)).toMatchObject([{ resolvedBy: 'automatic' }])
      const { data } = await shop.stripe.refunds.list({ payment_intent: intentOf(other) })
      expect(data).toMatchObject([{ amount, currency }])
      expect((await runCommand(shop, 'orders', 'refund', key)).output).toMatch(/succeeded/)
      expect(await prisma().order.findUniqueOrThrow({ where: { id } })).toMatchObject({ status: 'refunded' })
    },
  )

  it('of more than an integer column holds is recorded with its exact amount', async () => {
    const order = await openOrder(shop)
    const amount = 2 ** 53 - 1
    const event = sessionEvent(shop, order, 'checkout.session.completed', { amount_total: amount })
    await deliver(shop, event).expect(200)
    expect(
      await prisma().unmatchedPayment.findUniqueOrThrow({ where: { id: order.sessionId } }),
    ).toMatchObject({
      orderId: order.id,
      amount: BigInt(amount),
    })
    const [opened] = await incident(order.sessionId)
    expect(opened?.message).toContain(String(amount))
    expect((await runCommand(shop, 'orders', 'show', order.key)).output).toContain('90,071,992,547,409.91')
  })
})

it('an amount that no number holds is quarantined with its digits', async () => {
  const order = await openOrder(shop)
  const event = sessionEvent(shop, order, 'checkout.session.completed')
  const text = JSON.stringify(event).replace(/"amount_total":\d+/, '"amount_total":9007199254740993')
  await deliver(shop, text).expect(200)
  const [opened] = await incident(event.id)
  expect(opened?.message).toContain('amount_total is 9007199254740993')
})

describe('a payment whose order we do not have', () => {
  it.each(['session', 'intent'] as const)('opens one incident and is refunded by its %s', async (by) => {
    const session = await paySession('ord_lost_with_a_backup', 1900)
    const intent = intentOf(session)
    const [opened, ...others] = await incident(session.id)
    expect(others).toEqual([])
    expect(opened).toMatchObject({ kind: 'payment_without_order', orderId: null, resolvedAt: null })
    expect(opened?.message).toContain(`Received: $19.00, payment ${intent}`)
    const shown = (await runCommand(shop, 'incidents', 'show', String(opened?.id))).output
    expect(shown).toContain(`npm run orders -- refund ${session.id}`)

    const named = by === 'session' ? session.id : intent
    expect(await runCommand(shop, 'orders', 'refund', named)).toEqual({
      code: 0,
      output: '$19.00: succeeded.',
    })
    await shop.sandbox?.idle()
    expect(await incident(session.id)).toMatchObject([{ resolvedBy: 'automatic' }])
    expect((await runCommand(shop, 'orders', 'refund', named)).output).toContain('has been refunded')
    expect((await shop.stripe.refunds.list({ payment_intent: intent })).data).toHaveLength(1)
    // The events about the refund are about a payment that is known.
    expect(
      await prisma().stripeEvent.count({ where: { type: 'refund.created', outcome: 'quarantined' } }),
    ).toBe(0)
  })

  it('opens an incident about its dispute, which is resolved when the bank has decided', async () => {
    const intent = unique('pi')
    const lost: OpenOrder = { ...(await openOrder(shop)), key: 'ord_none', sessionId: unique('cs_test') }
    const paid = { payment_intent: intent }
    await deliver(shop, sessionEvent(shop, lost, 'checkout.session.completed', paid)).expect(200)
    const id = unique('dp')
    await deliver(shop, eventAbout('charge.dispute.created', dispute({ id, payment_intent: intent }))).expect(
      200,
    )
    expect(await incident(id)).toMatchObject([{ kind: 'dispute_without_order', resolvedAt: null }])
    const won = dispute({ id, payment_intent: intent, status: 'won' })
    await deliver(shop, eventAbout('charge.dispute.closed', won)).expect(200)
    expect(await incident(id)).toMatchObject([{ resolvedBy: 'automatic' }])
  })

  it('a quarantined event is named by replay --failed, which does not replay it', async () => {
    const { output } = await runCommand(shop, 'events', 'replay', '--failed')
    expect(output).toMatch(/Not replayed: \d+ quarantined/)
  })

  it('a refund with our mark of no payment that we know needs a person', async () => {
    const refund = {
      ...{ id: unique('re'), object: 'refund', amount: 5, currency: 'usd', status: 'succeeded' },
      ...{ payment_intent: unique('pi'), metadata: { app: shop.appId, order_key: 'none' }, reason: null },
    }
    const event = eventAbout('refund.created', refund)
    await deliver(shop, event).expect(200)
    expect(await incident(event.id)).toMatchObject([{ kind: 'event_quarantined' }])
  })
})

const eventAbout = (type: string, object: object) => ({
  id: unique('evt'),
  object: 'event',
  api_version: '2026-10-28.endive',
  created: Math.floor(Date.now() / 1000),
  livemode: false,
  type,
  data: { object },
})

const dispute = (change: object) => ({
  id: unique('dp'),
  object: 'dispute',
  amount: 1000,
  currency: 'usd',
  reason: 'fraudulent',
  status: 'needs_response',
  payment_intent: null,
  created: Math.floor(Date.now() / 1000),
  evidence_details: { due_by: 0 },
  ...change,
})

const refund = (change: object) => ({
  id: unique('re'),
  object: 'refund',
  amount: 1000,
  currency: 'usd',
  status: 'succeeded',
  payment_intent: null,
  metadata: {},
  reason: null,
  ...change,
})

async function paidOrder() {
  const placed = await placeOrder()
  const session = await paySession(placed.key, placed.total)
  const stored = () => prisma().order.findUniqueOrThrow({ where: { id: placed.id } })
  await expect.poll(async () => (await stored()).status, { timeout: 15_000 }).toBe('paid')
  return { ...placed, intent: intentOf(session) }
}

describe('what Stripe reports after payment', () => {
  it('several disputes about parts of one payment: what is gone is what was lost', async () => {
    const { shopper, key, id, intent, total } = await paidOrder()
    const half = Math.floor(total / 2)
    const [lost, won] = [unique('dp'), unique('dp')]
    const report = (dp: string, status: string, amount: number) =>
      deliver(
        shop,
        eventAbout('charge.dispute.updated', dispute({ id: dp, payment_intent: intent, status, amount })),
      ).expect(200)
    await report(lost, 'needs_response', half)
    await report(won, 'needs_response', total - half)
    expect((await prisma().order.findUniqueOrThrow({ where: { id } })).status).toBe('disputed')
    await report(lost, 'lost', half)
    await report(won, 'won', total - half)
    expect((await prisma().order.findUniqueOrThrow({ where: { id } })).status).toBe('partially_refunded')
    const page = textOf((await shopper.get(`/orders/${key}`).expect(200)).text)
    expect(page).toContain('Part of your payment has been returned to you.')
    expect(page).toContain(`Net paid $${((total - half) / 100).toFixed(2)}`)
    expect(page).not.toContain('this order is closed')
    // What is left, and no more.
    expect((await runCommand(shop, 'orders', 'refund', key, String(total / 100))).output).toContain(
      `left to refund: $${((total - half) / 100).toFixed(2)}`,
    )
    await report(won, 'lost', total - half)
    expect((await prisma().order.findUniqueOrThrow({ where: { id } })).status).toBe('partially_refunded')
  })

  it.each([
    ['eur', '€10.00'],
    ['xyz', 'XYZ 10.00'],
    ['not a currency', '1,000 NOT A CURRENCY'],
  ])('a dispute and a refund in %s are shown as %s, and not subtracted', async (currency, shown) => {
    const { shopper, key, id, intent, total } = await paidOrder()
    const about = { payment_intent: intent, currency }
    const dp = dispute({ ...about, status: 'lost' })
    await deliver(shop, eventAbout('refund.created', refund(about))).expect(200)
    expect(await prisma().order.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: 'paid',
      amountPaid: total,
      amountRefunded: 0,
      needsAttention: expect.stringContaining('another currency') as string,
    })
    await deliver(shop, eventAbout('charge.dispute.created', dp)).expect(200)
    const normal = (text: string) => text.replaceAll('\u00a0', ' ')
    for (const path of [`/orders/${key}`, `/orders/${key}/receipt`])
      expect(normal(textOf((await shopper.get(path).expect(200)).text))).toContain(`−${shown}`)
    await shopper.get('/account/purchases').expect(200)
    await shopper.get('/account/orders').expect(200)
    const json = (await shopper.get(`/api/orders/${key}`).expect(200)).body as object
    expect(json).toMatchObject({ refunds: [{ amount: 1000, currency }], amount_refunded: 0 })
    const { output, code } = await runCommand(shop, 'orders', 'show', key)
    expect(code).toBe(0)
    expect(normal(output)).toContain(shown)
    expect((await runCommand(shop, 'orders', 'refund', key)).output).toContain('in another currency')
  })

  it('unknown statuses and an amount beyond a column are recorded and shown', async () => {
    const { shopper, key, intent } = await paidOrder()
    const re = refund({ payment_intent: intent, status: 'in_limbo', amount: 3_000_000_000 })
    const dp = dispute({ payment_intent: intent, status: 'pondering', amount: 4_000_000_000, reason: null })
    await deliver(shop, eventAbout('refund.updated', re)).expect(200)
    await deliver(shop, eventAbout('charge.dispute.updated', dp)).expect(200)
    const page = textOf((await shopper.get(`/orders/${key}`).expect(200)).text)
    expect(page).toContain('$30,000,000.00')
    expect(page).not.toContain('Refund on its way')
    const { output } = await runCommand(shop, 'orders', 'show', key)
    expect(output).toContain('(Stripe: in_limbo)')
    expect(output).toContain('(Stripe: pondering)')
    expect(output).toContain('$40,000,000.00')
    // The large amounts survive the next settlement.
    const done = { ...re, status: 'succeeded' }
    await deliver(shop, eventAbout('refund.updated', done)).expect(200)
    expect(await prisma().refund.findFirstOrThrow({ where: { stripeRefundId: re.id } })).toMatchObject({
      largeAmount: 3_000_000_000n,
      status: 'succeeded',
    })
  })

  it.each([
    [
      'early_fraud_warning',
      ['radar.early_fraud_warning.created', 'radar.early_fraud_warning.updated'],
      { object: 'radar.early_fraud_warning', fraud_type: 'misc', actionable: true },
      { actionable: false },
    ],
    [
      'payment_review',
      ['review.opened', 'review.closed'],
      { object: 'review', open: true, opened_reason: 'rule' },
      { open: false },
    ],
  ])(
    '%s opens an incident for our payments until it is over, in any order',
    async (kind, types, open, closed) => {
      const { id, key, intent } = await paidOrder()
      const signal = { id: unique('prv'), payment_intent: intent, ...open }
      const [opening = '', closing = ''] = types
      await deliver(shop, eventAbout(opening, signal)).expect(200)
      expect(await incident(signal.id)).toMatchObject([{ kind, orderId: id, resolvedAt: null }])
      expect((await runCommand(shop, 'orders', 'show', key)).output).toContain(signal.id)
      await deliver(shop, eventAbout(closing, { ...signal, ...closed })).expect(200)
      expect(await incident(signal.id)).toMatchObject([{ resolvedBy: 'automatic' }])

      const swapped = { ...signal, id: unique('prv') }
      await deliver(shop, eventAbout(closing, { ...swapped, ...closed })).expect(200)
      await deliver(shop, eventAbout(opening, swapped)).expect(200)
      expect(await incident(swapped.id)).toEqual([])

      const other = { ...signal, id: unique('prv'), payment_intent: unique('pi') }
      await deliver(shop, eventAbout(opening, other)).expect(200)
      expect(await incident(other.id)).toEqual([])
    },
  )

  it('a warning that came before its payment opens its incident with the payment', async () => {
    const order = await openOrder(shop)
    const intent = unique('pi')
    const review = { id: unique('prv'), object: 'review', open: true, payment_intent: intent }
    await deliver(shop, eventAbout('review.opened', review)).expect(200)
    expect(await incident(review.id)).toEqual([])
    const paid = sessionEvent(shop, order, 'checkout.session.completed', { payment_intent: intent })
    await deliver(shop, paid).expect(200)
    expect(await incident(review.id)).toMatchObject([{ orderId: order.id, resolvedAt: null }])
  })

  it('a refund that Stripe refuses later is told to the operator and the shopper, and can be made again', async () => {
    const { shopper, key, id, intent, total, email } = await paidOrder()
    const charge = (await shop.stripe.paymentIntents.retrieve(intent)).latest_charge
    const row = await prisma().refund.create({
      data: {
        orderId: id,
        paymentIntentId: intent,
        amount: total + 1,
        currency: 'usd',
        retryAt: new Date(Date.now() - 1000),
      },
    })
    expect(charge).not.toBeNull()
    await sendDueRefunds(depsOf(shop))
    await expect.poll(() => incident(row.id)).toMatchObject([{ kind: 'refund_refused', resolvedAt: null }])
    const page = textOf((await shopper.get(`/orders/${key}`).expect(200)).text)
    expect(page).toContain('A refund couldn’t be sent. We know about it')
    const mail = () => prisma().mail.findFirst({ where: { to: email, kind: 'refund_failed' } })
    await expect.poll(async () => (await mail())?.text).toContain('couldn’t send the refund')

    expect((await runCommand(shop, 'orders', 'refund', key)).output).toMatch(/succeeded/)
    expect(await incident(row.id)).toMatchObject([{ resolvedBy: 'automatic' }])
    expect(textOf((await shopper.get(`/orders/${key}`)).text)).not.toContain('couldn’t be sent')
  })
})

describe('a voucher', () => {
  it('is shown with its link and deadline on the page and in the mail, until it is paid or over', async () => {
    const product = await prisma().product.findFirstOrThrow({ where: { stock: { gte: 10 } } })
    const { id } = await prisma().product.create({
      data: {
        ...{ slug: unique('taza').replace('_', '-'), name: 'Taza', summary: 'A mug.', description: 'A mug.' },
        ...{
          image: product.image,
          category: product.category,
          unitAmount: 12_000,
          currency: 'mxn',
          stock: 5,
        },
      },
    })
    const buy = async (local: string) => {
      const { shopper, email } = await newShopper(shop.url, `${local}.${unique('v')}@shopper.example`)
      const { headers } = await shopper
        .post(`/checkout/${id}`)
        .type('form')
        .send({ quantity: '1' })
        .expect(303)
      const answer = await payByVoucher(String(headers['location']))
      const order = await prisma().order.findFirstOrThrow({ where: { email } })
      return { shopper, email, order, voucher: String(answer.headers['location']) }
    }
    const { shopper, email, order, voucher } = await buy('ada')
    const text = async () =>
      (await prisma().mail.findFirst({ where: { to: email, kind: 'payment_on_its_way' } }))?.text
    await expect.poll(text, { timeout: 10_000 }).toContain(voucher)
    expect(await text()).toMatch(/Pay your voucher by \d+ \w+ \d{4}/)
    expect(await text()).not.toContain('Your bank is sending')
    const html = (await shopper.get(`/orders/${order.key}`).expect(200)).text
    expect(html).toContain(`href="${voucher}"`)
    expect(textOf(html)).toMatch(/This order isn’t paid yet\. Pay your voucher by \d+ \w+ \d{4}/)
    const { stripeSessionId } = await prisma().checkoutAttempt.findFirstOrThrow({
      where: { orderId: order.id },
    })
    const success = await shopper.get(`/payment-success/${id}?session_id=${stripeSessionId}`).expect(200)
    expect(success.text).toContain(`href="${voucher}"`)
    expect((await shopper.get(`/api/orders/${order.key}`)).body).toMatchObject({ voucher: { url: voucher } })

    await prisma().checkoutAttempt.updateMany({
      where: { orderId: order.id },
      data: { payBy: new Date(Date.now() - 1000) },
    })
    const over = (await shopper.get(`/orders/${order.key}`).expect(200)).text
    expect(textOf(over)).toContain('Don’t pay the voucher now')
    expect(over).not.toContain(voucher)

    shop.sandbox?.advanceClock(60)
    await shop.sandbox?.idle()
    const paid = (await shopper.get(`/orders/${order.key}`).expect(200)).text
    expect(paid).not.toContain(voucher)
    expect(textOf(paid)).toContain('We’ve received your payment')

    const expired = await buy('expire_with_delay')
    shop.sandbox?.advanceClock(60)
    await shop.sandbox?.idle()
    expect(await prisma().order.findUniqueOrThrow({ where: { id: expired.order.id } })).toMatchObject({
      status: 'failed',
      stockHeld: false,
    })
  })

  it('a bank debit keeps its text', async () => {
    const order = await openOrder(shop)
    const unpaid = { payment_status: 'unpaid' }
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed', unpaid)).expect(200)
    const { email } = await prisma().order.findUniqueOrThrow({ where: { id: order.id } })
    const text = async () => (await prisma().mail.findFirst({ where: { to: email } }))?.text
    await expect.poll(text, { timeout: 10_000 }).toContain('Your bank is sending')
  })
})

it('the metric of incidents counts each kind', async () => {
  const { text } = await supertest(shop.url).get('/metrics').set('authorization', `Bearer ${METRICS_TOKEN}`)
  expect(text).toContain('till_incidents_open{kind="payment_without_order"}')
})
