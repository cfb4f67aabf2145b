// Merging one report into an order's facts: sessions, refunds and disputes, in any order and repeated.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttemptStatus, DisputeStatus, RefundStatus } from '../../src/generated/prisma/enums.js'
import type { AttemptFacts, DisputeFacts, RefundFacts } from '../../src/orders/order-facts.js'
import {
  isSameRefund,
  linePayments,
  mergeDispute,
  mergeRefund,
  mergeSession,
  nothingUnattributed,
  UnsettledSessionError,
} from '../../src/payments/merge-report.js'
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
} from './order-facts.js'

const NONE = nothingUnattributed()

/** Every order of the items, each once as it is and once with all items repeated. */
function arrivals<Item>(items: readonly Item[]): Item[][] {
  const orders = (rest: readonly Item[]): Item[][] =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((item) => orders(rest.filter((other) => other !== item)).map((tail) => [item, ...tail]))
  return orders(items).flatMap((order) => [order, [...order, ...order]])
}

/** Each status with each that ranks higher. */
function withHigher<Status>(scale: readonly Status[]): [Status, Status][] {
  return scale.flatMap((lower, rank) =>
    scale.slice(rank + 1).map((higher): [Status, Status] => [lower, higher]),
  )
}

it('a report that names no currency takes none away, in whatever order it comes', () => {
  for (const currencies of [
    ['usd', ''],
    ['', 'usd'],
  ]) {
    const refund = currencies.reduce<RefundFacts | undefined>(
      (known, currency) => mergeRefund(known, refundReport({ currency })),
      undefined,
    )
    const dispute = currencies.reduce<DisputeFacts | undefined>(
      (known, currency) => mergeDispute(known, disputeReport({ currency })),
      undefined,
    )
    expect([refund?.currency, dispute?.currency]).toEqual(['usd', 'usd'])
  }
})

describe('sessions', () => {
  const PAGE = 'https://checkout.example/cs_1'
  /** As Stripe has it: only an open session has a page, and only a completed one a payment intent. */
  const reported = (status: AttemptStatus, at: Date) =>
    status === 'open' || status === 'expired'
      ? sessionReport({ status, at, paymentIntentId: null, url: status === 'open' ? PAGE : null })
      : sessionReport({ status, at, amountDiscount: 500, amountTotal: 4500 })
  const completed = { url: null, paymentIntentId: 'pi_1', amountDiscount: 500, amountTotal: 4500 }

  it.each<[AttemptStatus[], Partial<AttemptFacts>]>([
    [['open', 'expired'], { status: 'expired', url: null }],
    [['open', 'paid'], { ...completed, status: 'paid', paidAt: minute(1) }],
    [
      ['open', 'processing', 'paid'],
      { ...completed, status: 'paid', processingAt: minute(1), paidAt: minute(2) },
    ],
    [
      ['open', 'processing', 'failed'],
      { ...completed, status: 'failed', processingAt: minute(1), failedAt: minute(2) },
    ],
  ])('%j: the same facts in any order of arrival, repeated or not', (life, expected) => {
    const reports = life.map((status, minutes) => reported(status, minute(minutes)))
    for (const arrival of arrivals(reports)) {
      const merged = arrival.reduce((order, report) => mergeSession(order, report, NONE), orderFacts())
      expect(merged).toEqual(orderFacts({ attempts: [attemptFacts(expected)] }))
    }
  })

  it.each([
    ['a later', minute(9), minute(2)],
    ['an earlier', minute(1), minute(1)],
  ])('the first time is kept when the status is reported again with %s time', (_when, at, expected) => {
    const { attempts } = mergeSession(orderFacts({ attempts: [paidAttempt()] }), sessionReport({ at }), NONE)
    expect(attempts).toEqual([paidAttempt({ paidAt: expected })])
  })

  it('a status gives way only to a later one: preparing, open, expired, processing, failed, paid', () => {
    const merged = (known: AttemptStatus, status: AttemptStatus) =>
      mergeSession(
        orderFacts({ attempts: [attemptFacts({ status: known })] }),
        sessionReport({ status }),
        NONE,
      ).attempts[0]?.status
    const scale = ['preparing', 'open', 'expired', 'processing', 'failed', 'paid'] as const
    for (const [lower, higher] of withHigher(scale)) {
      expect(merged(lower, higher), `${lower}, then ${higher}`).toBe(higher)
      expect(merged(higher, lower), `${higher}, then ${lower}`).toBe(higher)
    }
  })

  const prepared = attemptFacts({ status: 'preparing', stripeSessionId: null, url: null })
  it.each([
    ['the attempt of its session', [attemptFacts()], { attemptId: 'another' }, ['attempt-1']],
    ['the attempt it names while that has no session', [prepared], {}, ['attempt-1']],
    [
      'the attempt of its session rather than the one it names',
      [prepared, attemptFacts({ id: 'attempt-2', number: 2 })],
      {},
      ['attempt-1', 'attempt-2'],
    ],
  ])('a report changes %s', (_which, attempts, change, ids) => {
    const merged = mergeSession(orderFacts({ attempts }), sessionReport(change), NONE).attempts
    expect(merged.map(({ id }) => id)).toEqual(ids)
    expect(merged.at(-1)).toMatchObject({ stripeSessionId: 'cs_1', status: 'paid' })
  })

  it.each([
    ['that names no attempt', { attemptId: null }],
    ['that names an attempt with another session', { attemptId: 'attempt-1' }],
  ])('a session %s becomes a new attempt', (_which, change) => {
    const report = sessionReport({ sessionId: 'cs_2', ...change })
    const { attempts } = mergeSession(orderFacts(), report, NONE)
    expect(attempts).toEqual([
      attemptFacts(),
      paidAttempt({ id: expect.any(String) as string, number: 2, stripeSessionId: 'cs_2' }),
    ])
    expect(attempts[1]?.id).not.toBe('attempt-1')
  })

  it.each([
    ['a discount', { amountDiscount: 500, amountTotal: 4500 }],
    ['a discount of the whole amount', { amountDiscount: 5000, amountTotal: 0 }],
  ])('a session with %s settles its order', (_what, amounts) => {
    const { attempts } = mergeSession(orderFacts(), sessionReport(amounts), NONE)
    expect(attempts).toEqual([paidAttempt(amounts)])
  })

  it.each([
    [
      'over another amount',
      { amountSubtotal: 4000, amountTotal: 4000 },
      'Session cs_1 is over 4000 usd, the order over 5000 usd.',
    ],
    ['in another currency', { currency: 'eur' }, 'Session cs_1 is over 5000 eur, the order over 5000 usd.'],
    [
      'whose total is not the subtotal less the discount',
      { amountDiscount: 500, amountTotal: 4000 },
      'Session cs_1 is over 4000 usd (5000 less 500), the order over 5000 usd.',
    ],
    [
      'with another subtotal but a fitting total',
      { amountSubtotal: 4000, amountDiscount: 500, amountTotal: 4500 },
      'Session cs_1 is over 4500 usd (4000 less 500), the order over 5000 usd.',
    ],
  ])('a session %s is refused with a message that gives both amounts', (_what, change, message) => {
    const merge = () => mergeSession(orderFacts(), sessionReport(change), NONE)
    expect(merge).toThrow(UnsettledSessionError)
    expect(merge).toThrow(message)
  })

  it('a session brings the earlier refunds and disputes of its payment intent, once', () => {
    const refund = refundFacts()
    const dispute = disputeFacts()
    const unattributed = {
      ...NONE,
      refunds: [refund, refundFacts({ id: 'refund-2', stripeRefundId: 're_2', paymentIntentId: 'pi_2' })],
      disputes: [dispute, disputeFacts({ id: 'dp_2', paymentIntentId: 'pi_2' })],
    }
    const open = sessionReport({ status: 'open', paymentIntentId: null })
    expect(mergeSession(orderFacts(), open, unattributed)).toMatchObject({ refunds: [], disputes: [] })
    const once = mergeSession(orderFacts(), sessionReport(), unattributed)
    expect(once).toMatchObject({ refunds: [refund], disputes: [dispute] })
    expect(mergeSession(once, sessionReport(), unattributed)).toEqual(once)
  })
})

it('the shares of lines are exact where products of amounts are larger than 2^53', () => {
  const line = (productId: number, unitAmount: number) => ({ productId, unitAmount, quantity: 1 })
  const items = [line(1, 1_073_741_823), line(2, 1_073_741_824)]
  const paid = 2_147_483_641
  const first = Number((BigInt(paid) * 1_073_741_823n) / 2_147_483_647n)
  expect(linePayments(items, paid)).toEqual([first, paid - first])
  for (let total = 99_999_990; total < 100_000_000; total += 1) {
    const share = linePayments([line(1, 99_999_989), line(2, total - 99_999_989)], total)
    expect(share).toEqual([99_999_989, total - 99_999_989])
  }
})

describe('refunds', () => {
  it.each<[RefundStatus[], Partial<RefundFacts>]>([
    [['pending', 'succeeded'], { status: 'succeeded', succeededAt: minute(1) }],
    [['succeeded', 'failed'], { status: 'failed', succeededAt: minute(0), failedAt: minute(1) }],
    [['pending', 'succeeded', 'failed'], { status: 'failed', succeededAt: minute(1), failedAt: minute(2) }],
    [['pending', 'failed'], { status: 'failed', failedAt: minute(1) }],
  ])('%j: the same facts in any order of arrival, repeated or not', (life, expected) => {
    const ours = refundFacts({
      stripeRefundId: null,
      status: 'requested',
      restock: true,
      succeededAt: null,
      failedAt: null,
    })
    const reports = life.map((status, minutes) => refundReport({ status, at: minute(minutes) }))
    for (const arrival of arrivals(reports))
      expect(arrival.reduce(mergeRefund, ours)).toEqual({ ...ours, stripeRefundId: 're_1', ...expected })
  })

  it('a status gives way only to a later one: requested, pending, succeeded, failed', () => {
    const merged = (known: RefundStatus, status: RefundStatus) =>
      mergeRefund(refundFacts({ status: known }), refundReport({ status })).status
    for (const [lower, higher] of withHigher(['requested', 'pending', 'succeeded', 'failed'] as const)) {
      expect(merged(lower, higher), `${lower}, then ${higher}`).toBe(higher)
      expect(merged(higher, lower), `${higher}, then ${lower}`).toBe(higher)
    }
  })

  it('a refund that the shop did not request becomes a row without restocking', () => {
    const report = refundReport({ refundId: 'refund-1', reason: 'duplicate' })
    const refund = mergeRefund(undefined, report)
    expect(refund).toEqual(refundFacts({ id: refund.id, reason: 'duplicate' }))
    // Stripe made two refunds of one request: the row with the requested id belongs to the other.
    expect(refund.id).not.toBe('refund-1')
  })

  it('the payment intent, the reason and the failure reason are kept once known', () => {
    const known = refundFacts({ reason: 'duplicate', failureReason: 'lost_or_stolen_card' })
    const report = refundReport({ paymentIntentId: null, reason: 'fraudulent', failureReason: 'unknown' })
    expect(mergeRefund(known, report)).toEqual(known)
  })

  it.each([
    ['the same Stripe id', true, 're_1', null],
    ['our id while Stripe has not answered', true, null, 'refund-1'],
    ['another Stripe id', false, 're_2', null],
    ['our id but another Stripe id', false, 're_2', 'refund-1'],
    ['no id of ours while Stripe has not answered', false, null, null],
  ])('a report with %s is about the refund: %s', (_which, expected, stripeRefundId, refundId) => {
    expect(isSameRefund(refundFacts({ stripeRefundId }), refundReport({ refundId }))).toBe(expected)
  })
})

describe('disputes', () => {
  it.each<[DisputeStatus[], Partial<DisputeFacts>]>([
    [
      ['warning_needs_response', 'warning_under_review', 'warning_closed'],
      { status: 'warning_closed', inquiryAt: minute(0), disputedAt: null, closedAt: minute(2) },
    ],
    [
      ['warning_needs_response', 'needs_response', 'won'],
      { status: 'won', inquiryAt: minute(0), disputedAt: minute(1), closedAt: minute(2) },
    ],
    [
      ['needs_response', 'under_review', 'lost'],
      { status: 'lost', disputedAt: minute(0), closedAt: minute(2) },
    ],
    // On appeal.
    [['needs_response', 'lost', 'won'], { status: 'won', disputedAt: minute(0), closedAt: minute(1) }],
    [['needs_response', 'prevented'], { status: 'prevented', disputedAt: minute(0), closedAt: minute(1) }],
  ])('%j: the same facts in any order of arrival, repeated or not', (life, expected) => {
    const reports = life.map((status, minutes) => disputeReport({ status, at: minute(minutes) }))
    for (const arrival of arrivals(reports)) {
      const merged = arrival.reduce<DisputeFacts | undefined>(mergeDispute, undefined)
      expect(merged).toEqual(disputeFacts(expected))
    }
  })

  it('a status gives way only to a later one: inquiry, dispute, prevented, lost, won', () => {
    const merged = (known: DisputeStatus, status: DisputeStatus) =>
      mergeDispute(disputeFacts({ status: known }), disputeReport({ status })).status
    const inquiry = ['warning_needs_response', 'warning_under_review', 'warning_closed'] as const
    const scale = [...inquiry, 'needs_response', 'under_review', 'prevented', 'lost', 'won'] as const
    for (const [lower, higher] of withHigher(scale)) {
      expect(merged(lower, higher), `${lower}, then ${higher}`).toBe(higher)
      expect(merged(higher, lower), `${higher}, then ${lower}`).toBe(higher)
    }
  })

  it('the amount and reason are those of the highest status, and the deadline is the latest', () => {
    const inquiry = disputeReport({
      status: 'warning_needs_response',
      amount: 1000,
      reason: 'general',
      evidenceDueBy: minute(50),
    })
    const dispute = disputeReport({ amount: 5000, reason: 'product_not_received', evidenceDueBy: minute(40) })
    const closed = disputeReport({ status: 'lost', reason: 'product_not_received', evidenceDueBy: null })
    for (const arrival of arrivals([inquiry, dispute, closed])) {
      const merged = arrival.reduce<DisputeFacts | undefined>(mergeDispute, undefined)
      const expected = {
        status: 'lost',
        amount: 5000,
        reason: 'product_not_received',
        evidenceDueBy: minute(50),
      }
      expect(merged).toMatchObject(expected)
    }
  })

  it('the payment intent is kept once known', () => {
    expect(mergeDispute(disputeFacts(), disputeReport({ paymentIntentId: null }))).toEqual(disputeFacts())
  })
})

describe('line payments', () => {
  const itemsOf = (lines: readonly (readonly [number, number])[]) =>
    lines.map(([unitAmount, quantity], index) => ({ productId: index + 1, unitAmount, quantity }))

  /** Unit amount and quantity of each line. */
  type Lines = [number, number][]
  const twoLines: Lines = [
    [1500, 2],
    [2000, 1],
  ]
  const alike: Lines = [
    [1000, 1],
    [1000, 1],
    [1000, 1],
  ]
  const largest: Lines = [
    [99_999_999, 1],
    [1, 1],
  ]
  it.each<[string, Lines, number, number[]]>([
    ['a payment in full is each line’s total', twoLines, 5000, [3000, 2000]],
    ['a discount is spread in proportion', twoLines, 4500, [2700, 1800]],
    ['a remainder goes to the last line', alike, 1000, [333, 333, 334]],
    ['a free order has shares of zero', twoLines, 0, [0, 0]],
    ['free products have a share of zero', [[0, 3]], 0, [0]],
    ['the largest amounts stay exact', largest, 99_999_999, [99_999_998, 1]],
  ])('%s', (_what, lines, paid, shares) => {
    expect(linePayments(itemsOf(lines), paid)).toEqual(shares)
  })

  it('shares are between zero and the line’s total, and add up to the payment', () => {
    const lines = fc.array(fc.tuple(fc.nat(999_999), fc.integer({ min: 1, max: 9 })), { minLength: 1 })
    fc.assert(
      fc.property(lines, fc.double({ min: 0, max: 1, noNaN: true }), (drawn, part) => {
        const gross = drawn.map(([unitAmount, quantity]) => unitAmount * quantity)
        const paid = Math.floor(sum(gross) * part)
        const shares = linePayments(itemsOf(drawn), paid)
        expect(sum(shares)).toBe(paid)
        shares.forEach((share, index) => {
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(gross[index] ?? 0)
        })
      }),
    )
  })
})

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}
