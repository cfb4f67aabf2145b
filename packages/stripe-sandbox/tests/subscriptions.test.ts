// Subscriptions, invoices, trials, test clocks and proration.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { conformanceProblems, sdkTypes } from './support/conformance.js'
import { advance, createClock, customerWithCard, day, monthlyPrice } from './support/billing-scenarios.js'
import {
  createSession,
  createWorld,
  errorOf,
  idOf,
  payByApi,
  payByForm,
  postForm,
  type World,
} from './support/world.js'

let world: World
let stripe: Stripe

beforeAll(async () => {
  sdkTypes()
  world = await createWorld()
  stripe = world.stripe
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.sandbox.idle()
  world.events.length = 0
})

/** The types of the events since the last call, in order, if they start with one of these prefixes. */
function seen(...beginnings: string[]): string[] {
  const types = [...world.events]
    .sort((a, b) => order(a) - order(b))
    .map((event) => event.type as string)
    .filter((type) => beginnings.some((beginning) => type.startsWith(beginning)))
  world.events.length = 0
  return types
}

/** Deliveries run in parallel. The list has the order in which the events were created. */
let listed: string[] = []
function order(event: Stripe.Event): number {
  return -listed.indexOf(event.id)
}
async function settled(): Promise<void> {
  await world.sandbox.idle()
  listed = (await stripe.events.list({ limit: 100 })).data.map((event) => event.id)
}

test('a subscription’s life: trial, renewal, a card that fails, a new card, the end', async () => {
  const price = await monthlyPrice(stripe)
  const clock = await createClock(stripe, '2027-01-01T12:00:00Z')
  const start = clock.frozen_time
  const customer = await customerWithCard(stripe, 'pm_card_visa', { test_clock: clock.id })
  await settled()
  seen('')

  // A trial has an invoice over nothing.
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 14,
  })
  const now = (): Promise<Stripe.Subscription> => stripe.subscriptions.retrieve(id)
  const invoices = async (): Promise<Stripe.Invoice[]> =>
    (await stripe.invoices.list({ subscription: id })).data
  expect(await now()).toMatchObject({
    status: 'trialing',
    trial_start: start,
    trial_end: start + 14 * day,
    items: { data: [{ current_period_start: start, current_period_end: start + 14 * day }] },
  })
  expect(await invoices()).toMatchObject([
    { status: 'paid', total: 0, billing_reason: 'subscription_create' },
  ])
  await settled()
  expect(seen('customer.sub', 'invoice.')).toEqual([
    'customer.subscription.created',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
  ])

  // Three days before the end of the trial there is an event.
  await advance(world, clock, start + 12 * day)
  await settled()
  expect(seen('customer.', 'test_helpers', 'invoice')).toEqual([
    'test_helpers.test_clock.advancing',
    'invoice.upcoming',
    'customer.subscription.trial_will_end',
    'test_helpers.test_clock.ready',
  ])

  // The trial ends: the first invoice is a draft for an hour, and is then paid.
  await advance(world, clock, start + 14 * day + 60)
  expect(await now()).toMatchObject({ status: 'active' })
  expect((await invoices())[0]).toMatchObject({ status: 'draft', total: 1500, auto_advance: true })
  await settled()
  expect(seen('customer.', 'invoice.')).toEqual(['customer.subscription.updated', 'invoice.created'])
  await advance(world, clock, start + 14 * day + 2 * 3600)
  expect((await invoices())[0]).toMatchObject({ status: 'paid', amount_paid: 1500, attempt_count: 1 })
  await settled()
  expect(seen('charge.s', 'payment_intent', 'invoice')).toEqual([
    'invoice.finalized',
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice.paid',
    'invoice.payment_succeeded',
    'invoice_payment.paid',
  ])

  // A month later it renews. The period follows the calendar, from the end of the trial.
  const renewal = Date.parse('2027-02-15T12:00:00Z') / 1000
  await advance(world, clock, renewal + 2 * 3600)
  expect(await now()).toMatchObject({
    status: 'active',
    billing_cycle_anchor: start + 14 * day,
    items: {
      data: [
        { current_period_start: renewal, current_period_end: Date.parse('2027-03-15T12:00:00Z') / 1000 },
      ],
    },
  })
  const [paid] = await invoices()
  expect(paid).toMatchObject({
    status: 'paid',
    billing_reason: 'subscription_cycle',
    created: renewal,
    period_start: start + 14 * day,
    period_end: renewal,
    parent: { subscription_details: { subscription: id } },
  })
  expect(paid?.number).toMatch(/-0003$/)
  expect(paid?.lines.data[0]).toMatchObject({
    description: '1 × Mug club (at $15.00 / month)',
    period: { start: renewal, end: Date.parse('2027-03-15T12:00:00Z') / 1000 },
  })

  // The card starts to fail: the renewal is retried after three days.
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
  await settled()
  seen('')
  const failing = Date.parse('2027-03-15T12:00:00Z') / 1000
  await advance(world, clock, failing + 2 * 3600)
  expect(await now()).toMatchObject({ status: 'past_due' })
  expect((await invoices())[0]).toMatchObject({
    status: 'open',
    attempt_count: 1,
    next_payment_attempt: failing + 3600 + 3 * day,
  })
  await settled()
  expect(seen('charge', 'payment_intent', 'invoice', 'customer')).toEqual([
    'invoice.upcoming',
    'customer.subscription.updated',
    'invoice.created',
    'invoice.finalized',
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
    'invoice.payment_failed',
    'customer.subscription.updated',
  ])
  await advance(world, clock, failing + 4 * day)
  expect((await invoices())[0]).toMatchObject({
    attempt_count: 2,
    next_payment_attempt: failing + 3600 + 8 * day,
  })

  // A new card pays at the next attempt, and the subscription is active again.
  const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  await stripe.subscriptions.update(id, { default_payment_method: good.id })
  await advance(world, clock, failing + 9 * day)
  expect(await now()).toMatchObject({ status: 'active' })
  expect((await invoices())[0]).toMatchObject({ status: 'paid', attempt_count: 3 })

  // It is canceled at the end of the paid period.
  const end = Date.parse('2027-04-15T12:00:00Z') / 1000
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject({
    status: 'active',
    cancel_at: end,
    cancellation_details: { reason: 'cancellation_requested' },
  })
  await settled()
  seen('')
  await advance(world, clock, end + 60)
  expect(await now()).toMatchObject({ status: 'canceled', ended_at: end, cancel_at_period_end: true })
  await settled()
  expect(seen('customer', 'invoice')).toEqual(['customer.subscription.deleted'])
  expect(await invoices()).toHaveLength(4)
})

test('a card that never pays: after the last attempt the subscription is canceled', async () => {
  const price = await monthlyPrice(stripe)
  const clock = await createClock(stripe, '2027-01-31T00:00:00Z')
  const customer = await customerWithCard(stripe, 'pm_card_visa', { test_clock: clock.id })
  const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
  // The 31st is the 28th in February, and the 31st again in March.
  const renewal = Date.parse('2027-02-28T00:00:00Z') / 1000
  await advance(world, clock, renewal + 16 * day)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'canceled',
    ended_at: renewal + 3600 + 15 * day,
    cancellation_details: { reason: 'payment_failed' },
    items: { data: [{ current_period_end: Date.parse('2027-03-31T00:00:00Z') / 1000 }] },
  })
  expect((await stripe.invoices.list({ subscription: id })).data[0]).toMatchObject({
    status: 'open',
    attempt_count: 4,
    next_payment_attempt: null,
  })
})

test('bought in Checkout: the events of session, subscription and invoice are in Stripe’s order', async () => {
  const price = await monthlyPrice(stripe)
  await settled()
  seen('')
  const session = await createSession(stripe, {
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 2 }],
    subscription_data: { metadata: { club: 'yes' } },
  })
  expect(session).toMatchObject({
    amount_total: 3000,
    payment_intent: null,
    subscription: null,
    mode: 'subscription',
  })
  expect((await payByForm(session.url)).status).toBe(303)
  const done = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['subscription', 'invoice.payments', 'customer'],
  })
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    payment_intent: null,
    customer: { email: 'ada@example.com' },
    subscription: { status: 'active', metadata: { club: 'yes' } },
    invoice: { status: 'paid', total: 3000, payments: { data: [{ status: 'paid', amount_paid: 3000 }] } },
  })
  await settled()
  // `charge.updated` follows two seconds later.
  expect(seen('').filter((type) => type !== 'charge.updated')).toEqual([
    'charge.succeeded',
    'payment_method.attached',
    'customer.created',
    'customer.updated',
    'checkout.session.completed',
    'customer.subscription.created',
    'payment_intent.succeeded',
    'payment_intent.created',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
    'invoice_payment.paid',
  ])
})

test('a declined card in Checkout leaves the session open and creates no customer', async () => {
  const price = await monthlyPrice(stripe)
  const session = await createSession(stripe, {
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 1 }],
  })
  const refused = await payByForm(session.url, { number: '4000000000000002' })
  expect(refused.status).toBe(402)
  expect(await refused.text()).toContain('Your card was declined.')
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: 'open',
    customer: null,
    subscription: null,
  })
  // With 3-D Secure it succeeds, on the same page.
  const challenge = await payByForm(session.url, { number: '4000002760003184' })
  const page = challenge.headers.get('location') ?? ''
  expect(page).toContain('/authenticate/pi_')
  await postForm(page, { outcome: 'complete' })
  expect(await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })).toMatchObject({
    status: 'complete',
    subscription: { status: 'active' },
  })
})

test('a trial in Checkout takes a card and no money', async () => {
  const price = await monthlyPrice(stripe)
  const session = await createSession(stripe, {
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 1 }],
    subscription_data: { trial_period_days: 7 },
  })
  expect(session.amount_total).toBe(0)
  const page = await (await fetch(session.url ?? '')).text()
  expect(page).toContain('7 days free, then $15.00 every month')
  expect(page).toContain('Start trial')
  await payByForm(session.url)
  expect(await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })).toMatchObject({
    payment_status: 'no_payment_required',
    subscription: { status: 'trialing', default_payment_method: expect.stringMatching(/^pm_/) as string },
  })
})

const refusals: [what: string, changes: Partial<Stripe.Checkout.SessionCreateParams>, message: string][] = [
  [
    'nothing that recurs',
    { mode: 'subscription' },
    'You must provide at least one recurring price in `subscription` mode when using prices.',
  ],
  [
    'payment_intent_data',
    { mode: 'subscription', payment_intent_data: { description: 'x' } },
    'You can not pass `payment_intent_data` in `subscription` mode.',
  ],
  [
    'subscription_data of a payment',
    { subscription_data: { description: 'x' } },
    'You can not pass `subscription_data` in `payment` mode.',
  ],
  [
    'what the sandbox does not act on',
    {
      mode: 'subscription',
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: 'usd',
            unit_amount: 100,
            recurring: { interval: 'week' },
            product_data: { name: 'x' },
          },
        },
      ],
      subscription_data: { billing_cycle_anchor: 2_000_000_000 },
    },
    'The sandbox does not support the parameter subscription_data[billing_cycle_anchor]. Stripe does.',
  ],
]

test.each(refusals)('a session is refused for %s', async (_what, changes, message) => {
  expect((await errorOf(createSession(stripe, changes))).message).toBe(message)
})

test('a recurring price in payment mode, and two intervals together, are refused', async () => {
  const price = await monthlyPrice(stripe)
  const weekly = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 100,
    recurring: { interval: 'week' },
    product_data: { name: 'Weekly' },
  })
  const inPayment = createSession(stripe, { line_items: [{ price: price.id, quantity: 1 }] })
  expect((await errorOf(inPayment)).message).toBe(
    'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
  )
  const mixed = createSession(stripe, {
    mode: 'subscription',
    line_items: [
      { price: price.id, quantity: 1 },
      { price: weekly.id, quantity: 1 },
    ],
  })
  expect((await errorOf(mixed)).message).toBe(
    'Checkout does not support multiple prices with different billing intervals.',
  )
})

test('no invoice is larger than a payment can be', async () => {
  const { id: customer } = await customerWithCard(stripe)
  const price = (await monthlyPrice(stripe)).id
  const dear = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 99_999_999,
    product_data: { name: 'Palace' },
  })
  const known = await stripe.subscriptions.create({ customer, items: [{ price }] })
  const item = known.items.data[0]?.id ?? ''
  const draft = await stripe.invoices.create({ customer })
  await stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 99_999_999, currency: 'usd' })
  await settled()
  world.events.length = 0
  const calls: [string, () => Promise<unknown>][] = [
    ['items', () => stripe.subscriptions.create({ customer, items: [{ price, quantity: 999_999_999_999 }] })],
    [
      'items',
      () =>
        stripe.subscriptions.create({
          customer,
          trial_period_days: 7,
          items: [{ price, quantity: 10 ** 9 }],
        }),
    ],
    ['items', () => stripe.subscriptions.update(known.id, { items: [{ id: item, quantity: 10 ** 9 }] })],
    [
      'add_invoice_items',
      () =>
        stripe.subscriptions.create({
          customer,
          items: [{ price }],
          add_invoice_items: [{ price: dear.id }],
        }),
    ],
    ['amount', () => stripe.invoiceItems.create({ customer, amount: 100_000_000, currency: 'usd' })],
    ['amount', () => stripe.invoiceItems.create({ customer, amount: -100_000_000, currency: 'usd' })],
    ['quantity', () => stripe.invoiceItems.create({ customer, pricing: { price: dear.id }, quantity: 2 })],
    [
      'invoice',
      () => stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 1, currency: 'usd' }),
    ],
  ]
  for (const [param, call] of calls) {
    expect(await errorOf(call())).toMatchObject({
      statusCode: 400,
      code: 'amount_too_large',
      param,
      message: 'Amount must be no more than $999,999.99',
    })
  }
  for (const amount of [99_999_999, 1]) {
    await stripe.invoiceItems.create({ customer, amount, currency: 'usd' })
  }
  const gathering = stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  expect(await errorOf(gathering)).toMatchObject({ param: 'pending_invoice_items_behavior' })
  await settled()
  expect(seen('customer.subscription', 'invoice.')).toEqual([])
  await stripe.customers.del(customer)
})

test('a first payment by API: refused without a card, incomplete with a failing one, paid later', async () => {
  const price = await monthlyPrice(stripe)
  const items = [{ price: price.id }]
  const nobody = await stripe.customers.create({})
  expect((await errorOf(stripe.subscriptions.create({ customer: nobody.id, items }))).message).toContain(
    'This customer has no attached payment source or default payment method.',
  )
  const customer = await customerWithCard(stripe, 'pm_card_chargeCustomerFail')
  await errorOf(
    stripe.subscriptions.create({ customer: customer.id, items, payment_behavior: 'error_if_incomplete' }),
  )
  expect((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toEqual([])

  const failed = await stripe.subscriptions.create({ customer: customer.id, items })
  expect(failed.status).toBe('incomplete')
  const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  const invoice = await stripe.invoices.pay(idOf(failed.latest_invoice), { payment_method: good.id })
  expect(invoice.status).toBe('paid')
  expect(await stripe.subscriptions.retrieve(failed.id)).toMatchObject({ status: 'active' })

  // A page in the browser pays the first invoice itself.
  const waiting = await stripe.subscriptions.create({
    customer: nobody.id,
    items,
    payment_behavior: 'default_incomplete',
    payment_settings: { save_default_payment_method: 'on_subscription' },
    expand: ['latest_invoice.payments', 'latest_invoice.confirmation_secret'],
  })
  const latest = waiting.latest_invoice as Stripe.Invoice
  const intent = idOf(latest.payments?.data[0]?.payment.payment_intent ?? null)
  expect(latest.confirmation_secret?.client_secret).toMatch(new RegExp(`^${intent}_secret_`))
  await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' })
  expect(await stripe.subscriptions.retrieve(waiting.id)).toMatchObject({
    status: 'active',
    default_payment_method: expect.stringMatching(/^pm_/) as string,
  })
})

test('a draft created by API finalizes itself with auto_advance; its payment belongs to it', async () => {
  const customer = await customerWithCard(stripe, 'pm_card_chargeCustomerFail')
  await stripe.invoiceItems.create({ customer: customer.id, amount: 2000, currency: 'usd' })
  const draft = await stripe.invoices.create({
    customer: customer.id,
    pending_invoice_items_behavior: 'include',
  })
  expect(draft).toMatchObject({ status: 'draft', total: 2000, auto_advance: false })
  await stripe.invoices.update(draft.id, { auto_advance: true })
  world.sandbox.advanceClock(3601)
  await world.sandbox.idle()
  const open = await stripe.invoices.retrieve(draft.id, { expand: ['payments'] })
  expect(open).toMatchObject({ status: 'open', attempt_count: 1 })
  const intent = idOf(open.payments?.data[0]?.payment.payment_intent ?? null)
  expect((await errorOf(stripe.paymentIntents.cancel(intent))).message).toContain('Void the invoice instead.')
  await stripe.invoices.voidInvoice(draft.id)
  expect(await stripe.paymentIntents.retrieve(intent)).toMatchObject({ status: 'canceled' })
})

test('a trial that ends without a card is paused, and resumed with one', async () => {
  const price = await monthlyPrice(stripe)
  const customer = await stripe.customers.create({})
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  })
  world.sandbox.advanceClock(7 * day + 60)
  await world.sandbox.idle()
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'paused' })
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  await stripe.subscriptions.update(id, { default_payment_method: method.id })
  expect(await stripe.subscriptions.resume(id)).toMatchObject({ status: 'active' })
  expect((await stripe.invoices.list({ subscription: id })).data[0]).toMatchObject({
    status: 'paid',
    total: 1500,
  })
  expect((await errorOf(stripe.subscriptions.resume(id))).message).toBe(
    'Only a paused subscription can be resumed.',
  )
})

test('a change of plan in the middle of a month is prorated', async () => {
  const [small, large] = [await monthlyPrice(stripe, 3000), await monthlyPrice(stripe, 6000)]
  const clock = await createClock(stripe, '2027-04-01T00:00:00Z')
  const customer = await customerWithCard(stripe, 'pm_card_visa', { test_clock: clock.id })
  const { id, items } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: small.id }],
  })
  await advance(world, clock, clock.frozen_time + 10 * day)
  await stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id ?? '', price: large.id }] })
  const preview = await stripe.invoices.createPreview({ subscription: id })
  expect(preview.lines.data.map((line) => line.amount)).toEqual([-2000, 4000, 6000])
  expect(preview.lines.data[0]?.description).toBe('Unused time on Mug club after 11 Apr 2027')
  await advance(world, clock, Date.parse('2027-05-01T02:00:00Z') / 1000)
  expect((await stripe.invoices.list({ subscription: id })).data[0]).toMatchObject({
    status: 'paid',
    total: 8000,
  })
})

const durations: [Stripe.CouponCreateParams, totals: number[], says: string][] = [
  [{ percent_off: 20, duration: 'once' }, [1200, 1500, 1500, 1500], 'then $15.00 every month'],
  [{ percent_off: 20, duration: 'forever' }, [1200, 1200, 1200, 1200], 'then $12.00 every month'],
  [
    { amount_off: 500, currency: 'usd', duration: 'repeating', duration_in_months: 2 },
    [1000, 1000, 1500, 1500],
    'then $10.00 every month for 2 months, then $15.00 every month',
  ],
]

test.each(durations)('a coupon on a subscription: %j', async (wanted, totals, says) => {
  const price = await monthlyPrice(stripe)
  const coupon = await stripe.coupons.create(wanted)
  const clock = await createClock(stripe, '2027-01-01T00:00:00Z')
  const customer = await customerWithCard(stripe, 'pm_card_visa', { test_clock: clock.id })
  const session = await createSession(stripe, {
    mode: 'subscription',
    customer: customer.id,
    customer_email: undefined as never,
    line_items: [{ price: price.id, quantity: 1 }],
    discounts: [{ coupon: coupon.id }],
  })
  expect(await (await fetch(session.url ?? '')).text()).toContain(says)
  await payByApi(stripe, session)
  const { subscription } = await stripe.checkout.sessions.retrieve(session.id)
  for (const month of [2, 3, 4]) await advance(world, clock, Date.parse(`2027-0${month}-01T02:00:00Z`) / 1000)
  const { data } = await stripe.invoices.list({ subscription: idOf(subscription) })
  expect(data.map((invoice) => invoice.total).reverse()).toEqual(totals)
  expect(data.map((invoice) => invoice.subtotal)).toEqual([1500, 1500, 1500, 1500])
  expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1)
})

test('a test clock stands still until it is advanced, even in the past', async () => {
  const clock = await createClock(stripe, '2020-01-01T00:00:00Z')
  const customer = await customerWithCard(stripe, 'pm_card_visa', { test_clock: clock.id })
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: (await monthlyPrice(stripe)).id }],
  })
  world.sandbox.advanceClock(day)
  await world.sandbox.idle()
  expect((await stripe.invoices.list({ subscription: id })).data).toHaveLength(1)
  await advance(world, clock, Date.parse('2020-02-01T02:00:00Z') / 1000)
  expect((await stripe.invoices.list({ subscription: id })).data).toHaveLength(2)
})

test('a test clock refuses what Stripe refuses', async () => {
  const clock = await createClock(stripe)
  const customer = await customerWithCard(stripe, 'pm_card_visa', { test_clock: clock.id })
  await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: (await monthlyPrice(stripe)).id }],
  })
  const go = (to: number) => errorOf(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: to }))
  expect((await go(clock.frozen_time)).message).toContain('must be after the current frozen time')
  expect((await go(clock.frozen_time + 70 * day)).message).toContain('at most two intervals')
  for (const name of ['two', 'three']) await stripe.customers.create({ name, test_clock: clock.id })
  expect((await errorOf(stripe.customers.create({ test_clock: clock.id }))).message).toContain(
    'more than 3 customers',
  )
  await stripe.testHelpers.testClocks.del(clock.id)
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
})

test('without a test clock the sandbox’s clock renews, with the dates on which it was due', async () => {
  const price = await monthlyPrice(stripe)
  const session = await createSession(stripe, {
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 1 }],
  })
  await payByApi(stripe, session)
  const { subscription } = await stripe.checkout.sessions.retrieve(session.id)
  const first = await stripe.subscriptions.retrieve(idOf(subscription))
  world.sandbox.advanceClock(63 * day)
  await world.sandbox.idle()
  const { data } = await stripe.invoices.list({ subscription: first.id })
  expect(data.map((invoice) => invoice.status)).toEqual(['paid', 'paid', 'paid'])
  expect(data[1]?.created).toBe(first.items.data[0]?.current_period_end)
})

test('a sandbox that was stopped renews when it runs again, and a test clock continues', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sandbox-'))
  const before = await createWorld({ dir })
  const price = await monthlyPrice(before.stripe)
  const clock = await createClock(before.stripe, '2027-01-01T00:00:00Z')
  const begin = async (more: Stripe.CustomerCreateParams): Promise<string> => {
    const customer = await customerWithCard(before.stripe, 'pm_card_visa', more)
    const items = [{ price: price.id }]
    return (await before.stripe.subscriptions.create({ customer: customer.id, items })).id
  }
  const [real, frozen] = [await begin({}), await begin({ test_clock: clock.id })]
  await before.close()
  const after = await createWorld({ dir })
  try {
    after.sandbox.advanceClock(32 * day)
    await advance(after, clock, clock.frozen_time + 32 * day)
    for (const subscription of [real, frozen]) {
      const { data } = await after.stripe.invoices.list({ subscription })
      expect(data.map((invoice) => invoice.status)).toEqual(['paid', 'paid'])
    }
  } finally {
    await after.close()
    await rm(dir, { recursive: true })
  }
})

test('every body of these tests matches the SDK’s types', () => {
  const bodies = world.bodies.filter((body) => !(body as { error?: object }).error)
  expect(bodies.length).toBeGreaterThan(300)
  expect([...new Set(bodies.flatMap((body) => conformanceProblems(body)))]).toEqual([])
})
