// Random signed events about an order: every delivery is answered 200, every page can be shown, and the sums are right.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { amountRefundable, paymentsOf, refundableOf } from '../../src/orders/order-facts.js'
import { readOrder } from '../../src/payments/order-store.js'
import { runCommand } from '../support/command.js'
import { deliver } from '../support/events.js'
import { openOrderOf } from '../support/settled-orders.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper, type Shopper } from '../support/shopper.js'

let shop: TestShop
let shopper: Shopper
let email: string
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, environment: { OPERATOR_EMAIL: 'operator@till.example' } })
  ;({ shopper, email } = await newShopper(shop.url))
})
afterAll(() => shop.close())

/** What Stripe may send, what it may send one day, and what it never sends. */
const value = {
  amount: fc.constantFrom(
    0,
    1,
    100,
    2800,
    2 ** 31 - 1,
    2 ** 31,
    999_999_999_999,
    2 ** 53 - 1,
    2 ** 53,
    1e300,
    null,
  ),
  currency: fc.constantFrom('usd', 'eur', 'jpy', 'kwd', 'xyz', 'US$', '', 'abcdefgh', null, 7),
  status: fc.constantFrom(
    'succeeded',
    'pending',
    'failed',
    'canceled',
    'lost',
    'won',
    'needs_response',
    'frozen',
    null,
  ),
  session: fc.constantFrom('open', 'complete', 'expired', 'frozen', null),
  payment: fc.constantFrom('paid', 'unpaid', 'no_payment_required', 'frozen', null),
  text: fc.constantFrom('fraudulent', '', 'a\0b', '\ud800', null, 5),
}

/** Any field may be missing. */
const partial = <Fields extends object>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(fields, { requiredKeys: [] })

const event = fc.oneof(
  fc.record({
    type: fc.constantFrom(
      'checkout.session.completed',
      'checkout.session.async_payment_succeeded',
      'checkout.session.async_payment_failed',
      'checkout.session.expired',
    ),
    own: fc.boolean(),
    fields: partial({
      status: value.session,
      payment_status: value.payment,
      amount_total: value.amount,
      amount_subtotal: value.amount,
      currency: value.currency,
      expires_at: fc.constantFrom(null, 0, 1e15),
      total_details: fc.constantFrom(null, {}, { amount_discount: 5 }, { amount_tax: 1e12 }),
    }),
    knows: fc.constantFrom('order', 'lost', 'other app'),
  }),
  fc.record({
    type: fc.constantFrom('refund.created', 'refund.updated', 'refund.failed'),
    own: fc.boolean(),
    fields: partial({
      amount: value.amount,
      currency: value.currency,
      status: value.status,
      reason: value.text,
      failure_reason: value.text,
    }),
    knows: fc.constantFrom('order', 'lost', 'other app', 'nobody'),
  }),
  fc.record({
    type: fc.constantFrom('charge.dispute.created', 'charge.dispute.updated', 'charge.dispute.closed'),
    own: fc.boolean(),
    fields: partial({
      amount: value.amount,
      currency: value.currency,
      status: value.status,
      reason: value.text,
      evidence_details: fc.constantFrom(null, {}, { due_by: 0 }, { due_by: 1e15 }),
    }),
    knows: fc.constant('nobody'),
  }),
  fc.record({
    type: fc.constantFrom('radar.early_fraud_warning.created', 'review.opened', 'review.closed'),
    own: fc.boolean(),
    fields: partial({ fraud_type: value.text, opened_reason: value.text, open: fc.boolean() }),
    knows: fc.constant('nobody'),
  }),
)
type Drawn = typeof event extends fc.Arbitrary<infer Value> ? Value : never

const OBJECTS: [string, string, string][] = [
  ['checkout.session', 'checkout.session', 'cs_test'],
  ['refund', 'refund', 're'],
  ['charge.dispute', 'dispute', 'dp'],
  ['radar', 'radar.early_fraud_warning', 'issfr'],
  ['review', 'review', 'prv'],
]

const unique = (prefix: string) => `${prefix}_${randomBytes(8).toString('hex')}`

function signedEvent(drawn: Drawn, order: { key: string; sessionId: string; intent: string; total: number }) {
  const [, object, prefix] = OBJECTS.find(([type]) => drawn.type.startsWith(type)) ?? ['', '', '']
  const isSession = object === 'checkout.session'
  const metadata = {
    order: { app: shop.appId, order_key: order.key },
    lost: { app: shop.appId, order_key: 'ord_lost' },
    'other app': { app: 'other' },
    nobody: {},
  }[drawn.knows]
  const isOwn = drawn.own && drawn.knows !== 'lost'
  return {
    id: unique('evt'),
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    type: drawn.type,
    data: {
      object: {
        ...{ id: isSession && isOwn ? order.sessionId : unique(prefix), object },
        ...{ amount: 100, currency: 'usd', status: isSession ? 'complete' : 'succeeded' },
        ...{ payment_status: 'paid', amount_subtotal: order.total, amount_total: order.total },
        ...{ payment_intent: isOwn ? order.intent : unique('pi'), client_reference_id: null },
        ...{ created: 1_800_000_000, metadata, ...drawn.fields },
      },
    },
  }
}

it('no delivery and no page fails, and no more is refundable than was received', async () => {
  const { prisma } = shop.database
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 2, maxLength: 8 }), async (drawn) => {
      const { id, key, sessionId, total } = await openOrderOf(shop, email)
      const intent = unique('pi')
      const events = drawn.map((one) => signedEvent(one, { key, sessionId, intent, total }))
      for (const one of events) await deliver(shop, one).expect(200)
      const rows = await prisma.stripeEvent.findMany({ where: { id: { in: events.map((one) => one.id) } } })
      expect(rows).toHaveLength(events.length)
      expect(rows.filter(({ handledAt }) => handledAt === null)).toEqual([])
      // Another app's events are quiet, whatever is odd about them.
      const odd = rows.filter(({ outcome, payload }) => outcome !== 'not_ours' && payload.includes('"other"'))
      expect(odd).toEqual([])
      const unheard = rows.filter(({ outcome }) => outcome === 'quarantined')
      if (unheard.length > 0)
        expect(await prisma.incident.count({ where: { resolvedAt: null } })).toBeGreaterThan(0)

      for (const path of [`/orders/${key}`, `/api/orders/${key}`, '/account/orders', '/account/purchases'])
        await shopper.get(path).expect(200)
      expect([200, 409]).toContain((await shopper.get(`/orders/${key}/receipt`)).status)
      expect((await runCommand(shop, 'orders', 'show', key)).code).toBe(0)

      const facts = await readOrder(prisma, id)
      for (const payment of paymentsOf(facts)) {
        const back = [
          ...facts.refunds.filter(({ status }) => status !== 'failed'),
          ...facts.disputes.filter(({ status }) => status === 'lost'),
        ].filter(
          (one) => one.paymentIntentId === payment.paymentIntentId && one.currency === payment.currency,
        )
        const left = back.reduce((sum, one) => sum - BigInt(one.amount), BigInt(payment.amount))
        expect(BigInt(refundableOf(payment, facts))).toBe(left > 0n ? left : 0n)
      }
      expect(amountRefundable(facts)).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 15 },
  )
  // Mails are rendered by the shop's own loop meanwhile.
  expect(await prisma.mail.count({ where: { lastError: { not: null } } })).toBe(0)
}, 120_000)
