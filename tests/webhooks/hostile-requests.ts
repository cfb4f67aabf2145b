// Malformed and hostile requests to the webhook, each with its expected response.
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { sessionEvent, type OpenOrder } from '../support/events.js'
import type { TestShop } from '../support/shop.js'
import type { RawRequest } from './raw-http.js'

export interface Row {
  name: string
  /** Builds a new request per round, because an event is handled only once. */
  request: () => RawRequest
  /** Status of the last response; null if there is none. */
  status: number | null
  /** Problem code of a refusal, unless Node itself answers. */
  code?: string
  /** Outcome of the event, when it is stored. */
  outcome?: string
  detail?: RegExp
  /** All statuses on the connection, when there are several. */
  statuses?: number[]
}

type Json = Record<string, unknown>
const hex = (bytes: number) => randomBytes(bytes).toString('hex')
const now = () => Math.floor(Date.now() / 1000)

/** @param order a pending order; no row pays it */
export function hostileRows(shop: TestShop, order: OpenOrder): Row[] {
  const secret = shop.webhookSecret

  const hmac = (content: string | Buffer, key = secret, algorithm = 'sha256') =>
    createHmac(algorithm, key).update(content).digest('hex')
  const v1 = (body: string | Buffer, time = now(), key = secret) =>
    hmac(Buffer.concat([Buffer.from(`${time}.`), Buffer.from(body)]), key)
  const sign = (body: string | Buffer, time = now(), key = secret) => `t=${time},v1=${v1(body, time, key)}`

  /** An event of an ignored type: its delivery changes only its own row. */
  const ignored = (change: Json = {}): Json => ({
    id: `evt_${hex(12)}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: now(),
    livemode: false,
    type: 'charge.succeeded',
    data: { object: { id: `ch_${hex(8)}`, object: 'charge' } },
    ...change,
  })
  const text = (event: Json) => JSON.stringify(event, null, 2)
  const signed = (body: string | Buffer, more: Partial<RawRequest> = {}): RawRequest => ({
    body,
    ...more,
    headers: [
      ['Stripe-Signature', sign(body)],
      ['Content-Type', 'application/json'],
      ...(more.headers ?? []),
    ],
  })
  const withHeader = (make: (body: string) => string): RawRequest => {
    const body = text(ignored())
    return { body, headers: [['Stripe-Signature', make(body)]] }
  }

  // Signature headers.
  const header = (name: string, make: (body: string) => string, code = 'signature_invalid'): Row => ({
    name: `signature: ${name}`,
    request: () => withHeader(make),
    status: 400,
    code,
  })
  const goodHeader = (name: string, make: (body: string) => string): Row => ({
    name: `signature: ${name}`,
    request: () => withHeader(make),
    status: 200,
    outcome: 'ignored',
  })
  const signatures: Row[] = [
    goodHeader('as Stripe signs', (body) => sign(body)),
    goodHeader('followed by the v0 of test mode', (body) => `${sign(body)},v0=${hex(32)}`),
    goodHeader('preceded by the v0 of test mode', (body) => `v0=${hex(32)},${sign(body)}`),
    goodHeader('two v1, the second is good', (body) => `t=${now()},v1=${hex(32)},v1=${v1(body)}`),
    goodHeader('two v1, the first is good', (body) => `${sign(body)},v1=${hex(32)}`),
    goodHeader(
      'twenty v1, the last is good',
      (body) => `t=${now()},${`v1=${hex(32)},`.repeat(19)}v1=${v1(body)}`,
    ),
    goodHeader('v1 before t', (body) => `v1=${v1(body)},t=${now()}`),
    goodHeader('followed by an unknown scheme', (body) => `${sign(body)},v2=${hex(64)}`),
    goodHeader('a comma at the end', (body) => `${sign(body)},`),
    goodHeader('299 seconds old', (body) => sign(body, now() - 298)),
    goodHeader('one minute in the future', (body) => sign(body, now() + 60)),
    {
      name: 'signature: none',
      request: () => ({ body: text(ignored()) }),
      status: 400,
      code: 'signature_missing',
    },
    header('empty', () => ''),
    header('not a signature', () => 'nonsense'),
    header('commas', () => ',,,,'),
    header('equal signs', () => '====,=,t==,v1=='),
    header('t alone', () => `t=${now()}`),
    header('v1 alone', (body) => `v1=${v1(body)}`),
    header('v1 empty', () => `t=${now()},v1=`),
    header('v1 without a value', () => `t=${now()},v1`),
    header('v0 alone', (body) => `t=${now()},v0=${v1(body)}`),
    header('v2 alone', (body) => `t=${now()},v2=${v1(body)}`),
    header('V1 in capitals', (body) => `t=${now()},V1=${v1(body)}`),
    header('hex in capitals', (body) => `t=${now()},v1=${v1(body).toUpperCase()}`),
    header('hex with one digit less', (body) => sign(body).slice(0, -1)),
    header('hex with one digit more', (body) => `${sign(body)}0`),
    header('one digit differs', (body) => sign(body).replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))),
    header('all zeros', () => `t=${now()},v1=${'0'.repeat(64)}`),
    header(
      'base64 instead of hex',
      (body) => `t=${now()},v1=${Buffer.from(v1(body), 'hex').toString('base64')}`,
    ),
    header('of SHA-1', (body) => `t=${now()},v1=${hmac(`${now()}.${body}`, secret, 'sha1')}`),
    header('of SHA-512', (body) => `t=${now()},v1=${hmac(`${now()}.${body}`, secret, 'sha512')}`),
    header(
      'a hash without the secret',
      (body) => `t=${now()},v1=${createHash('sha256').update(`${now()}.${body}`).digest('hex')}`,
    ),
    header('by another secret', (body) => sign(body, now(), 'whsec_of_somebody_else')),
    header('by an empty secret', (body) => sign(body, now(), '')),
    header('by the secret without its prefix', (body) => sign(body, now(), secret.replace('whsec_', ''))),
    header('by the secret and a space', (body) => sign(body, now(), `${secret} `)),
    header('by the API key', (body) => sign(body, now(), 'sk_test_shopundertest')),
    header('over the body without the time', (body) => `t=${now()},v1=${hmac(body)}`),
    header('over time and body without the dot', (body) => `t=${now()},v1=${hmac(`${now()}${body}`)}`),
    header('over another body', () => sign('{}')),
    header('over the body and a newline', (body) => sign(`${body}\n`)),
    header('over the body, minified', (body) => sign(JSON.stringify(JSON.parse(body)))),
    header('over another time', (body) => `t=${now()},v1=${v1(body, now() - 1)}`),
    header('t is not a number', (body) => `t=now,v1=${v1(body)}`),
    header('t is empty', (body) => `t=,v1=${v1(body)}`),
    header('t is 0', (body) => `t=0,v1=${v1(body)}`),
    header('t is 0, and signed', (body) => sign(body, 0), 'signature_too_old'),
    header('t is negative, and signed', (body) => sign(body, -5), 'signature_too_old'),
    header('t has a fraction', (body) => `t=${now()}.5,v1=${hmac(`${now()}.5.${body}`)}`),
    header('t in milliseconds, and signed', (body) => sign(body, Date.now()), 'signature_from_future'),
    header('302 seconds old, and signed', (body) => sign(body, now() - 302), 'signature_too_old'),
    header('a day old, and signed', (body) => sign(body, now() - 86_400), 'signature_too_old'),
    header('in the future, and signed', (body) => sign(body, now() + 400), 'signature_from_future'),
    header(
      'in the future, t with a space',
      (body) => `t= ${now() + 400},v1=${v1(body, now() + 400)}`,
      'signature_from_future',
    ),
    header(
      'in the future, after a current t',
      (body) => `t=${now()},${sign(body, now() + 400)}`,
      'signature_from_future',
    ),
    header('a current t after an old one', (body) => `${sign(body, now() - 400)},t=${now()}`),
    header('spaces after the commas', (body) => `t=${now()}, v1=${v1(body)}`),
    header('semicolons', (body) => sign(body).replace(',', ';')),
    header('in quotes', (body) => `"${sign(body)}"`),
    header('percent-encoded', (body) => encodeURIComponent(sign(body))),
    header('Bearer before it', (body) => `Bearer ${sign(body)}`),
    {
      name: 'signature: in another header',
      request: () => {
        const body = text(ignored())
        return { body, headers: [['Authorization', sign(body)]] }
      },
      status: 400,
      code: 'signature_missing',
    },
    {
      name: 'signature: in the URL',
      request: () => {
        const body = text(ignored())
        return { body, path: `/stripe/webhook?stripe-signature=${sign(body)}` }
      },
      status: 400,
      code: 'signature_missing',
    },
    {
      name: 'signature: two headers, the bad one first',
      request: () => {
        const body = text(ignored())
        return {
          body,
          headers: [
            ['Stripe-Signature', `t=${now() - 9},v1=${hex(32)}`],
            ['Stripe-Signature', sign(body)],
          ],
        }
      },
      status: 400,
      code: 'signature_invalid',
    },
    {
      name: 'signature: two headers, the good one first',
      request: () => {
        const body = text(ignored())
        return {
          body,
          headers: [
            ['Stripe-Signature', sign(body)],
            ['Stripe-Signature', `t=1,v1=${hex(32)}`],
          ],
        }
      },
      status: 200,
      outcome: 'ignored',
    },
    {
      name: 'signature: header name in capitals',
      request: () => {
        const body = text(ignored())
        return { body, headers: [['STRIPE-SIGNATURE', sign(body)]] }
      },
      status: 200,
      outcome: 'ignored',
    },
    {
      name: 'signature: too long for a header',
      request: () => withHeader((body) => `${sign(body)},${'v1=00,'.repeat(4000)}`),
      status: 431,
    },
  ]

  // Bodies that differ from what was signed.
  const tampered = (name: string, change: (body: Buffer) => Buffer, code = 'signature_invalid'): Row => ({
    name: `body: ${name}`,
    request: () => {
      const body = Buffer.from(text(ignored()))
      return { body: change(body), headers: [['Stripe-Signature', sign(body)]] }
    },
    status: 400,
    code,
  })
  const bodies: Row[] = [
    tampered('none', () => Buffer.alloc(0), 'empty_body'),
    tampered('one bit differs', (body) =>
      Buffer.concat([Buffer.from([(body[0] ?? 0) ^ 1]), body.subarray(1)]),
    ),
    tampered('one byte shorter', (body) => body.subarray(0, -1)),
    tampered('half of it', (body) => body.subarray(0, body.length / 2)),
    tampered('a newline added', (body) => Buffer.concat([body, Buffer.from('\n')])),
    tampered('a NUL added', (body) => Buffer.concat([body, Buffer.from([0])])),
    tampered('a byte order mark before it', (body) => Buffer.concat([Buffer.from('\ufeff'), body])),
    tampered('twice', (body) => Buffer.concat([body, body])),
    tampered('re-serialized', (body) => Buffer.from(JSON.stringify(JSON.parse(body.toString())))),
    tampered('as UTF-16', (body) => Buffer.from(body.toString(), 'utf16le')),
    tampered('Windows line ends', (body) => Buffer.from(body.toString().replaceAll('\n', '\r\n'))),
    tampered('another amount', (body) => Buffer.from(body.toString().replace('succeeded', 'succeedee'))),
    tampered('bytes that are not UTF-8', (body) =>
      Buffer.concat([body.subarray(0, -2), Buffer.from([0xff, 0xfe])]),
    ),
  ]

  // Signed bodies that are not events.
  const noEvent = (name: string, body: string | Buffer, code = 'not_an_event'): Row => ({
    name: `signed: ${name}`,
    request: () => signed(body),
    status: 400,
    code,
  })
  const without = (object: Json, field: string): Json => {
    const copy = structuredClone(object)
    const path = field.split('.')
    const last = path.pop() ?? ''
    let parent = copy
    for (const step of path) parent = parent[step] as Json
    Reflect.deleteProperty(parent, last)
    return copy
  }
  const fields = ['id', 'object', 'type', 'created', 'livemode', 'api_version', 'data', 'data.object']
  const wrong: [string, unknown][] = [
    ['id', ''],
    ['id', 'evt 1'],
    ['id', 'evt_\0'],
    ['id', 'evt_é'],
    ['id', '../../etc'],
    ['id', `evt_${'x'.repeat(300)}`],
    ['id', 7],
    ['id', ['evt_1']],
    ['id', { toString: 'evt_1' }],
    ['object', 'v2.core.event'],
    ['object', 'charge'],
    ['object', ['event']],
    ['type', ''],
    ['type', 'charge succeeded'],
    ['type', 'charge.\0'],
    ['type', 'x'.repeat(300)],
    ['type', null],
    ['created', '1764000000'],
    ['created', 1.5],
    ['created', -1],
    ['created', 9e15],
    ['created', null],
    ['livemode', 'false'],
    ['livemode', 0],
    ['livemode', null],
    ['api_version', 3],
    ['data', []],
    ['data', 'object'],
    ['data', null],
    ['data', { object: [] }],
    ['data', { object: null }],
    ['data', { object: 'ch_1' }],
  ]
  const noEvents: Row[] = [
    noEvent('not JSON', 'hello', 'not_json'),
    noEvent('half an event', text(ignored()).slice(0, 80), 'not_json'),
    noEvent('two events in a row', text(ignored()) + text(ignored()), 'not_json'),
    noEvent('an event followed by a NUL', `${text(ignored())}\0`, 'not_json'),
    noEvent('single quotes', text(ignored()).replaceAll('"', "'"), 'not_json'),
    noEvent('a trailing comma', text(ignored()).replace(/\n}$/, ',\n}'), 'not_json'),
    noEvent('NaN', text(ignored()).replace(/"created": \d+/, '"created": NaN'), 'not_json'),
    noEvent('a form', 'id=evt_1&type=charge.succeeded', 'not_json'),
    noEvent(
      'XML',
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      'not_json',
    ),
    noEvent('spaces', '   ', 'not_json'),
    noEvent('bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'signature_invalid'),
    noEvent('null', 'null'),
    noEvent('a number', '1'),
    noEvent('a string', '"evt_1"'),
    noEvent('a list of events', `[${text(ignored())}]`),
    noEvent('an empty object', '{}'),
    noEvent('an infinite time', text(ignored()).replace(/"created": \d+/, '"created": 1e999')),
    noEvent('100,000 brackets', `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    ...fields.map((field) => noEvent(`an event without ${field}`, text(without(ignored(), field)))),
    ...wrong.map(([field, value]) =>
      noEvent(
        `an event whose ${field} is ${JSON.stringify(value).slice(0, 40)}`,
        text(ignored({ [field]: value })),
      ),
    ),
    noEvent('an event that hides its fields in a prototype', `{"__proto__": ${text(ignored())}}`),
  ]

  // Unusual signed events that must be answered with 200.
  const odd = (name: string, make: () => string, outcome: string, detail?: RegExp): Row => ({
    name: `event: ${name}`,
    request: () => signed(make()),
    status: 200,
    outcome,
    ...(detail && { detail }),
  })
  const session = (change: Json = {}, top: Json = {}) => ({
    ...(sessionEvent(shop, order, 'checkout.session.completed', change) as Json),
    ...top,
  })
  const refund = (change: Json = {}, type = 'refund.updated') =>
    ignored({
      type,
      data: {
        object: {
          id: `re_${hex(8)}`,
          object: 'refund',
          amount: 100,
          currency: 'usd',
          status: 'succeeded',
          payment_intent: `pi_${hex(8)}`,
          metadata: {},
          reason: null,
          ...change,
        },
      },
    })
  const dispute = (change: Json = {}) =>
    ignored({
      type: 'charge.dispute.created',
      data: {
        object: {
          id: `dp_${hex(8)}`,
          object: 'dispute',
          amount: 100,
          currency: 'usd',
          reason: 'fraudulent',
          status: 'needs_response',
          payment_intent: `pi_${hex(8)}`,
          created: now(),
          evidence_details: { due_by: now() + 86_400 },
          ...change,
        },
      },
    })
  const missing = (kind: string, make: () => Json, names: string[]): Row[] =>
    names.map((field) =>
      odd(
        `a ${kind} without ${field}`,
        () => text(without(make(), `data.object.${field}`)),
        'quarantined',
        new RegExp(field),
      ),
    )
  const misshapen = (kind: string, make: (change: Json) => Json, values: [string, unknown][]): Row[] =>
    values.map(([field, value]) =>
      odd(
        `a ${kind} whose ${field} is ${JSON.stringify(value).slice(0, 30)}`,
        () => text(make({ [field]: value })),
        'quarantined',
        new RegExp(field),
      ),
    )
  const otherApp = (value: string) => session({ metadata: { app: value } })
  const escaped = (event: Json, from: string, to: string) => text(event).replace(from, to)
  const events: Row[] = [
    ...[
      'charge.succeeded',
      'customer.created',
      'some.event.of.2031',
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      '1',
    ].map((type) => odd(`of type ${type}`, () => text(ignored({ type })), 'ignored')),
    odd('of live mode', () => text(session({}, { livemode: true })), 'ignored', /live event/),
    odd(
      'of another account and app',
      () => text({ ...otherApp('theirs'), account: 'acct_other' }),
      'not_ours',
    ),
    odd('of another app', () => text(otherApp('other')), 'not_ours', /other/),
    odd('of no app', () => text(session({ metadata: null })), 'not_ours'),
    odd('of an app called __proto__', () => escaped(otherApp('x'), '"app"', '"__proto__"'), 'not_ours'),
    odd(
      'of an app called constructor',
      () => text(session({ metadata: { constructor: shop.appId } })),
      'not_ours',
    ),
    odd(
      'whose app is a list',
      () => text(session({ metadata: { app: [shop.appId] } })),
      'quarantined',
      /metadata/,
    ),
    odd('with an app of 100,000 letters', () => text(otherApp('x'.repeat(100_000))), 'not_ours'),
    odd('with a NUL in its app', () => escaped(otherApp('a~b'), 'a~b', 'a\\u0000b'), 'not_ours'),
    odd(
      'with half a surrogate pair in its app',
      () => escaped(otherApp('a~b'), 'a~b', 'a\\ud800b'),
      'not_ours',
    ),
    odd(
      'with a NUL in a key of its metadata',
      () => escaped(session({ metadata: { 'a~b': 5 } }), 'a~b', 'a\\u0000b'),
      'not_ours',
    ),
    odd(
      'with half a surrogate pair in a key',
      () => escaped(session({ metadata: { 'a~b': 5 } }), 'a~b', 'a\\udfffb'),
      'not_ours',
    ),
    odd(
      'with a NUL in its API version',
      () => escaped(ignored({ api_version: 'a~b' }), 'a~b', 'a\\u0000b'),
      'ignored',
    ),
    odd(
      'with half a surrogate pair in its API version',
      () => escaped(ignored({ api_version: 'a~b' }), 'a~b', 'a\\ud800b'),
      'ignored',
    ),
    odd(
      'with a NUL in an unread field',
      () => escaped(ignored({ note: 'a~b' }), 'a~b', 'a\\u0000b'),
      'ignored',
    ),
    odd(
      'with half a surrogate pair in an unread field',
      () => escaped(ignored({ note: 'a~b' }), 'a~b', '\\udc00'),
      'ignored',
    ),
    odd('with no API version', () => text(ignored({ api_version: null })), 'ignored'),
    odd(
      'with a prototype among its fields',
      () => escaped(ignored({ note: { admin: true } }), '"note"', '"__proto__"'),
      'ignored',
    ),
    odd(
      'with its type twice: the last one counts',
      () => text(ignored()).replace('"id"', '"type": "checkout.session.completed", "id"'),
      'ignored',
    ),
    odd(
      'with an infinite number in an unread field',
      () => escaped(ignored({ note: 'n' }), '"n"', '1e999'),
      'ignored',
    ),
    odd(
      'with 400 digits in an unread field',
      () => escaped(ignored({ note: 'n' }), '"n"', '9'.repeat(400)),
      'ignored',
    ),
    odd(
      'nested 500 levels deep in an unread field',
      () => escaped(ignored({ note: 'n' }), '"n"', `${'['.repeat(500)}${']'.repeat(500)}`),
      'ignored',
    ),
    odd('with emoji and right-to-left text', () => text(ignored({ note: '🛒 שלום \u202e' })), 'ignored'),
    odd('with SQL in its app', () => text(otherApp(`'; DROP TABLE "Order"; --`)), 'not_ours'),
    odd('over another amount', () => text(session({ amount_total: 1 })), 'quarantined', /is over 1 /),
    odd('over no amount', () => text(session({ amount_total: null })), 'quarantined'),
    odd('over another currency', () => text(session({ currency: 'vuv' })), 'quarantined', /vuv/),
    odd(
      'over a currency with a NUL',
      () => escaped(session({ currency: 'a~b' }), 'a~b', 'u\\u0000sdd'),
      'quarantined',
      /usdd/,
    ),
    odd(
      'with an unexpected discount',
      () => text(session({ total_details: { amount_discount: 5 } })),
      'quarantined',
    ),
    odd(
      'of an unknown order',
      () =>
        text(
          session({
            id: `cs_${hex(8)}`,
            client_reference_id: 'none',
            metadata: { app: shop.appId, order_key: 'none' },
          }),
        ),
      'quarantined',
      /no order/,
    ),
    odd(
      'of an order whose key has half a surrogate pair',
      () =>
        escaped(
          session({ id: `cs_${hex(8)}`, metadata: { app: shop.appId, order_key: 'a~b' } }),
          'a~b',
          '\\ud800',
        ),
      'quarantined',
      /no order/,
    ),
    ...missing('session', () => session(), ['id', 'object']),
    odd('a session without metadata', () => text(without(session(), 'data.object.metadata')), 'not_ours'),
    ...['amount_subtotal', 'amount_total', 'currency'].map((field) =>
      odd(
        `a session without ${field}`,
        () => text(without(session(), `data.object.${field}`)),
        'quarantined',
        / is over .*null/,
      ),
    ),
    odd(
      'a session without payment_status',
      () => text(without(session(), 'data.object.payment_status')),
      'quarantined',
      /payment_status/,
    ),
    ...[
      ['amount_total', 1e15],
      ['amount_subtotal', 2 ** 31],
    ].map(([field, value]) =>
      odd(
        `a session whose ${field} is ${value}`,
        () => text(session({ [String(field)]: value })),
        'quarantined',
        new RegExp(` is over .*${value}`),
      ),
    ),
    ...misshapen('session', session, [
      ['id', 'cs_\0'],
      ['id', { id: 'cs_1' }],
      ['object', 'payment_intent'],
      ['payment_status', 'PAID'],
      ['payment_status', true],
      ['metadata', 'app'],
      ['metadata', ['app']],
      ['amount_total', 2 ** 53],
    ]),
    // Read as if it were not given: the payment belongs to the order, and does not fit it.
    ...[
      ['amount_total', '1000'],
      ['amount_total', 10.5],
      ['amount_total', -1],
      ['amount_subtotal', true],
      ['currency', 840],
      ['currency', ['usd']],
    ].map(([field, value]) =>
      odd(
        `a session whose ${String(field)} is ${JSON.stringify(value)}`,
        () => text(session({ [String(field)]: value })),
        'quarantined',
        / is over .*null/,
      ),
    ),
    odd('a refund of an unknown payment', () => text(refund()), 'not_ours'),
    odd(
      'a refund of no payment',
      () => text(refund({ payment_intent: null, id: 're_of_no_payment' })),
      'not_ours',
    ),
    odd(
      'a refund of no payment, repeated',
      () => text(refund({ payment_intent: null, id: 're_of_no_payment' })),
      'not_ours',
    ),
    odd('a refund of another app', () => text(refund({ metadata: { app: 'other' } })), 'not_ours'),
    odd(
      'a refund with a NUL in its reason',
      () => escaped(refund({ reason: 'a~b' }), 'a~b', 'a\\u0000b'),
      'not_ours',
    ),
    odd(
      'a refund with half a surrogate pair in its reason',
      () => escaped(refund({ reason: 'a~b' }), 'a~b', '\\udfff'),
      'not_ours',
    ),
    ...missing('refund', refund, ['id', 'object', 'amount']),
    ...['currency', 'status', 'payment_intent', 'metadata', 'reason'].map((field) =>
      odd(`a refund without ${field}`, () => text(without(refund(), `data.object.${field}`)), 'not_ours'),
    ),
    ...[
      ['amount', 3e9],
      ['status', 'done'],
      ['currency', null],
    ].map(([field, value]) =>
      odd(`a refund whose ${field} is ${value}`, () => text(refund({ [String(field)]: value })), 'not_ours'),
    ),
    ...misshapen('refund', refund, [
      ['id', ''],
      ['amount', -5],
      ['amount', 2 ** 53],
      ['amount', '5'],
      ['status', ['succeeded']],
      ['currency', 840],
      ['payment_intent', {}],
      ['metadata', { refund_id: 5 }],
      ['failure_reason', 5],
    ]),
    odd('a dispute of an unknown payment', () => text(dispute()), 'not_ours'),
    odd('a dispute of no payment', () => text(dispute({ payment_intent: null })), 'not_ours'),
    ...missing('dispute', dispute, ['id', 'object', 'amount']),
    ...['currency', 'reason', 'status', 'payment_intent', 'created', 'evidence_details'].map((field) =>
      odd(`a dispute without ${field}`, () => text(without(dispute(), `data.object.${field}`)), 'not_ours'),
    ),
    odd('a dispute whose amount is 3e9', () => text(dispute({ amount: 3e9 })), 'not_ours'),
    odd('a dispute whose status is open', () => text(dispute({ status: 'open' })), 'not_ours'),
    ...misshapen('dispute', dispute, [
      ['id', 'dp\n'],
      ['amount', 2 ** 53],
      ['status', {}],
      ['created', 1e15],
      ['created', 'today'],
      ['evidence_details', { due_by: 1e15 }],
      ['evidence_details', []],
      ['reason', {}],
    ]),
  ]

  // Unusual HTTP around a valid or an invalid event.
  const good = () => text(ignored())
  const http = (
    name: string,
    request: () => RawRequest,
    status: number | null,
    more: Partial<Row> = {},
  ): Row => ({
    name: `HTTP: ${name}`,
    request,
    status,
    ...(status === 200 && { outcome: 'ignored' }),
    ...more,
  })
  const big = (size: number) => {
    const event = ignored({ note: '' })
    return text({ ...event, note: 'x'.repeat(size - text(event).length) })
  }
  const type = (value: string): [string, string] => ['Content-Type', value]
  const plain = (more: Partial<RawRequest>) => {
    const body = good()
    return {
      body,
      ...more,
      headers: [['Stripe-Signature', sign(body)] as [string, string], ...(more.headers ?? [])],
    }
  }
  const web: Row[] = [
    ...['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND'].map((method) =>
      http(
        method,
        () => signed(good(), { method }),
        405,
        method === 'HEAD' ? {} : { code: 'method_not_allowed' },
      ),
    ),
    http('a method in lower case', () => signed(good(), { method: 'post' }), 400),
    http('an unknown method', () => signed(good(), { method: 'STEAL' }), 400),
    ...[
      '/stripe/webhook/',
      '/stripe/webhook?x=1',
      '/stripe/webhook?__proto__[a]=1',
      '/api/payments/webhook',
      '/api/payments/webhook/',
      '//stripe/webhook',
      'http://127.0.0.1/stripe/webhook',
      'http://shop.example:8080//api/payments/webhook?x=1',
      'HTTPS://shop.example/stripe/webhook',
    ].map((path) => http(`path ${path}`, () => signed(good(), { path }), 200)),
    http('a signed byte order mark', () => signed(`\ufeff${good()}`), 200),
    http('absolute form without a path', () => signed(good(), { path: 'http://127.0.0.1' }), 404),
    ...[
      '/stripe//webhook',
      'ftp://127.0.0.1/stripe/webhook',
      '/stripe/webhook/x',
      '/stripe/webhook%2f',
      '/stripe/webhook;a=b',
      '/x/../stripe/webhook',
      '/stripe/webhooks',
      '/stripe',
      '/webhook',
      '/stripe\\webhook',
    ].map((path) => http(`path ${path}`, () => signed(good(), { path }), 404)),
    http('a path with a NUL', () => signed(good(), { path: '/stripe/webhook%00' }), 400),
    http('a path that is not UTF-8', () => signed(good(), { path: '/stripe/webhook%ff' }), 404),
    ...[
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/json; charset=iso-8859-1',
      'nonsense',
      '',
    ].map((value) => http(`content type “${value}”`, () => plain({ headers: [type(value)] }), 200)),
    http('no content type', () => plain({}), 200),
    ...['gzip', 'deflate', 'br', 'zstd', 'nonsense'].map((encoding) =>
      http(
        `compressed: ${encoding}`,
        () => {
          const body = gzipSync(good())
          return signed(body, { headers: [['Content-Encoding', encoding]] })
        },
        415,
        { code: 'unsupported_encoding' },
      ),
    ),
    http('compressed without Content-Encoding', () => signed(gzipSync(good())), 400, {
      code: 'signature_invalid',
    }),
    http('Content-Encoding: identity', () => plain({ headers: [['Content-Encoding', 'identity']] }), 200),
    http('in chunks, without a length', () => plain({ chunksOf: 50 }), 200),
    http('in chunks of one byte', () => plain({ chunksOf: 1 }), 200),
    http('slowly', () => plain({ slowly: { size: 60, every: 40 } }), 200),
    http(
      'a cookie, another origin and a bearer token',
      () =>
        plain({
          headers: [
            ['Cookie', 'till=s:x.y'],
            ['Origin', 'https://evil.example'],
            ['Sec-Fetch-Site', 'cross-site'],
            ['Authorization', 'Bearer x'],
          ],
        }),
      200,
    ),
    http(
      'a forwarded address',
      () =>
        plain({
          headers: [
            ['X-Forwarded-For', '1.2.3.4'],
            ['X-HTTP-Method-Override', 'GET'],
          ],
        }),
      200,
    ),
    http('a length that is too small', () => plain({ headers: [['Content-Length', '50']] }), 400),
    http('a length that is negative', () => plain({ headers: [['Content-Length', '-5']] }), 400),
    http('a length that is not a number', () => plain({ headers: [['Content-Length', 'many']] }), 400),
    http(
      'two lengths',
      () =>
        plain({
          headers: [
            ['Content-Length', '50'],
            ['Content-Length', '60'],
          ],
        }),
      400,
    ),
    http('a length and chunks', () => plain({ chunksOf: 50, headers: [['Content-Length', '50']] }), 400),
    http('no host', () => plain({ without: ['Host'] }), 400),
    http(
      'two hosts',
      () =>
        plain({
          headers: [
            ['Host', 'a'],
            ['Host', 'b'],
          ],
        }),
      200,
    ),
    http('another host', () => plain({ headers: [['Host', 'evil.example']] }), 200),
    http('HTTP/1.0', () => plain({ version: 'HTTP/1.0' }), 200),
    http('HTTP/3.0', () => plain({ version: 'HTTP/3.0' }), 400),
    http('a header with a line break', () => plain({ headers: [['X-Y', 'a\r\n b']] }), 400),
    http('Expect: 100-continue', () => plain({ headers: [['Expect', '100-continue']] }), 200, {
      statuses: [100, 200],
    }),
    http('an unknown Expect', () => plain({ headers: [['Expect', 'wonders']] }), 417),
    http('disconnects in the middle of the body', () => plain({ hangUpAfter: 40 }), null),
    http('disconnects before the body', () => plain({ hangUpAfter: 0 }), null),
    http('the largest allowed body', () => signed(big(1_048_576)), 200),
    http('one byte larger', () => signed(big(1_048_577)), 413, { code: 'body_too_large' }),
    http('10 MB', () => signed(big(10_000_000)), 413, { code: 'body_too_large' }),
    http('2 MB in chunks', () => ({ body: 'x'.repeat(2_000_000), chunksOf: 65_536 }), 413, {
      code: 'body_too_large',
    }),
    http('a length of 10 GB', () => plain({ headers: [['Content-Length', '10000000000']] }), 413, {
      code: 'body_too_large',
    }),
    http('two valid requests in one packet', () => plain({ followedBy: plain({}) }), 200, {
      statuses: [200, 200],
    }),
    http('an invalid and a valid request in one packet', () => ({ body: '{}', followedBy: plain({}) }), 200, {
      statuses: [400, 200],
    }),
    http('a valid and an invalid request in one packet', () => plain({ followedBy: { body: '{}' } }), 400, {
      statuses: [200, 400],
      code: 'signature_missing',
    }),
  ]
  return [...signatures, ...bodies, ...noEvents, ...events, ...web]
}
