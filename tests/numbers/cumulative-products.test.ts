// A range is put together from two months and the days around them, each day once.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitRange } from '../../src/numbers/cumulative-products.js'
import { daysBefore, daysFrom } from '../../src/numbers/days.js'

const TODAY = '2026-12-20'
const MONTHS = ['2025', '2026'].flatMap((year) =>
  Array.from({ length: 12 }, (_, index) => `${year}-${String(index + 1).padStart(2, '0')}-01`),
)

it.each([
  ['2026-01-01', '2026-11-30', '2026-12-01 − 2026-01-01', []],
  [
    '2025-12-31',
    '2026-02-01',
    '2026-02-01 − 2026-01-01',
    ['+ 2025-12-31 2025-12-31', '+ 2026-02-01 2026-02-01'],
  ],
  [
    '2026-03-04',
    '2026-10-28',
    '2026-11-01 − 2026-03-01',
    ['- 2026-03-01 2026-03-03', '- 2026-10-29 2026-10-31'],
  ],
  ['2026-02-02', '2026-02-12', null, ['+ 2026-02-02 2026-02-12']],
  [
    '2024-11-02',
    '2026-01-02',
    '2026-01-01 − 2025-01-01',
    ['+ 2024-11-02 2024-12-31', '+ 2026-01-01 2026-01-02'],
  ],
])('from %s to %s', (from, to, difference, days) => {
  const parts = splitRange(from, to, MONTHS)
  expect(parts.months && `${parts.months.added} − ${parts.months.subtracted}`).toBe(difference)
  expect(parts.days.map((part) => `${part.sign > 0 ? '+' : '-'} ${part.from} ${part.to}`)).toEqual(days)
})

it('every day of the range counts once, and no other', () => {
  const day = fc.integer({ min: 0, max: 1000 }).map((count) => daysBefore(TODAY, count))
  fc.assert(
    fc.property(day, day, fc.subarray(MONTHS), (one, other, available) => {
      const [from = one, to = other] = [one, other].sort()
      const { months, days } = splitRange(from, to, available)
      const counts = new Map<string, number>()
      const add = (first: string, last: string, sign: number) => {
        for (const each of daysFrom(first, last)) counts.set(each, (counts.get(each) ?? 0) + sign)
      }
      if (months !== null) add(months.subtracted, daysBefore(months.added, 1), 1)
      for (const part of days) add(part.from, part.to, part.sign)
      const counted = [...counts].filter(([, count]) => count !== 0)
      expect(counted.every(([, count]) => count === 1)).toBe(true)
      expect(counted.map(([each]) => each).sort()).toEqual(daysFrom(from, to))
    }),
  )
})
