import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AttemptStatus, DisputeStatus, OrderStatus } from '../../src/generated/prisma/enums.js'
import {
  checkStatusTables,
  higherAttempt,
  isAlive,
  isPayable,
  canTransition,
  statusOf,
} from '../../src/orders/order-status.js'

/** Status of an order over 100 whose paid attempts each paid 100. */
function statusBy(statuses: readonly AttemptStatus[], amountRefunded = 0, disputes: DisputeStatus[] = []) {
  const paid = statuses.filter((status) => status === 'paid').length
  return statusOf({
    attempts: statuses.map((status) => ({ status })),
    amountPaid: paid === 0 ? null : paid * 100,
    amountRefunded,
    disputes: disputes.map((status) => ({ status })),
  })
}

const anyStatus = fc.constantFrom(...Object.values(AttemptStatus))

describe('an order’s status depends on its attempts, refunds and disputes only', () => {
  it.each<[AttemptStatus[], OrderStatus]>([
    [[], 'pending'],
    [['preparing'], 'pending'],
    [['open'], 'pending'],
    [['expired'], 'expired'],
    [['expired', 'open'], 'pending'],
    [['processing'], 'processing'],
    [['failed'], 'failed'],
    [['failed', 'open'], 'pending'],
    [['failed', 'expired'], 'failed'],
    [['expired', 'paid'], 'paid'],
    [['paid', 'failed'], 'paid'],
    [['paid', 'paid'], 'paid'],
  ])('%j → %s', (attempts, status) => {
    expect(statusBy(attempts)).toBe(status)
  })

  it('does not depend on the order of the attempts', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { maxLength: 6 }), (attempts) => {
        expect(statusBy([...attempts].reverse())).toBe(statusBy(attempts))
        expect(statusBy([...attempts].sort())).toBe(statusBy(attempts))
      }),
    )
  })

  it('merging reports about a session has one result, whatever their order and repetition', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { minLength: 1, maxLength: 8 }), (reports) => {
        const merged = (list: AttemptStatus[]) => list.reduce<AttemptStatus>(higherAttempt, 'preparing')
        expect(merged([...reports].sort())).toBe(merged(reports))
        expect(merged([...reports, ...reports].reverse())).toBe(merged(reports))
      }),
    )
  })

  it('every possible sequence of reports makes only allowed transitions', () => {
    // What Stripe can report about one session, in order; any subset of it may arrive, in any order.
    const lives: AttemptStatus[][] = [
      ['open', 'expired'],
      ['open', 'paid'],
      ['open', 'processing', 'paid'],
      ['open', 'processing', 'failed'],
    ]
    const report = fc.constantFrom(...lives).chain((life) => fc.shuffledSubarray(life))
    fc.assert(
      fc.property(fc.array(report, { maxLength: 4 }), (sessions) => {
        const attempts: AttemptStatus[] = []
        let status: OrderStatus = 'pending'
        for (const reports of sessions) {
          // A new attempt is made only while the order is payable.
          if (!isPayable(status)) return
          const index = attempts.push('preparing') - 1
          for (const seen of reports) {
            attempts[index] = higherAttempt(attempts[index] ?? 'preparing', seen)
            const next = statusBy(attempts)
            expect(canTransition(status, next), `${status} → ${next} by ${attempts.join()}`).toBe(true)
            status = next
          }
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each<[number, DisputeStatus[], OrderStatus]>([
    [0, [], 'paid'],
    [1, [], 'partially_refunded'],
    [99, [], 'partially_refunded'],
    [100, [], 'refunded'],
    [0, ['warning_needs_response'], 'paid'],
    [0, ['needs_response'], 'disputed'],
    [100, ['under_review'], 'disputed'],
    [0, ['won'], 'paid'],
    [50, ['won'], 'partially_refunded'],
    [50, ['lost'], 'charged_back'],
    [0, ['won', 'lost'], 'charged_back'],
    [0, ['prevented'], 'paid'],
  ])('paid, %i of 100 refunded, disputes %j → %s', (refunded, disputes, status) => {
    expect(statusBy(['failed', 'paid'], refunded, disputes)).toBe(status)
  })

  it('a free order is paid', () => {
    const facts = { attempts: [{ status: 'paid' as const }], amountPaid: 0, amountRefunded: 0, disputes: [] }
    expect(statusOf(facts)).toBe('paid')
  })

  it('a paid order never becomes unpaid', () => {
    const unpaid: OrderStatus[] = ['pending', 'processing', 'failed', 'expired']
    for (const from of Object.values(OrderStatus)) {
      if (unpaid.includes(from)) continue
      for (const to of unpaid) expect(canTransition(from, to)).toBe(false)
    }
  })

  it('the status tables are consistent', () => {
    expect(checkStatusTables).not.toThrow()
  })

  it('an order is payable while no payment is pending or made', () => {
    expect(Object.values(OrderStatus).filter(isPayable)).toEqual(['pending', 'failed', 'expired'])
  })

  it('an order holds its units while an attempt may still be paid', () => {
    expect(Object.values(AttemptStatus).filter(isAlive)).toEqual(['preparing', 'open', 'processing', 'paid'])
  })
})
