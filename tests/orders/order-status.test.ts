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

/** Of an order over 100, whose paid attempts paid that. */
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

describe('an order’s status is a function of its attempts', () => {
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

  it('knowledge of a session only grows: any order and any repetition of reports ends the same', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { minLength: 1, maxLength: 8 }), (reports) => {
        const merged = (list: AttemptStatus[]) => list.reduce<AttemptStatus>(higherAttempt, 'preparing')
        expect(merged([...reports].sort())).toBe(merged(reports))
        expect(merged([...reports, ...reports].reverse())).toBe(merged(reports))
      }),
    )
  })

  it('every real life of a session makes only legal moves', () => {
    // What Stripe can say of one session, in the order of its life; seen from any point on, with gaps.
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
          // A next attempt is made only while the order can be paid.
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

  it('money that came is never forgotten', () => {
    const unpaid: OrderStatus[] = ['pending', 'processing', 'failed', 'expired']
    for (const from of Object.values(OrderStatus)) {
      if (unpaid.includes(from)) continue
      for (const to of unpaid) expect(canTransition(from, to)).toBe(false)
    }
  })

  it('the tables fit each other', () => {
    expect(checkStatusTables).not.toThrow()
  })

  it('can be paid while no money is on its way', () => {
    expect(Object.values(OrderStatus).filter(isPayable)).toEqual(['pending', 'failed', 'expired'])
  })

  it('keeps its units while an attempt may bring money', () => {
    expect(Object.values(AttemptStatus).filter(isAlive)).toEqual(['preparing', 'open', 'processing', 'paid'])
  })
})
