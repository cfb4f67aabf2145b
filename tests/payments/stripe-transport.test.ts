// Every call that the shop makes, against a Stripe that gives no answer, or one that is none.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PaymentService } from '../../src/payments/payment-service.js'
import {
  createStripeContext,
  isFromStripe,
  stripeProblem,
  type StripeContext,
} from '../../src/payments/stripe-client.js'
import { CALL_TIMEOUT_MS } from '../../src/payments/stripe-transport.js'
import type { Problem } from '../../src/http/problem.js'
import {
  answerWith,
  drip,
  hang,
  NO_ANSWERS,
  openFaultyStripe,
  type FaultyStripe,
} from '../support/faulty-stripe.js'

let stripe: FaultyStripe
let context: StripeContext
beforeAll(async () => {
  stripe = await openFaultyStripe()
})
beforeEach(() => {
  context = newContext()
  stripe.calls.length = 0
})
afterAll(() => stripe.close())

const newContext = () =>
  createStripeContext(
    { secretKey: 'sk_test_shopundertest', webhookSecrets: [], apiBase: new URL(stripe.url) },
    'app',
    { baseUrl: 'http://127.0.0.1' },
  )

const settings = { promotionCodes: false }
const order = {
  id: 1,
  key: 'ord_1',
  email: 'ada@shopper.example',
  currency: 'usd',
  locale: null,
  fromCart: false,
  items: [
    {
      ...{ productId: 1, variantId: 1, name: 'Mug', unitAmount: 2800, quantity: 1, image: '/a.svg' },
      ...{ taxCode: null, stripePriceId: null },
    },
  ],
  taxBehavior: null,
  automaticTax: false,
  delivery: null,
  attempt: {
    ...{ id: 'attempt', expiresAt: new Date(Date.now() + 2_000_000) },
    ...{
      promotionCodes: false,
      collectsPhone: false,
      collectsTaxIds: false,
      voucherDays: null,
      customerId: null,
      createsInvoice: false,
    },
  },
}
const CALLS: Record<string, (context: StripeContext) => Promise<unknown>> = {
  'create a session': (to) => PaymentService.createCheckoutSession(order, settings, to),
  'retrieve a session': (to) => PaymentService.retrieveCheckoutSession('cs_1', to),
  'expire a session': (to) => PaymentService.expireCheckoutSession('cs_1', to),
  'create a refund': (to) =>
    PaymentService.createRefund(
      { id: 're', paymentIntentId: 'pi_1', amount: 1, orderKey: 'ord_1', reason: null },
      to,
    ),
  'list refunds': (to) => PaymentService.listRefunds('pi_1', to),
  'list disputes': (to) => PaymentService.listDisputes('pi_1', to),
  'retrieve a price': (to) => PaymentService.retrievePrice('price_1', to),
  'create a price': (to) =>
    PaymentService.createPrice(
      {
        ...{
          id: 1,
          productId: 1,
          sku: 'mug',
          name: 'Mug',
          image: '/a.svg',
          taxBehavior: 'exclusive',
          taxCode: null,
        },
        ...{ unitAmount: 2800, currency: 'usd' },
      },
      to,
    ),
  'list events': async (to) => {
    const events = PaymentService.listEvents(new Date(), ['refund.created'], to)
    while (!(await events.next()).done);
  },
  'retrieve an event': (to) => PaymentService.retrieveEvent('evt_1', to),
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => new Error('The call was answered.'),
    (error: unknown) => error,
  )

describe.each(Object.keys(CALLS))('%s', (name) => {
  it('refuses whatever is no answer, after three tries at most, and can be repeated', async () => {
    const call = CALLS[name] ?? (() => Promise.resolve())
    const faults = Object.entries(NO_ANSWERS)
    const found = await Promise.all(
      faults.map(async ([what, fault]) => {
        const own = await openFaultyStripe()
        own.fault = () => fault
        const to = createStripeContext(
          { secretKey: 'sk_test_shopundertest', webhookSecrets: [], apiBase: new URL(own.url) },
          'app',
          { baseUrl: 'http://127.0.0.1' },
        )
        const error = await failure(call(to))
        await own.close()
        const { status, code } = stripeProblem(error) as Problem
        return [what, isFromStripe(error), status, code, own.calls.length <= 3]
      }),
    )
    expect(found).toEqual(faults.map(([what]) => [what, true, 503, 'stripe_unavailable', true]))
  })
})

describe('an answer that does not come', () => {
  it.each([
    ['hangs', hang],
    ['drips', drip],
  ])(
    'a Stripe that %s is left at the deadline, which covers the body and all tries',
    async (_what, fault) => {
      stripe.fault = () => fault
      const error = await failure(PaymentService.retrieveCheckoutSession('cs_1', context, 300))
      expect(String(error)).toContain('has not answered in time')
      expect(stripe.calls).toHaveLength(1)
    },
  )

  it('the deadline is less than twenty seconds', () => expect(CALL_TIMEOUT_MS).toBeLessThan(20_000))

  it('is cut when the shop stops, and no further call begins', async () => {
    stripe.fault = () => hang
    const waiting = failure(PaymentService.createCheckoutSession(order, settings, context))
    await expect.poll(() => stripe.calls.length).toBe(1)
    context.stop()
    expect(String(await waiting)).toContain('the shop is stopping')
    expect(String(await failure(PaymentService.retrieveEvent('evt_1', context)))).toContain('stopping')
    expect(stripe.calls).toHaveLength(1)
  })
})

describe('an answer that asks to wait', () => {
  const event = answerWith(200, '{"object": "event", "id": "evt_1"}')
  const busy = (headers: Record<string, string> = {}) =>
    answerWith(429, '{"error": {"type": "rate_limit_error", "message": "Slow down"}}', headers)

  it('is followed by another try', async () => {
    stripe.fault = () => (stripe.calls.length === 1 ? busy() : event)
    await expect(PaymentService.retrieveEvent('evt_1', context)).resolves.toMatchObject({ id: 'evt_1' })
  })

  it('longer than the shopper would is refused at once, and the refusal says how long', async () => {
    stripe.fault = () => busy({ 'retry-after': '120' })
    const problem = stripeProblem(await failure(PaymentService.retrieveEvent('evt_1', context))) as Problem
    expect(problem.options.retryAfter).toBe(120)
    expect(problem.options.forOperator).toContain('req_faulty')
    expect(stripe.calls).toHaveLength(1)
  })

  it('is the last one if Stripe says that repeating is useless', async () => {
    stripe.fault = () =>
      answerWith(500, '{"error": {"type": "api_error"}}', { 'stripe-should-retry': 'false' })
    await failure(PaymentService.retrieveEvent('evt_1', context))
    expect(stripe.calls).toHaveLength(1)
  })
})

describe('sessions and lists that contradict themselves', () => {
  const session = (change: object) =>
    JSON.stringify({
      id: 'cs_1',
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      client_reference_id: 'ord_1',
      metadata: {},
      amount_subtotal: 1,
      amount_total: 1,
      total_details: { amount_discount: 0 },
      currency: 'usd',
      url: 'https://checkout.stripe.com/c/pay/cs_1',
      expires_at: 1_800_000_000,
      payment_intent: null,
      ...change,
    })

  it('a complete one is taken', async () => {
    stripe.fault = () => answerWith(200, session({}))
    await expect(PaymentService.createCheckoutSession(order, settings, context)).resolves.toMatchObject({
      id: 'cs_1',
    })
  })

  it.each([
    ['no page', { url: null }],
    ['a page that is a script', { url: 'javascript:alert(1)' }],
    ['a page that is no address', { url: 'pay here' }],
    ['no expiry', { expires_at: undefined }],
    ['no status', { status: undefined }],
  ])('an open session with %s is refused', async (_what, change) => {
    stripe.fault = () => answerWith(200, session(change))
    expect(isFromStripe(await failure(PaymentService.createCheckoutSession(order, settings, context)))).toBe(
      true,
    )
  })

  it('another session than the one that was asked for is refused', async () => {
    stripe.fault = () => answerWith(200, session({ id: 'cs_2' }))
    expect(isFromStripe(await failure(PaymentService.retrieveCheckoutSession('cs_1', context)))).toBe(true)
  })

  it('a list that repeats its page is not read without end', async () => {
    stripe.fault = () => answerWith(200, '{"object": "list", "has_more": true, "data": [{"id": "evt_1"}]}')
    expect(isFromStripe(await failure(CALLS['list events']?.(context) ?? Promise.resolve()))).toBe(true)
    expect(stripe.calls).toHaveLength(2)
  })
})
