// The API: keys, errors, parameters, metadata, lists and expansion.
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  client,
  createSession,
  createWorld,
  errorOf,
  idOf,
  payByApi,
  successUrl,
  type World,
} from './support/world.js'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${world.sandbox.url}${path}`, {
    ...init,
    headers: {
      Authorization: `Bearer ${world.sandbox.secretKey}`,
      ...(init.headers as Record<string, string>),
    },
  })
}

function post(path: string, body: string): Promise<Response> {
  return ask(path, { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
}

async function errorIn(answer: Response): Promise<Record<string, unknown>> {
  return ((await answer.json()) as { error: Record<string, unknown> }).error
}

describe('keys', () => {
  test.each([
    ['none', undefined, 'You did not provide an API key.'],
    ['an empty one', 'Bearer ', 'You did not provide an API key.'],
    ['a live one', 'Bearer sk_live_abcdefghijkl', 'you sent a live key'],
    ['a live restricted one', 'Bearer rk_live_abcdefghijkl', 'you sent a live key'],
    ['a publishable one', 'Bearer pk_test_abcdefghijkl', 'cannot be made with a publishable API key'],
    ['a wrong one', 'Bearer sk_wrong_abcdefghijkl', 'Invalid API Key provided: sk_wrong_********ijkl'],
  ])('%s: 401', async (_, authorization, message) => {
    const answer = await fetch(
      `${world.sandbox.url}/v1/products`,
      authorization ? { headers: { authorization } } : {},
    )
    expect(answer.status).toBe(401)
    const { error } = (await answer.json()) as { error: { message: string; type: string } }
    expect(error.message).toContain(message)
    expect(error.message).not.toContain('live_abcdefghijkl')
    expect(error.type).toBe('invalid_request_error')
  })

  test('basic authentication works, as with curl -u', async () => {
    const authorization = `Basic ${Buffer.from(`${world.sandbox.secretKey}:`).toString('base64')}`
    expect((await ask('/v1/products', { headers: { Authorization: authorization } })).status).toBe(200)
  })

  test('each test key is an account of its own', async () => {
    const other = client(world.sandbox, 'sk_test_somebody_else')
    const session = await createSession(world.stripe)
    expect((await errorOf(other.checkout.sessions.retrieve(session.id))).message).toBe(
      `No such checkout.session: ${session.id}`,
    )
    expect((await client(world.sandbox, 'rk_test_restricted').products.list()).data).toEqual([])
  })
})

describe('errors', () => {
  test('have Stripe’s fields, in alphabetical order', async () => {
    const answer = await ask('/v1/products/prod_none')
    const error = await errorIn(answer)
    expect(answer.status).toBe(404)
    expect(Object.keys(error)).toEqual(['code', 'doc_url', 'message', 'param', 'request_log_url', 'type'])
    expect(error).toMatchObject({
      code: 'resource_missing',
      doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
      message: "No such product: 'prod_none'",
      param: 'id',
    })
    const requestId = answer.headers.get('request-id') ?? ''
    expect(requestId).toMatch(/^req_\w+$/)
    expect(error.request_log_url).toContain(`object=${requestId}`)
  })

  test.each([
    ['GET', '/v1/foo'],
    ['POST', '/v1/products/'],
    ['DELETE', '/v1/refunds/re_1'],
    ['PUT', '/v1/products'],
    ['GET', '/v1/'],
    ['GET', '/v1'],
    ['POST', '/v2/core/events'],
    ['GET', '/healthz'],
    ['GET', '/v1/products/%E0%A4%A'],
  ])('%s %s does not exist, and is answered in Stripe’s error format', async (method, path) => {
    const answer = await ask(path, { method })
    expect(answer.status).toBe(404)
    expect(await errorIn(answer)).toMatchObject({ type: 'invalid_request_error' })
  })

  test('a JSON body, an invalid name, a hostile name and a body that is too large get an error too', async () => {
    const json = await ask('/v1/products', {
      method: 'POST',
      body: '{"name":"Mug"}',
      headers: { 'Content-Type': 'application/json' },
    })
    expect((await errorIn(json)).message).toContain('application/x-www-form-urlencoded')
    for (const body of [
      'name[=x',
      'name=a&name[b]=c',
      `${'a['.repeat(50)}]=1`,
      `a${'[b]'.repeat(5000)}=1`,
      '__proto__[x]=1',
      'constructor=1',
    ]) {
      const answer = await post('/v1/products', body)
      expect(answer.status).toBe(400)
      expect(await errorIn(answer)).toHaveProperty('message')
    }
    const large = await post('/v1/products', `name=${'x'.repeat(1_100_000)}`)
    expect(large.status).toBe(413)
    // The unread rest of the body is not taken for the next request.
    expect(large.headers.get('connection')).toBe('close')
    expect((await ask('/v1/customers')).status).toBe(200)
    expect((await errorIn(large)).message).toContain('1 MB')
  })

  test('the answer has the caller’s version, and an invalid version is refused', async () => {
    const asked = await ask('/v1/products', { headers: { 'Stripe-Version': '2024-06-20' } })
    expect(asked.headers.get('stripe-version')).toBe('2024-06-20')
    expect((await ask('/v1/products')).headers.get('stripe-version')).toBe(Stripe.API_VERSION)
    expect((await ask('/v1/products', { headers: { 'Stripe-Version': 'tomorrow' } })).status).toBe(400)
  })
})

describe('parameters of a session', () => {
  const line =
    'line_items[0][quantity]=1&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=2000&line_items[0][price_data][product_data][name]=Mug'
  const good = `mode=payment&success_url=${encodeURIComponent(successUrl)}&${line}`
  const now = (): number => Math.floor(Date.now() / 1000)

  test.each([
    ['nothing', '', 'parameter_missing', 'mode', 'Missing required param: mode.'],
    [
      'no lines',
      'mode=payment&success_url=http://a',
      'parameter_missing',
      'line_items',
      'Missing required param: line_items.',
    ],
    [
      'no success_url',
      `mode=payment&${line}`,
      'parameter_missing',
      'success_url',
      'Missing required param: success_url.',
    ],
    ['an unknown name', `${good}&foo=1`, 'parameter_unknown', 'foo', 'Received unknown parameter: foo'],
    [
      'an unknown name inside',
      `${good}&line_items[0][foo]=1`,
      'parameter_unknown',
      'line_items[0][foo]',
      'Received unknown parameter: line_items[0][foo]',
    ],
    [
      'an unknown name, before all else',
      'foo=1',
      'parameter_unknown',
      'foo',
      'Received unknown parameter: foo',
    ],
    [
      'a wrong mode',
      `${good}&mode=pay`,
      undefined,
      'mode',
      'Invalid mode: must be one of payment, setup, or subscription',
    ],
    [
      'no number',
      good.replace('=2000', '=abc'),
      'parameter_invalid_integer',
      'line_items[0][price_data][unit_amount]',
      'Invalid integer: abc',
    ],
    [
      'a fraction',
      good.replace('=2000', '=19.99'),
      'parameter_invalid_integer',
      'line_items[0][price_data][unit_amount]',
      'Invalid integer: 19.99',
    ],
    [
      'a negative amount',
      good.replace('=2000', '=-1'),
      'parameter_invalid_integer',
      'line_items[0][price_data][unit_amount]',
      'greater than or equal to 0',
    ],
    [
      'an amount of nine digits',
      good.replace('=2000', '=100000000'),
      'amount_too_large',
      'line_items[0][price_data][unit_amount]',
      'no more than',
    ],
    [
      'quantity 0',
      good.replace('quantity]=1', 'quantity]=0'),
      'parameter_invalid_integer',
      'line_items[0][quantity]',
      'greater than or equal to 1',
    ],
    [
      'no quantity',
      good.replace('line_items[0][quantity]=1&', ''),
      undefined,
      'line_items[0]',
      'Quantity is required',
    ],
    [
      'a strange currency',
      good.replace('=usd', '=xyz'),
      undefined,
      'line_items[0][price_data][currency]',
      'Invalid currency: xyz. Stripe currently supports these currencies: usd, aed',
    ],
    [
      'too little',
      good.replace('=2000', '=49'),
      'amount_too_small',
      undefined,
      "The Checkout Session's total amount due must add up to at least $0.50 usd",
    ],
    [
      'too little in pounds',
      good.replace('=2000', '=29').replace('=usd', '=gbp'),
      'amount_too_small',
      undefined,
      'must add up to at least £0.30 gbp',
    ],
    [
      'too little in Hong Kong',
      good.replace('=2000', '=399').replace('=usd', '=hkd'),
      'amount_too_small',
      undefined,
      'must add up to at least $4.00 hkd',
    ],
    [
      'a last digit in dinars',
      good.replace('=2000', '=2001').replace('=usd', '=kwd'),
      undefined,
      'line_items[0][price_data][unit_amount]',
      'must end with 0',
    ],
    [
      'an unknown price',
      good.replace(/line_items\[0\]\[price_data.*/, 'line_items[0][price]=price_x'),
      'resource_missing',
      'line_items[0][price]',
      "No such price: 'price_x'",
    ],
    [
      'an unknown customer',
      `${good}&customer=cus_x`,
      'resource_missing',
      'customer',
      "No such customer: 'cus_x'",
    ],
    [
      'customer and email',
      `${good}&customer=cus_x&customer_email=a@b.co`,
      undefined,
      'customer',
      'You may only specify one of these parameters: customer, customer_email.',
    ],
    [
      'a wrong email',
      `${good}&customer_email=ada`,
      'email_invalid',
      'customer_email',
      'Invalid email address: ada',
    ],
    [
      'an empty email',
      `${good}&customer_email=`,
      'parameter_invalid_empty',
      'customer_email',
      'You passed an empty string',
    ],
    [
      'a URL without scheme',
      good.replace(/success_url=[^&]+/, 'success_url=example.com'),
      'url_invalid',
      'success_url',
      'An explicit scheme',
    ],
    [
      'a dangerous URL',
      good.replace(/success_url=[^&]+/, 'success_url=javascript:alert(1)'),
      'url_invalid',
      'success_url',
      'Not a valid URL',
    ],
    [
      'too short a life',
      `${good}&expires_at=${now() + 60}`,
      undefined,
      'expires_at',
      'must be between 30 minutes and 24 hours',
    ],
    [
      'too long a life',
      `${good}&expires_at=${now() + 25 * 3600}`,
      undefined,
      'expires_at',
      'must be between 30 minutes and 24 hours',
    ],
    [
      'a long metadata value',
      `${good}&metadata[a]=${'x'.repeat(501)}`,
      undefined,
      'metadata[a]',
      'Metadata values can have up to 500 characters, but you passed in a value that is 501 characters. Invalid value: xxx',
    ],
    [
      'a long metadata key',
      `${good}&metadata[${'k'.repeat(41)}]=1`,
      undefined,
      'metadata',
      'Metadata keys can have up to 40 characters',
    ],
    [
      'too much metadata',
      `${good}&${Array.from({ length: 51 }, (_, n) => `metadata[k${n}]=1`).join('&')}`,
      undefined,
      'metadata',
      'up to 50 keys',
    ],
    [
      'a long reference',
      `${good}&client_reference_id=${'x'.repeat(201)}`,
      undefined,
      'client_reference_id',
      'at most 200',
    ],
    [
      'lines of two currencies',
      `${good}&${line.replaceAll('[0]', '[1]').replace('=usd', '=eur')}`,
      undefined,
      'line_items[1]',
      'same currency',
    ],
    [
      '101 lines',
      `mode=payment&success_url=http://a&${Array.from({ length: 101 }, (_, n) => line.replaceAll('[0]', `[${n}]`)).join('&')}`,
      undefined,
      'line_items',
      'at most 100',
    ],
    [
      'lines that are no list',
      `mode=payment&success_url=http://a&line_items=1`,
      undefined,
      'line_items',
      'Invalid array',
    ],
    [
      'a subscription price',
      `${good}&line_items[0][price_data][recurring][interval]=month`,
      undefined,
      'line_items[0]',
      'You specified `payment` mode but passed a recurring price.',
    ],
    [
      'what the sandbox lacks',
      `${good}&optional_items[0][price]=price_1&optional_items[0][quantity]=1`,
      undefined,
      'optional_items',
      'The sandbox does not support',
    ],
    [
      'what it lacks, inside',
      `${good}&payment_intent_data[application_fee_amount]=1`,
      undefined,
      'payment_intent_data[application_fee_amount]',
      'The sandbox does not support',
    ],
  ])('%s', async (_, body, code, param, message) => {
    const answer = await post('/v1/checkout/sessions', body)
    const error = await errorIn(answer)
    expect(error.message).toContain(message)
    expect({ status: answer.status, code: error.code, param: error.param }).toEqual({
      status: 400,
      code,
      param,
    })
  })

  test('lists come as [0] and as [], and payment_method_types is accepted though the SDK no longer has it', async () => {
    const answer = await post(
      '/v1/checkout/sessions',
      `${good.replaceAll('[0]', '[]')}&payment_method_types[]=card&expand[]=line_items`,
    )
    expect(await answer.json()).toMatchObject({
      payment_method_types: ['card'],
      line_items: { data: [{ quantity: 1 }] },
    })
  })

  test('an expiry in 30 minutes by a clock that is a few seconds slow is accepted', async () => {
    expect((await post('/v1/checkout/sessions', `${good}&expires_at=${now() + 30 * 60 - 3}`)).status).toBe(
      200,
    )
    expect((await post('/v1/checkout/sessions', `${good}&expires_at=${now() + 24 * 3600}`)).status).toBe(200)
  })

  test('whole units, halves of the smallest unit, and zero-decimal currencies', async () => {
    const yen = await createSession(world.stripe, {}, 'jpy')
    expect(yen).toMatchObject({ amount_total: 2000, currency: 'jpy' })
    const answer = await post(
      '/v1/checkout/sessions',
      good.replace('unit_amount]=2000', 'unit_amount_decimal]=0.5').replace('quantity]=1', 'quantity]=333'),
    )
    expect(await answer.json()).toMatchObject({ amount_total: 167 })
  })
})

describe('metadata', () => {
  test('is merged; an empty value removes its key, an empty string removes all', async () => {
    const { stripe } = world
    const { id } = await createSession(stripe, { metadata: { a: '1', b: '2' } })
    expect((await stripe.checkout.sessions.update(id, { metadata: { b: '', c: '3' } })).metadata).toEqual({
      a: '1',
      c: '3',
    })
    expect((await stripe.checkout.sessions.update(id, { metadata: '' })).metadata).toEqual({})
  })
})

describe('lists', () => {
  test('are newest first, in pages, in both directions', async () => {
    const stripe = client(world.sandbox, 'sk_test_lists')
    const ids: string[] = []
    for (let number = 0; number < 12; number++)
      ids.unshift((await stripe.products.create({ name: `P${number}` })).id)
    const first = await stripe.products.list()
    expect(first.data.map((product) => product.id)).toEqual(ids.slice(0, 10))
    expect(first).toMatchObject({ object: 'list', url: '/v1/products', has_more: true })
    const next = await stripe.products.list({ starting_after: ids[9] ?? '' })
    expect(next.data.map((product) => product.id)).toEqual(ids.slice(10))
    expect(next.has_more).toBe(false)
    const before = await stripe.products.list({ ending_before: ids[9] ?? '', limit: 3 })
    expect(before.data.map((product) => product.id)).toEqual(ids.slice(6, 9))
    expect((await stripe.products.list({ limit: 1000 })).data).toHaveLength(12)
    expect((await stripe.products.list({ limit: 0 })).data).toHaveLength(1)
    const all: string[] = []
    for await (const product of stripe.products.list({ limit: 5 })) all.push(product.id)
    expect(all).toEqual(ids)
  })

  test('refuse two cursors and an unknown one', async () => {
    const both = await errorOf(world.stripe.products.list({ starting_after: 'a', ending_before: 'b' }))
    expect(both.message).toContain('Received both starting_after and ending_before parameters.')
    const unknown = await errorOf(world.stripe.products.list({ starting_after: 'prod_x' }))
    expect(unknown).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'starting_after' })
  })

  test('are filtered', async () => {
    const { stripe } = world
    const session = await createSession(stripe, { customer_email: 'filter@example.com' })
    await payByApi(stripe, session)
    const { payment_intent: intent, created } = await stripe.checkout.sessions.retrieve(session.id)
    const ids = async (params: object): Promise<string[]> =>
      (await stripe.checkout.sessions.list(params)).data.map((found) => found.id)
    expect(await ids({ payment_intent: idOf(intent) })).toEqual([session.id])
    expect(await ids({ customer_details: { email: 'filter@example.com' } })).toEqual([session.id])
    expect(await ids({ status: 'complete', created: { gte: created } })).toContain(session.id)
    expect(await ids({ status: 'open', payment_intent: idOf(intent) })).toEqual([])
    expect(await ids({ created: { gt: created + 10 } })).toEqual([])
    expect(
      (await stripe.events.list({ types: ['checkout.session.completed', 'x'] })).data.length,
    ).toBeGreaterThan(0)
    const charges = await stripe.events.list({ type: 'charge.*', limit: 100 })
    expect(new Set(charges.data.map((event) => event.type.split('.')[0]))).toEqual(new Set(['charge']))
  })
})

describe('expansion', () => {
  test('goes four levels deep', async () => {
    const { stripe } = world
    const session = await createSession(stripe)
    await payByApi(stripe, session)
    world.sandbox.advanceClock(5)
    await world.sandbox.idle()
    const list = await stripe.checkout.sessions.list({
      limit: 1,
      expand: ['data.payment_intent.latest_charge.balance_transaction.source'],
    })
    expect(list.data[0]).toMatchObject({
      payment_intent: { latest_charge: { balance_transaction: { net: 1912, source: { object: 'charge' } } } },
    })
    const deep = await errorOf(stripe.checkout.sessions.retrieve(session.id, { expand: ['a.b.c.d.e'] }))
    expect(deep).toMatchObject({ statusCode: 400, code: 'property_expansion_max_depth' })
    const plain = await errorOf(stripe.checkout.sessions.retrieve(session.id, { expand: ['metadata'] }))
    expect(plain.message).toBe('This property cannot be expanded (metadata).')
  })
})

test.each(['/v1/customers/search?query=x', '/v1/prices/search?query=x', '/v1/invoices/upcoming'])(
  '%s is part of Stripe and not of the sandbox',
  async (path) => {
    const answer = await ask(path)
    expect(answer.status).toBe(404)
    expect((await errorIn(answer))['message']).toContain('it supports a part of Stripe')
  },
)

describe('invalid times and periods', () => {
  const price = (interval_count: number, interval: 'month' | 'week' = 'month') =>
    world.stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      product_data: { name: 'Tea' },
      recurring: { interval, interval_count },
    })
  const clock = (frozen_time: number) => world.stripe.testHelpers.testClocks.create({ frozen_time })
  const session = (data: { interval_count?: number; trial_end?: number }) =>
    createSession(world.stripe, {
      mode: 'subscription',
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: 'usd',
            unit_amount: 500,
            product_data: { name: 'Tea' },
            recurring: { interval: 'month', interval_count: data.interval_count ?? 1 },
          },
        },
      ],
      ...(data.trial_end === undefined ? {} : { subscription_data: { trial_end: data.trial_end } }),
    })

  test.each<[string, () => Promise<unknown>, string, string]>([
    ['every 0 months', () => price(0), 'recurring[interval_count]', 'greater than or equal to 1'],
    ['every -1 months', () => price(-1), 'recurring[interval_count]', 'greater than or equal to 1'],
    ['every 37 months', () => price(37), 'recurring[interval_count]', 'three years'],
    ['every 157 weeks', () => price(157, 'week'), 'recurring[interval_count]', 'three years'],
    [
      'every 0 months, in a session',
      () => session({ interval_count: 0 }),
      'line_items[0][price_data][recurring][interval_count]',
      'greater than or equal to 1',
    ],
    ['a clock before 1970', () => clock(-1), 'frozen_time', 'Unix timestamp'],
    ['a clock in milliseconds', () => clock(Date.now()), 'frozen_time', 'five years'],
    [
      'a trial in milliseconds',
      () => session({ trial_end: Date.now() + 864e5 * 3 }),
      'subscription_data[trial_end]',
      'five years',
    ],
  ])('%s', async (_what, ask, param, words) => {
    const error = await errorOf(ask())
    expect(error).toMatchObject({ statusCode: 400, param })
    expect(error.message).toContain(words)
  })

  test('a period of three years is valid', async () => {
    expect((await price(36)).recurring).toMatchObject({ interval: 'month', interval_count: 36 })
  })
})
