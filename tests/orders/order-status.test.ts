import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AttemptStatus, OrderStatus } from '../../src/generated/prisma/enums.js'
import { higher, isAlive, isPayable, mayMove, statusOf } from '../../src/orders/order-status.js'

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
    expect(statusOf(attempts)).toBe(status)
  })

  it('does not depend on the order of the attempts', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { maxLength: 6 }), (attempts) => {
        expect(statusOf([...attempts].reverse())).toBe(statusOf(attempts))
        expect(statusOf([...attempts].sort())).toBe(statusOf(attempts))
      }),
    )
  })

  it('knowledge of a session only grows: any order and any repetition of reports ends the same', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { minLength: 1, maxLength: 8 }), (reports) => {
        const merged = (list: AttemptStatus[]) => list.reduce(higher, 'preparing')
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
            attempts[index] = higher(attempts[index] ?? 'preparing', seen)
            const next = statusOf(attempts)
            expect(mayMove(status, next), `${status} → ${next} by ${attempts.join()}`).toBe(true)
            status = next
          }
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('never leaves paid', () => {
    for (const status of Object.values(OrderStatus)) expect(mayMove('paid', status)).toBe(status === 'paid')
  })

  it('can be paid while no money is on its way', () => {
    expect(Object.values(OrderStatus).filter(isPayable)).toEqual(['pending', 'failed', 'expired'])
  })

  it('keeps its units while an attempt may bring money', () => {
    expect(Object.values(AttemptStatus).filter(isAlive)).toEqual(['preparing', 'open', 'processing', 'paid'])
  })
})
