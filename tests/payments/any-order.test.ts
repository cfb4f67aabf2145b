// Whatever Stripe reports about an order, and in whatever order: the facts, the status and the open incidents are the same.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { OrderFacts } from '../../src/orders/order-facts.js'
import { ReportMerger, applyTransition } from '../../src/payments/apply-reports.js'
import { changedIncidents, incidentsOfOrder } from '../../src/payments/derive-incidents.js'
import { deriveOrder, holdsStock } from '../../src/payments/derive-order.js'
import { disputeReport as readDispute } from '../../src/payments/dispute-report.js'
import { nothingUnattributed, type Report } from '../../src/payments/merge-report.js'
import { refundReport as readRefund } from '../../src/payments/refund-report.js'
import { fraudWarningReport, reviewReport } from '../../src/payments/risk-report.js'
import { sessionReport as readSession } from '../../src/payments/session-report.js'
import { minute, orderFacts } from './order-facts.js'

const currency = fc.constantFrom('usd', 'eur', 'xyz', '', null)
const amount = fc.constantFrom(0, 1, 2500, 5000, 5700, 2 ** 31, 2 ** 53 - 1)
const status = (...known: string[]) => fc.constantFrom(...known, 'a_new_one', null)
const intentOf = (session: string) => `pi_${session}`

/** Every session has one set of amounts, as at Stripe, whatever it is reported as. */
const session = fc.record({
  session: fc.constantFrom('cs_1', 'cs_2'),
  status: status('open', 'complete', 'expired'),
  payment_status: status('paid', 'unpaid', 'no_payment_required'),
  failed: fc.boolean(),
})
const about = fc.constantFrom('pi_cs_1', 'pi_cs_2')
const refund = fc.record({
  id: fc.constantFrom('re_1', 're_2'),
  payment_intent: about,
  amount,
  currency,
  status: status('pending', 'succeeded', 'failed', 'canceled'),
})
const dispute = fc.record({
  id: fc.constantFrom('dp_1', 'dp_2'),
  payment_intent: about,
  amount,
  currency,
  status: status('warning_needs_response', 'needs_response', 'under_review', 'lost', 'won', 'prevented'),
})
const risk = fc.record({ id: fc.constantFrom('prv_1', 'issfr_1'), payment_intent: about, open: fc.boolean() })

type Plan = typeof plan extends fc.Arbitrary<infer Value> ? Value : never
const plan = fc.record({
  /** With delivery and tax, or an order of an earlier release. */
  isDelivered: fc.boolean(),
  /** What Stripe's page collected for each session, as some of its reports have it. */
  country: fc.constantFrom('DE', 'FR'),
  fits: fc.record({ cs_1: fc.boolean(), cs_2: fc.boolean() }),
  sessions: fc.array(session, { maxLength: 4 }),
  refunds: fc.array(refund, { maxLength: 4 }),
  disputes: fc.array(dispute, { maxLength: 4 }),
  risks: fc.array(risk, { maxLength: 2 }),
  seed: fc.nat(),
})

const delivered = (isDelivered: boolean) =>
  isDelivered
    ? ({ shippingTotal: 500, taxBehavior: 'exclusive', automaticTax: true, deliveryCountry: 'DE' } as const)
    : {}

function reportsOf({ isDelivered, country, fits, sessions, refunds, disputes, risks }: Plan): Report[] {
  // An object at Stripe keeps its amount, currency and payment.
  const first = <Item extends { id: string }>(items: Item[], item: Item) =>
    items.find(({ id }) => id === item.id) ?? item
  let minutes = 0
  const at = () => minute((minutes += 1))
  return [
    ...sessions.map(({ session: id, failed, ...rest }, nth) => {
      const total = (fits[id] ? 5000 : 5700) + (isDelivered ? 500 + 400 : 0)
      const customer = { name: 'Ada', phone: '1', address: { country }, tax_ids: null }
      const object = {
        ...(isDelivered && {
          total_details: { amount_discount: 0, amount_shipping: 500, amount_tax: 400 },
          // Not every report has all of it.
          ...(nth % 2 === 0
            ? { customer_details: customer }
            : { shipping_details: { name: 'Ada', address: { country } } }),
        }),
        ...{ ...rest, id, object: 'checkout.session', currency: 'usd', payment_intent: intentOf(id) },
        ...{ amount_subtotal: 5000, amount_total: total, expires_at: 1_800_000_000 },
        metadata: { app: 'till-1', order_key: 'ord_1' },
      }
      return readSession(object, at(), failed)
    }),
    ...refunds.map((one) => {
      const { amount, currency, payment_intent } = first(refunds, one)
      return readRefund({ ...one, amount, currency, payment_intent, object: 'refund' }, at())
    }),
    ...disputes.map((one) => {
      const { amount, currency, payment_intent } = first(disputes, one)
      return readDispute({ ...one, amount, currency, payment_intent, object: 'dispute', created: 1 }, at())
    }),
    ...risks.map((one) => {
      const { payment_intent } = first(risks, one)
      return one.id.startsWith('prv')
        ? reviewReport({ ...one, payment_intent, object: 'review' }, at(), !one.open)
        : fraudWarningReport(
            { ...one, payment_intent, object: 'radar.early_fraud_warning', actionable: one.open },
            at(),
          )
    }),
  ]
}

/** Settles the reports one set after the other, and keeps the incidents that this opens and resolves. */
function settled(isDelivered: boolean, sets: Report[][]) {
  let order: OrderFacts = orderFacts(delivered(isDelivered))
  let unattributed = nothingUnattributed()
  const open = new Map<string, string>()
  for (const set of sets) {
    const merger = new ReportMerger([order], unattributed)
    merger.mergeAll(set)
    const after = applyTransition(order, merger.orders.get(1) ?? order)
    const { opened, resolved } = changedIncidents(incidentsOfOrder(order), incidentsOfOrder(after))
    for (const { kind, subject } of opened) open.set(`${kind} ${subject}`, subject)
    for (const { kind, subject } of resolved) open.delete(`${kind} ${subject}`)
    order = { ...after, stockHeld: holdsStock(after) }
    unattributed = merger.unattributed
  }
  const sorted = <Item extends object>(items: Item[], key: keyof Item) =>
    items
      .map((item) => ({ ...item, id: item[key], number: 0 }))
      .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
  const derived = deriveOrder(order)
  return {
    status: order.status,
    incidents: order.incidents,
    stockHeld: order.stockHeld,
    attempts: sorted(order.attempts, 'stripeSessionId'),
    unmatched: sorted(order.unmatchedPayments, 'id'),
    refunds: sorted(order.refunds, 'stripeRefundId'),
    disputes: sorted(order.disputes, 'id'),
    risks: sorted(order.riskSignals, 'id'),
    attention: derived.attention,
    totals: derived.totals,
    delivered: derived.delivered,
    amountPaid: derived.amountPaid,
    amountRefunded: derived.amountRefunded,
    open: [...open.keys()].sort(),
    expectedOpen: incidentsOfOrder(order)
      .map(({ kind, subject }) => `${kind} ${subject}`)
      .sort(),
  }
}

it('the order in which reports arrive makes no difference', () => {
  fc.assert(
    fc.property(plan, (drawn) => {
      const reports = reportsOf(drawn)
      const inOrder = settled(drawn.isDelivered, [reports])
      expect(inOrder.open).toEqual(inOrder.expectedOpen)
      let seed = drawn.seed
      const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31)
      const mixed = [...reports, ...reports]
        .map((report) => ({ report, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ report }) => [report])
      expect(settled(drawn.isDelivered, mixed)).toEqual(inOrder)
    }),
    { numRuns: 1000 },
  )
})
