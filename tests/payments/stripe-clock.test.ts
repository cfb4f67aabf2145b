import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StripeClock } from '../../src/payments/stripe-clock.js'

const NOW = Date.parse('2026-11-30T12:00:00Z')
let clock: StripeClock
beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  clock = new StripeClock()
})
afterEach(() => void vi.useRealTimers())

/** An answer whose Date is this many seconds from ours. */
function hear(seconds: number, headers: Record<string, string> = {}, tookMs = 100): void {
  const date = new Date(Date.now() + seconds * 1000).toUTCString()
  clock.observe(new Headers({ date, ...headers }), Date.now() - tookMs, Date.now())
}

describe('Stripe’s clock', () => {
  it('is ours until it is measured, and while the difference is small', () => {
    expect([clock.skew(), clock.problem()]).toEqual([null, null])
    hear(3)
    expect(clock.now()).toEqual(new Date(NOW))
  })

  it.each([
    [90, null],
    [-90, null],
    [298, null],
    [-600, /about (599|600) seconds fast/],
    [600, /about (600|601) seconds slow/],
    [-86_400, /about 86399 seconds fast/],
  ])('%d seconds from ours is corrected, and reported beyond five minutes', (seconds, problem) => {
    for (let answers = 0; answers < 3; answers++) hear(seconds)
    expect(Math.abs(clock.now().getTime() - NOW - seconds * 1000)).toBeLessThan(1500)
    if (problem === null) expect(clock.problem()).toBeNull()
    else expect(clock.problem()).toMatch(problem)
  })

  it.each([
    [600, 600, 0],
    [-600, 0, -600],
    [-86_400, -86_400, -86_400],
  ])('%d seconds from ours: the later is at %d, the earlier at %d', (seconds, later, earlier) => {
    hear(seconds)
    const seen = [clock.later(), clock.earlier()].map((time) => Math.round((time.getTime() - NOW) / 60_000))
    expect(seen).toEqual([later / 60, earlier / 60])
  })

  it('does not follow single odd answers', () => {
    hear(0)
    hear(99_999)
    expect(clock.skew()).toBe(0)
    hear(0)
    hear(-99_999)
    expect(clock.skew()).toBe(0)
  })

  it.each([
    ['from a cache', { age: '700' }],
    ['from another cache', { 'x-cache': 'Hit from cdn' }],
    ['without a date', { date: '' }],
    ['with a broken date', { date: 'yesterday' }],
  ])('ignores an answer %s', (_what, headers) => {
    hear(900, headers)
    expect(clock.skew()).toBeNull()
  })

  it('ignores an answer that took long', () => {
    hear(900, {}, 15_000)
    expect(clock.skew()).toBeNull()
  })

  it('forgets what it measured when our own clock is set', () => {
    for (let answers = 0; answers < 5; answers++) hear(-600)
    expect(clock.problem()).not.toBeNull()
    const elapsed = performance.now()
    vi.setSystemTime(NOW - 600_000)
    vi.spyOn(performance, 'now').mockReturnValue(elapsed)
    expect([clock.skew(), clock.problem()]).toEqual([null, null])
  })

  it('says when it begins and ends to be off', () => {
    const verdict = vi.fn()
    clock.onVerdict = verdict
    hear(0)
    expect(verdict).toHaveBeenCalledTimes(0)
    for (let answers = 0; answers < 3; answers++) hear(900)
    expect(verdict).toHaveBeenCalledTimes(1)
    for (let answers = 0; answers < 5; answers++) hear(0)
    expect(verdict).toHaveBeenCalledTimes(2)
  })
})
