// Which order each report belongs to, and what becomes of reports that fit none or contradict theirs.
import { describe, expect, it } from 'vitest'
import type { AttemptStatus, OrderStatus } from '../../src/generated/prisma/enums.js'
import { ReportMerger, applyTransition } from '../../src/payments/apply-reports.js'
import { deriveOrder, holdsStock, statusFor } from '../../src/payments/derive-order.js'
import { nothingUnattributed, type Report } from '../../src/payments/merge-report.js'
import {
  attemptFacts,
  disputeFacts,
  disputeReport,
  minute,
  orderFacts,
  paidAttempt,
  refundFacts,
  refundReport,
  sessionReport,
  unmatchedFacts,
} from './order-facts.js'

const NONE = nothingUnattributed()
const UNKNOWN = { kind: 'unknown_order' }
const settled = (orderId: number) => ({ kind: 'settled', orderId })

/** Two paid orders. */
const both = () => [
  orderFacts({ attempts: [paidAttempt()] }),
  orderFacts({
    id: 2,
    key: 'ord_2',
    attempts: [paidAttempt({ id: 'attempt-2', stripeSessionId: 'cs_2', paymentIntentId: 'pi_2' })],
  }),
]

describe('finding the order', () => {
  it.each<[string, Report, object]>([
    ['a session is found by its id', sessionReport({ orderKey: 'ord_2' }), settled(1)],
    [
      'an unknown session is found by its order key',
      sessionReport({ sessionId: 'cs_3', orderKey: 'ord_2' }),
      settled(2),
    ],
    [
      'an unknown session without an order key has no order',
      sessionReport({ sessionId: 'cs_3', orderKey: null }),
      { kind: 'quarantined', orderId: null, reason: 'no order has the key null', moneyKept: true },
    ],
    [
      'an unknown session with an unknown order key has no order',
      sessionReport({ sessionId: 'cs_3', orderKey: 'ord_9' }),
      { kind: 'quarantined', orderId: null, reason: 'no order has the key ord_9', moneyKept: true },
    ],
    [
      'a refund is found by its payment intent before its order key',
      refundReport({ orderKey: 'ord_2' }),
      settled(1),
    ],
    [
      'a refund with an unknown payment intent is found by its order key',
      refundReport({ paymentIntentId: 'pi_9', orderKey: 'ord_2' }),
      settled(2),
    ],
    [
      'a refund without a payment intent is found by its order key',
      refundReport({ paymentIntentId: null, orderKey: 'ord_2' }),
      settled(2),
    ],
    [
      'a refund with an unknown payment intent and no order key has no order',
      refundReport({ paymentIntentId: 'pi_9' }),
      UNKNOWN,
    ],
    ['a dispute is found by its payment intent', disputeReport({ paymentIntentId: 'pi_2' }), settled(2)],
    [
      'a dispute with an unknown payment intent has no order',
      disputeReport({ paymentIntentId: 'pi_9' }),
      UNKNOWN,
    ],
    ['a dispute without a payment intent has no order', disputeReport({ paymentIntentId: null }), UNKNOWN],
  ])('%s', (_rule, report, settlement) => {
    expect(new ReportMerger(both(), NONE).mergeAll([report])).toEqual([settlement])
  })

  it('a report without a payment intent does not match an attempt without one', () => {
    const merger = new ReportMerger([orderFacts()], NONE)
    expect(merger.mergeAll([disputeReport({ paymentIntentId: null })])).toEqual([UNKNOWN])
  })

  it('sessions are merged first, so refunds and disputes before them in the set find their order', () => {
    const merger = new ReportMerger([orderFacts()], NONE)
    const other = disputeReport({ disputeId: 'dp_9', paymentIntentId: 'pi_9' })
    const reports = [other, refundReport(), disputeReport(), sessionReport()]
    // In the order of the reports.
    expect(merger.mergeAll(reports)).toEqual([UNKNOWN, settled(1), settled(1), settled(1)])
    expect(merger.orders.get(1)).toMatchObject({
      attempts: [{ status: 'paid' }],
      refunds: [{ stripeRefundId: 're_1', status: 'succeeded' }],
      disputes: [{ id: 'dp_1', status: 'needs_response' }],
    })
  })

  it('a report about one order leaves the others unchanged', () => {
    const merger = new ReportMerger(both(), NONE)
    merger.mergeAll([refundReport(), disputeReport()])
    expect(merger.orders.get(2)).toEqual(both()[1])
  })
})

describe('refunds and disputes without a known order', () => {
  const early = [
    refundReport({ status: 'pending', at: minute(3) }),
    refundReport({ at: minute(4) }),
    disputeReport(),
    disputeReport({ status: 'lost', at: minute(8) }),
  ]

  it('all reports of one refund or dispute are kept as one row', () => {
    const merger = new ReportMerger([orderFacts()], NONE)
    expect(merger.mergeAll(early)).toEqual(early.map(() => UNKNOWN))
    expect(merger.unattributed).toEqual({
      ...NONE,
      refunds: [refundFacts({ id: expect.any(String) as string, succeededAt: minute(4) })],
      disputes: [disputeFacts({ status: 'lost', closedAt: minute(8) })],
    })
    expect(merger.changedUnattributed()).toEqual(merger.unattributed)
  })

  it('a further report changes the stored row, and only changed rows are written', () => {
    const stored = { ...NONE, refunds: [refundFacts()], disputes: [disputeFacts()] }
    const merger = new ReportMerger([], stored)
    expect(merger.changedUnattributed()).toEqual(NONE)
    merger.mergeAll([refundReport({ status: 'failed', at: minute(9) })])
    const failed = refundFacts({ status: 'failed', failedAt: minute(9) })
    expect(merger.unattributed).toEqual({ ...NONE, refunds: [failed], disputes: [disputeFacts()] })
    expect(merger.changedUnattributed()).toEqual({ ...NONE, refunds: [failed] })
  })

  it('a refund or dispute without a payment intent is not kept', () => {
    const merger = new ReportMerger([], NONE)
    merger.mergeAll([refundReport({ paymentIntentId: null }), disputeReport({ paymentIntentId: null })])
    expect(merger.unattributed).toEqual(NONE)
  })

  it('a later session brings them to its order', () => {
    const merger = new ReportMerger([orderFacts()], NONE)
    merger.mergeAll(early)
    const { refunds, disputes } = merger.unattributed
    expect(merger.mergeAll([sessionReport()])).toEqual([settled(1)])
    expect(merger.orders.get(1)).toMatchObject({ refunds, disputes })
    expect(merger.changedUnattributed()).toEqual(NONE)
  })

  it('a refund report whose key names the order keeps the stored row', () => {
    const merger = new ReportMerger([orderFacts()], { ...NONE, refunds: [refundFacts()] })
    merger.mergeAll([refundReport({ orderKey: 'ord_1', status: 'failed', at: minute(9) })])
    expect(merger.orders.get(1)?.refunds).toEqual([refundFacts({ status: 'failed', failedAt: minute(9) })])
  })
})

describe('a session over another amount', () => {
  const wrong = sessionReport({ amountSubtotal: 4000, amountTotal: 4000 })
  const reason = 'Session cs_1 is over 4000 usd, the order over 5000 usd.'

  it('the report is quarantined, pays nothing and flags the order', () => {
    const merger = new ReportMerger([orderFacts()], NONE)
    expect(merger.mergeAll([wrong])).toEqual([{ kind: 'quarantined', orderId: 1, reason, moneyKept: true }])
    const order = merger.orders.get(1)
    const unmatched = unmatchedFacts({ amount: 4000, message: reason })
    const attempts = [attemptFacts({ status: 'expired', url: null })]
    expect(order).toEqual(orderFacts({ attempts, incidents: [reason], unmatchedPayments: [unmatched] }))
    // Not paid, and nobody else can have its units.
    expect(order && [statusFor(order), holdsStock(order)]).toEqual(['pending', true])
    expect(order && deriveOrder(order).attention).toEqual([reason])
  })

  it('repeated reports make one incident, sorted among the stored ones', () => {
    const merger = new ReportMerger([orderFacts({ incidents: ['Z is known.'] })], NONE)
    merger.mergeAll([wrong, { ...wrong }])
    merger.mergeAll([wrong])
    expect(merger.orders.get(1)?.incidents).toEqual([reason, 'Z is known.'])
  })

  it('the other reports of the order are settled', () => {
    const merger = new ReportMerger([orderFacts()], NONE)
    const right = sessionReport({ sessionId: 'cs_2' })
    expect(merger.mergeAll([wrong, right])).toEqual([
      { kind: 'quarantined', orderId: 1, reason, moneyKept: true },
      settled(1),
    ])
    expect(merger.orders.get(1)).toMatchObject({ attempts: [{ status: 'expired' }, { status: 'paid' }] })
  })
})

describe('status transitions', () => {
  const facts = (status: OrderStatus, attempt: AttemptStatus) =>
    orderFacts({ status, attempts: [attemptFacts({ status: attempt })] })

  it.each<[OrderStatus, AttemptStatus, OrderStatus]>([
    ['pending', 'paid', 'paid'],
    ['pending', 'expired', 'expired'],
    ['expired', 'paid', 'paid'],
    ['processing', 'failed', 'failed'],
    ['paid', 'paid', 'paid'],
  ])('from %s: an order whose attempt is now %s becomes %s', (from, attempt, to) => {
    const after = facts(from, attempt)
    expect(applyTransition(orderFacts({ status: from }), after)).toEqual({ ...after, status: to })
  })

  it.each<[OrderStatus, AttemptStatus, OrderStatus]>([
    ['paid', 'open', 'pending'],
    ['refunded', 'expired', 'expired'],
    ['processing', 'expired', 'expired'],
  ])(
    'from %s: an order whose attempt is now %s does not become %s but gets an incident',
    (from, attempt, to) => {
      const order = facts(from, attempt)
      const refused = applyTransition(order, order)
      expect(refused).toEqual({ ...order, incidents: [`The order can't move from ${from} to ${to}.`] })
      // Once, however often it is tried.
      expect(applyTransition(order, refused)).toEqual(refused)
    },
  )
})
