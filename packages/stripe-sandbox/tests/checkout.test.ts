// Checkout sessions: payment, declines, 3-D Secure, bank debits, expiry.
import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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

beforeAll(async () => {
  world = await createWorld()
})
beforeEach(async () => {
  // Runs the jobs that earlier tests scheduled.
  world.sandbox.advanceClock(60)
  await world.sandbox.idle()
  world.events.length = 0
})
afterAll(() => world.close())

async function settled(types: string[]): Promise<string[]> {
  await world.sandbox.idle()
  return world.types().filter((type) => types.some((prefix) => type.startsWith(prefix)))
}

test('a purchase: Pay creates the payment, and the shop receives its events', async () => {
  const { stripe, sandbox } = world
  const session = await createSession(stripe, {
    client_reference_id: 'order-1',
    metadata: { order: '1' },
    payment_intent_data: { metadata: { order: '1' } },
  })
  expect(session).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    amount_total: 2000,
  })
  expect(session.url).toBe(`${sandbox.url}/c/pay/${session.id}`)
  expect(session.id).toMatch(/^cs_test_a1[0-9A-Za-z]{56}$/)

  const answer = await payByForm(session.url)
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe(`http://127.0.0.1:3000/done?session_id=${session.id}`)

  const paid = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent.latest_charge'],
  })
  expect(paid).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    url: null,
    client_reference_id: 'order-1',
    customer_details: { email: 'ada@example.com', name: 'Ada Lovelace', address: { postal_code: '94103' } },
    payment_intent: {
      status: 'succeeded',
      amount_received: 2000,
      metadata: { order: '1' },
      latest_charge: {
        status: 'succeeded',
        paid: true,
        payment_method_details: { card: { last4: '4242', brand: 'visa' } },
      },
    },
  })
  await sandbox.idle()
  expect(world.types()).toEqual([
    'charge.succeeded',
    'payment_intent.succeeded',
    'payment_intent.created',
    'checkout.session.completed',
  ])
  sandbox.advanceClock(3)
  await sandbox.idle()
  const updated = world.events.at(-1)
  expect(updated?.type).toBe('charge.updated')
  expect(updated?.data.object).toMatchObject({
    balance_transaction: expect.stringMatching(/^txn_/) as string,
  })
})

test('a decline leaves the session open, and the next try succeeds on the same payment intent', async () => {
  const { stripe } = world
  const session = await createSession(stripe)
  const declined = await payByForm(session.url, { number: '4000000000009995' })
  expect(declined.status).toBe(402)
  expect(await declined.text()).toContain('Your card has insufficient funds.')
  const open = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
  expect(open).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: {
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'insufficient_funds' },
    },
  })
  expect(await settled(['charge', 'payment_intent', 'checkout'])).toEqual([
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
  ])
  world.events.length = 0

  expect((await payByForm(session.url)).status).toBe(303)
  const paid = await stripe.checkout.sessions.retrieve(session.id)
  expect(paid.payment_intent).toBe(idOf(open.payment_intent))
  expect(await settled(['charge', 'payment_intent', 'checkout'])).toEqual([
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
  ])
})

describe('declines by API', () => {
  test.each([
    ['chargeDeclined', 'card_declined', 'generic_decline', 'Your card was declined.'],
    ['visa_chargeDeclined', 'card_declined', 'generic_decline', 'Your card was declined.'],
    [
      'chargeDeclinedInsufficientFunds',
      'card_declined',
      'insufficient_funds',
      'Your card has insufficient funds.',
    ],
    ['chargeDeclinedLostCard', 'card_declined', 'lost_card', 'Your card was declined.'],
    ['chargeDeclinedStolenCard', 'card_declined', 'stolen_card', 'Your card was declined.'],
    ['chargeDeclinedExpiredCard', 'expired_card', 'expired_card', 'Your card has expired.'],
    ['chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc', 'security code is incorrect'],
    [
      'chargeDeclinedProcessingError',
      'processing_error',
      'processing_error',
      'An error occurred while processing',
    ],
    ['radarBlock', 'card_declined', 'fraudulent', 'Your card was declined.'],
  ])('pm_card_%s is %s / %s', async (name, code, declineCode, message) => {
    const session = await createSession(world.stripe)
    const error = await errorOf(payByApi(world.stripe, session, `pm_card_${name}`))
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode })
    expect(error.message).toContain(message)
    expect(error.raw).toMatchObject({
      charge: expect.stringMatching(/^ch_/) as string,
      payment_intent: { object: 'payment_intent', status: 'requires_payment_method' },
      payment_method: { object: 'payment_method', type: 'card' },
    })
  })
})

describe('3-D Secure', () => {
  async function challenged(number: string): Promise<{ id: string; challenge: string; url: string | null }> {
    const session = await createSession(world.stripe)
    const answer = await payByForm(session.url, { number })
    expect(answer.status).toBe(303)
    const challenge = answer.headers.get('location') ?? ''
    expect(challenge).toMatch(/\/authenticate\/pi_\w+$/)
    return { id: session.id, challenge, url: session.url }
  }

  test('passed: the shop is paid', async () => {
    const { id, challenge } = await challenged('4000000000003220')
    expect(await (await fetch(challenge)).text()).toContain('Complete authentication')
    const answer = await postForm(challenge, { outcome: 'complete' })
    expect(answer.headers.get('location')).toBe(`http://127.0.0.1:3000/done?session_id=${id}`)
    expect(await world.stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
    })
    expect(await settled(['payment_intent', 'checkout'])).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ])
  })

  test('failed: the customer is back on the pay page, which says why', async () => {
    const { id, challenge } = await challenged('4000000000003220')
    const answer = await postForm(challenge, { outcome: 'fail' })
    expect(answer.headers.get('location')).toBe(`/c/pay/${id}?declined`)
    const page = await fetch(new URL(answer.headers.get('location') ?? '', world.sandbox.url))
    expect(await page.text()).toContain('unable to authenticate')
    expect(await settled(['payment_intent.payment_failed', 'charge', 'checkout'])).toEqual([
      'payment_intent.payment_failed',
    ])
    expect((await payByForm(page.url)).status).toBe(303)
  })

  test('passed, and then declined', async () => {
    const { id, challenge } = await challenged('4000008400001629')
    await postForm(challenge, { outcome: 'complete' })
    const session = await world.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
    expect(session).toMatchObject({
      status: 'open',
      payment_intent: { last_payment_error: { code: 'card_declined' } },
    })
  })

  test('confirmed twice: paid once', async () => {
    const { id, challenge } = await challenged('4000002760003184')
    const answers = await Promise.all([1, 2, 3].map(() => postForm(challenge, { outcome: 'complete' })))
    for (const answer of answers) expect(answer.headers.get('location')).toContain(`session_id=${id}`)
    expect(await settled(['charge.succeeded'])).toHaveLength(1)
  })

  test('a shop can request it for any card', async () => {
    const session = await createSession(world.stripe, {
      payment_method_options: { card: { request_three_d_secure: 'challenge' } },
    })
    expect((await payByForm(session.url)).headers.get('location')).toContain('/authenticate/')
  })
})

describe('a voucher', () => {
  const vouchers = [
    { type: 'oxxo', currency: 'mxn', hours: -6, fields: {} },
    { type: 'boleto', currency: 'brl', hours: -3, fields: { boleto_tax_id: '000.000.000-00' } },
    { type: 'konbini', currency: 'jpy', hours: 9, fields: {} },
  ] as const
  type Voucher = (typeof vouchers)[number]

  /** Posts the form of a session that offers the voucher, and returns its answer and the session. */
  async function buy(
    { type, currency, fields }: Voucher,
    email = 'ada@example.com',
    changes: Partial<Stripe.Checkout.SessionCreateParams> = {},
  ) {
    const session = await createSession(world.stripe, { customer_email: email, ...changes }, currency)
    const answer = await payByForm(session.url, { method: type, voucher_name: 'Ada', ...fields })
    const complete = await world.stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent'],
    })
    const intent = complete.payment_intent as Stripe.PaymentIntent
    const { oxxo_display_details, boleto_display_details, konbini_display_details } = intent.next_action ?? {}
    const end =
      oxxo_display_details?.expires_after ??
      boleto_display_details?.expires_at ??
      konbini_display_details?.expires_at ??
      0
    const details = oxxo_display_details ?? boleto_display_details ?? konbini_display_details
    return { answer, session: complete, intent, details, end }
  }

  const daysUntil = (end: number, intent: Stripe.PaymentIntent): number => (end - intent.created) / 86_400

  test.each(
    vouchers.flatMap((voucher) => [
      { ...voucher, email: 'ada@example.com', seconds: 16, outcome: 'paid' },
      { ...voucher, email: 'ada+succeed_immediately@example.com', seconds: 3, outcome: 'paid' },
      { ...voucher, email: 'ada+expire_immediately@example.com', seconds: 3, outcome: 'unpaid' },
      { ...voucher, email: 'ada+expire_with_delay@example.com', seconds: 16, outcome: 'unpaid' },
    ]),
  )(
    '$type for $email: complete and unpaid with a voucher at once, after $seconds seconds $outcome',
    async ({ email, seconds, outcome, ...voucher }) => {
      const { stripe, sandbox } = world
      const { answer, session, intent, details, end } = await buy(voucher, email)
      expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
      expect(intent).toMatchObject({
        status: 'requires_action',
        next_action: { type: `${voucher.type}_display_details` },
      })
      // The customer stays on the voucher's page.
      expect([answer.status, answer.headers.get('location')]).toEqual([303, details?.hosted_voucher_url])
      expect(await (await fetch(details?.hosted_voucher_url ?? '')).text()).toMatch(/Show the number \d{6}/)
      // Three days later, at the end of the day in the voucher's country.
      expect(new Date((end + voucher.hours * 3600) * 1000).toISOString()).toMatch(/T23:59:59/)
      expect(daysUntil(end, intent)).toBeGreaterThanOrEqual(3)
      expect(daysUntil(end, intent)).toBeLessThan(4)
      expect(await settled(['payment_intent.requires', 'checkout'])).toEqual([
        'payment_intent.requires_action',
        'checkout.session.completed',
      ])
      world.events.length = 0
      sandbox.advanceClock(seconds)
      expect(await settled(['charge.succeeded', 'payment_intent', 'checkout'])).toEqual(
        outcome === 'paid'
          ? ['charge.succeeded', 'payment_intent.succeeded', 'checkout.session.async_payment_succeeded']
          : ['payment_intent.payment_failed', 'checkout.session.async_payment_failed'],
      )
      expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ payment_status: outcome })
      expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(
        outcome === 'paid' ? 1 : 0,
      )
      if (outcome === 'paid' && voucher.type !== 'konbini') {
        const error = await errorOf(stripe.refunds.create({ payment_intent: intent.id }))
        expect(error.message).toContain('cannot be refunded')
      }
    },
  )

  test.each([
    { voucher: vouchers[0], days: 7 },
    { voucher: vouchers[1], days: 0 },
    { voucher: vouchers[2], days: 60 },
  ])('$voucher.type can be paid for $days days, and expires then', async ({ voucher, days }) => {
    const { stripe, sandbox } = world
    const options = { [voucher.type]: { expires_after_days: days } }
    const { session, intent, end } = await buy(voucher, 'fill_never@example.com', {
      payment_method_options: options,
    })
    expect(session.payment_method_options).toMatchObject(options)
    expect(intent.payment_method_options).toMatchObject(options)
    expect(daysUntil(end, intent)).toBeGreaterThanOrEqual(days)
    expect(daysUntil(end, intent)).toBeLessThan(days + 1)
    const { now } = (await (await postForm(`${sandbox.url}/_sandbox/clock`, { seconds: '1' })).json()) as {
      now: number
    }
    sandbox.advanceClock(end - now - 5)
    expect(await settled(['checkout.session.async'])).toEqual([])
    sandbox.advanceClock(10)
    expect(await settled(['checkout.session.async'])).toEqual(['checkout.session.async_payment_failed'])
    expect((await stripe.paymentIntents.retrieve(intent.id)).last_payment_error?.code).toBe(
      'payment_intent_payment_attempt_expired',
    )
  })

  test.each([
    ['oxxo', 8, 'less than or equal to 7'],
    ['oxxo', 0, 'greater than or equal to 1'],
    ['boleto', 61, 'less than or equal to 60'],
    ['konbini', 0, 'greater than or equal to 1'],
  ] as const)('%s for %i days is refused', async (type, expires_after_days, message) => {
    const error = await errorOf(
      createSession(world.stripe, { payment_method_options: { [type]: { expires_after_days } } }),
    )
    expect(error.message).toContain(message)
    expect(error.param).toBe(`payment_method_options[${type}][expires_after_days]`)
  })

  test('is offered in its own currency, for amounts that it can be issued for', async () => {
    for (const { type, currency } of vouchers) {
      const session = await createSession(world.stripe, {}, currency)
      expect(session.payment_method_types).toContain(type)
      expect(await (await fetch(session.url ?? '')).text()).toContain(`value="${type}"`)
      expect((await createSession(world.stripe, {}, 'eur')).payment_method_types).not.toContain(type)
    }
    const cheap = await createSession(world.stripe, {
      line_items: [
        { quantity: 1, price_data: { currency: 'jpy', unit_amount: 119, product_data: { name: 'Pin' } } },
      ],
    })
    expect(await (await fetch(cheap.url ?? '')).text()).not.toContain('value="konbini"')
  })

  test('a boleto needs the customer’s tax number', async () => {
    const session = await createSession(world.stripe, {}, 'brl')
    const answer = await payByForm(session.url, {
      method: 'boleto',
      voucher_name: 'Ada',
      boleto_tax_id: '123',
    })
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('Enter a CPF with 11 digits or a CNPJ with 14.')
  })

  test('a konbini payment is refunded when the customer has named their bank account', async () => {
    const { stripe, sandbox } = world
    const { intent } = await buy(vouchers[2], 'ada+succeed_immediately@example.com')
    sandbox.advanceClock(3)
    await sandbox.idle()
    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 500 })
    expect(refund).toMatchObject({
      status: 'requires_action',
      instructions_email: 'ada+succeed_immediately@example.com',
      next_action: { type: 'display_details' },
    })
    sandbox.advanceClock(16)
    await sandbox.idle()
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded' })
    const other = await stripe.refunds.create({
      payment_intent: intent.id,
      instructions_email: 'grace@example.com',
    })
    expect(other.instructions_email).toBe('grace@example.com')
    expect((await stripe.refunds.cancel(other.id)).status).toBe('canceled')
  })
})

describe('bank debit', () => {
  test.each([
    ['eur', 'AT611904300234573201', 'paid'],
    ['usd', '000123456789', 'paid'],
    ['gbp', 'AT61 1904 3002 3457 3201', 'paid'],
    ['eur', 'AT861904300235473202', 'unpaid'],
    ['usd', '000222222227', 'unpaid'],
  ])('in %s with %s: complete and unpaid at once, %s in the end', async (currency, account, outcome) => {
    const { stripe, sandbox } = world
    const session = await createSession(stripe, {}, currency)
    expect((await payByForm(session.url, { method: 'bank_debit', account })).status).toBe(303)
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    })
    expect(await settled(['payment_intent', 'charge', 'checkout'])).toEqual([
      'payment_intent.created',
      'payment_intent.processing',
      'charge.pending',
      'checkout.session.completed',
    ])
    world.events.length = 0
    sandbox.advanceClock(14)
    expect(await settled([''])).toEqual([])
    sandbox.advanceClock(2)
    expect(await settled(['charge.succeeded', 'charge.failed', 'payment_intent', 'checkout'])).toEqual(
      outcome === 'paid'
        ? ['charge.succeeded', 'payment_intent.succeeded', 'checkout.session.async_payment_succeeded']
        : ['charge.failed', 'payment_intent.payment_failed', 'checkout.session.async_payment_failed'],
    )
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: outcome,
    })
  })

  test('an unusable or unknown account is refused on the page', async () => {
    const session = await createSession(world.stripe, {}, 'eur')
    const answers = await Promise.all(
      ['AT511904300000066666', 'DE00', ''].map((account) =>
        payByForm(session.url, { method: 'bank_debit', account }),
      ),
    )
    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 422])
    expect(await world.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'open',
      payment_intent: null,
    })
  })

  test('is not offered when the shop accepts only cards', async () => {
    const session = await createSession(world.stripe, { allowed_payment_method_types: ['card'] })
    expect(session.payment_method_types).toEqual(['card'])
    expect(await (await fetch(session.url ?? '')).text()).not.toContain('Bank debit')
    const error = await errorOf(payByApi(world.stripe, session, (await bankMethod()).id))
    expect(error.message).toContain('not allowed')
  })

  function bankMethod(): Promise<{ id: string }> {
    return world.stripe.paymentMethods.create({
      type: 'us_bank_account',
      us_bank_account: { account_number: '000123456789', routing_number: '110000000' },
    })
  }
})

describe('expiry', () => {
  test('on time', async () => {
    const { stripe, sandbox } = world
    const soon = Math.floor(Date.now() / 1000) + 31 * 60
    const session = await createSession(stripe, { expires_at: soon + (await clockOffset()) })
    sandbox.advanceClock(30 * 60)
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'open' })
    sandbox.advanceClock(60)
    expect(await settled(['checkout'])).toEqual(['checkout.session.expired'])
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'expired',
      url: null,
    })
    expect((await payByForm(session.url)).status).toBe(200)
    expect(await (await fetch(session.url ?? '')).text()).toContain('has expired')
  })

  test('for a shop that does not know that the clock was moved', async () => {
    const { stripe, sandbox } = world
    sandbox.advanceClock(2 * 3600)
    const life = 31 * 60
    const session = await createSession(stripe, { expires_at: Math.floor(Date.now() / 1000) + life })
    expect(session.expires_at - session.created).toBeGreaterThan(life - 5)
    expect(session.expires_at - session.created).toBeLessThanOrEqual(life)
    sandbox.advanceClock(3600)
    await sandbox.idle()
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'expired' })
    await settled(['checkout'])
  })

  test('by the shop, once', async () => {
    const session = await createSession(world.stripe)
    expect(await world.stripe.checkout.sessions.expire(session.id)).toMatchObject({ status: 'expired' })
    const error = await errorOf(world.stripe.checkout.sessions.expire(session.id))
    expect(error.message).toBe(
      'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of "expired".',
    )
  })

  async function clockOffset(): Promise<number> {
    const { created } = await createSession(world.stripe)
    return created - Math.floor(Date.now() / 1000)
  }
})

test('pressing Pay five times at once charges once, and each press leads to the shop', async () => {
  const session = await createSession(world.stripe)
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => payByForm(session.url)))
  for (const answer of answers) expect(answer.headers.get('location')).toContain(`session_id=${session.id}`)
  const { data } = await world.stripe.charges.list({ limit: 100 })
  const { payment_intent: intent } = await world.stripe.checkout.sessions.retrieve(session.id)
  expect(data.filter((charge) => charge.payment_intent === intent)).toHaveLength(1)
})

test('a session with nothing to pay completes without a payment', async () => {
  const session = await createSession(world.stripe, {
    line_items: [
      { quantity: 1, price_data: { currency: 'usd', unit_amount: 0, product_data: { name: 'Gift' } } },
    ],
  })
  expect((await payByForm(session.url)).status).toBe(303)
  expect(await world.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    payment_intent: null,
  })
  expect(await settled(['charge', 'payment_intent', 'checkout'])).toEqual(['checkout.session.completed'])
})

test('lines keep their order, by price and by price_data, and can be listed in pages', async () => {
  const { stripe } = world
  const product = await stripe.products.create({ name: 'Lamp' })
  const price = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 4900 })
  const inline = Array.from({ length: 11 }, (_, index) => ({
    quantity: 1,
    price_data: { currency: 'usd', unit_amount: 100 + index, product_data: { name: `Pin ${index}` } },
  }))
  const session = await createSession(stripe, { line_items: [{ quantity: 2, price: price.id }, ...inline] })
  expect(session.amount_total).toBe(9800 + 11 * 100 + 55)
  const expanded = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['line_items.data.price.product'],
  })
  expect(expanded.line_items).toMatchObject({
    has_more: true,
    data: { length: 10, 0: { description: 'Lamp', quantity: 2 } },
  })
  const names: string[] = []
  for await (const line of stripe.checkout.sessions.listLineItems(session.id, { limit: 5 }))
    names.push(line.description ?? '')
  expect(names).toEqual(['Lamp', ...inline.map((line) => line.price_data.product_data.name)])
  const made = await stripe.prices.retrieve(expanded.line_items?.data[1]?.price?.id ?? '', {
    expand: ['product'],
  })
  expect(made).toMatchObject({ active: false, product: { active: false, name: 'Pin 0' } })
})

test('the payment of a session cannot be confirmed or canceled by itself', async () => {
  const session = await createSession(world.stripe)
  await errorOf(payByApi(world.stripe, session, 'pm_card_chargeDeclined'))
  const { payment_intent: intent } = await world.stripe.checkout.sessions.retrieve(session.id)
  expect((await errorOf(world.stripe.paymentIntents.cancel(idOf(intent)))).message).toContain(
    'Expire the Checkout Session',
  )
  expect((await errorOf(world.stripe.paymentIntents.confirm(idOf(intent)))).statusCode).toBe(400)
  await world.stripe.checkout.sessions.expire(session.id)
  expect(await settled(['payment_intent.canceled', 'checkout'])).toEqual([
    'payment_intent.canceled',
    'checkout.session.expired',
  ])
})
