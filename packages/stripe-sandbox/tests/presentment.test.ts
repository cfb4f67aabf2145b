// Adaptive pricing: what the customer sees and pays in their own currency.
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { convert, exchangeRate, PER_DOLLAR } from '../src/money/exchange-rates.js'
import { problemsIn, sdkTypes } from './support/conformance.js'
import {
  createSession,
  createWorld,
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
afterAll(async () => {
  expect(problemsIn(world.bodies)).toEqual([])
  await world.close()
})

const french = { customer_email: 'ada+location_FR@example.com' }
const paid = (session: { id: string }): Promise<Stripe.Checkout.Session> =>
  stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] })
const chargeOf = (session: Stripe.Checkout.Session): Stripe.Charge =>
  (session.payment_intent as Stripe.PaymentIntent).latest_charge as Stripe.Charge

test('adaptive pricing is on unless the shop turns it off, except for setups', async () => {
  expect((await createSession(stripe)).adaptive_pricing).toEqual({ enabled: true })
  expect((await createSession(stripe, { adaptive_pricing: { enabled: false } })).adaptive_pricing).toEqual({
    enabled: false,
  })
  const setup = await stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    success_url: 'http://127.0.0.1:3000/done',
  })
  expect(setup.adaptive_pricing).toEqual({ enabled: false })
})

test('the customer pays in their currency, and every other amount stays in the shop’s', async () => {
  const session = await createSession(stripe, french)
  expect(session).not.toHaveProperty('presentment_details')
  const page = await (await fetch(session.url ?? '')).text()
  expect(page).toContain('Pay €18.00')
  expect(page).toContain('The shop’s price is $20.00. Exchange rate: 1 USD = 0.9 EUR.')
  // The amount that the form confirms is the session's own.
  expect((await payByForm(session.url, { expected_amount: '2000' })).status).toBe(303)
  const presentment_details = { presentment_amount: 1800, presentment_currency: 'eur' }
  const complete = await paid(session)
  expect(complete).toMatchObject({
    currency: 'usd',
    amount_total: 2000,
    presentment_details,
    payment_intent: {
      amount: 2000,
      amount_received: 2000,
      currency: 'usd',
      presentment_details,
      latest_charge: { amount: 2000, currency: 'usd', presentment_details },
    },
  })
  expect(await (await fetch(chargeOf(complete).receipt_url ?? '')).text()).toContain('€18.00')
  await world.sandbox.idle()
  for (const type of ['checkout.session.completed', 'payment_intent.succeeded', 'charge.succeeded']) {
    const event = world.events.find((each) => each.type === type)
    expect(event?.data.object).toMatchObject({ presentment_details })
  }
})

test('refunds add up to exactly what the customer paid', async () => {
  const session = await createSession(stripe, french)
  await payByForm(session.url)
  const charge = chargeOf(await paid(session))
  const parts: number[] = []
  for (const amount of [333, 333, 1]) {
    const refund = await stripe.refunds.create({ charge: charge.id, amount })
    expect(refund.currency).toBe('usd')
    parts.push(refund.presentment_details?.presentment_amount ?? 0)
  }
  const rest = await stripe.refunds.create({ charge: charge.id })
  parts.push(rest.presentment_details?.presentment_amount ?? 0)
  expect(parts.slice(0, 2)).toEqual([300, 299])
  expect(await (await fetch(charge.receipt_url ?? '')).text()).toContain('Refunded</dt><dd>€18.00')
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(1800)
})

test('disputes and balance transactions have no presentment', async () => {
  const session = await createSession(stripe, french)
  await payByForm(session.url, { number: '4000000000000259' })
  const charge = chargeOf(await paid(session))
  const [dispute] = (await stripe.disputes.list({ charge: charge.id })).data
  expect(dispute).toMatchObject({ amount: 2000, currency: 'usd' })
  expect(dispute).not.toHaveProperty('presentment_details')
  const entry = await stripe.balanceTransactions.retrieve(idOf(charge.balance_transaction))
  expect(entry).not.toHaveProperty('presentment_details')
})

test('it follows what changes the total, also after a decline and with 3-D Secure', async () => {
  const { id: coupon } = await stripe.coupons.create({ percent_off: 50 })
  await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, code: 'HALF' })
  const session = await createSession(stripe, { ...french, allow_promotion_codes: true })
  expect((await payByForm(session.url, { number: '4000000000000002' })).status).toBe(402)
  await postForm(`${session.url ?? ''}/promotion`, { code: 'HALF' })
  const challenge = await payByForm(session.url, { number: '4000000000003220' })
  const url = new URL(challenge.headers.get('location') ?? '', world.sandbox.url).href
  expect(await (await fetch(url)).text()).toContain('€9.00')
  await postForm(url, { outcome: 'complete' })
  expect(await paid(session)).toMatchObject({
    amount_total: 1000,
    presentment_details: { presentment_amount: 900 },
    payment_intent: { latest_charge: { presentment_details: { presentment_amount: 900 } } },
  })
})

describe('it does not apply', () => {
  test.each<[string, Partial<Stripe.Checkout.SessionCreateParams>, string]>([
    ['to other addresses', {}, 'usd'],
    ['at home', { customer_email: 'ada+location_US@example.com' }, 'usd'],
    ['in a country with the same currency', { customer_email: 'ada+location_DE@example.com' }, 'eur'],
    ['where no rate is known', { customer_email: 'ada+location_AQ@example.com' }, 'usd'],
    ['when it is turned off', { ...french, adaptive_pricing: { enabled: false } }, 'usd'],
    ['to held payments', { ...french, payment_intent_data: { capture_method: 'manual' } }, 'usd'],
  ])('%s', async (_, params, currency) => {
    const session = await createSession(stripe, params, currency)
    await payByApi(stripe, session)
    const complete = await paid(session)
    expect(complete).not.toHaveProperty('presentment_details')
    expect(chargeOf(complete)).not.toHaveProperty('presentment_details')
  })
})

describe('exchange rates', () => {
  test.each([
    [2000, 'usd', 'jpy', 3000],
    [3000, 'jpy', 'usd', 2000],
    [2000, 'eur', 'kwd', 6670],
    [1999, 'usd', 'eur', 1799],
    [1230, 'kwd', 'gbp', 308],
  ])('%i %s is %i %s', (amount, from, to, expected) => {
    expect(convert(amount, from, to)).toBe(expected)
  })

  test('every rate has its inverse', () => {
    for (const currency of Object.keys(PER_DOLLAR)) {
      const there = exchangeRate('usd', currency) ?? 0
      expect(there * (exchangeRate(currency, 'usd') ?? 0)).toBeCloseTo(1)
    }
    expect(exchangeRate('usd', 'xaf')).toBeUndefined()
  })
})
