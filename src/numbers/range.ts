// The days that numbers are shown of, and those before, which they are compared with.
import { daysBefore, daysIn, isDay } from './days.js'

/** Ranges that end today, by how many days they have. */
const DAYS = { today: 1, '7': 7, '30': 30, '90': 90, year: 365 } as const
type NamedRange = keyof typeof DAYS
export type RangeName = NamedRange | 'custom'

/** The shortest first. */
export const NAMED_RANGES: readonly NamedRange[] = ['today', '7', '30', '90', 'year']

const MOST_DAYS = 1100

export interface Range {
  name: RangeName
  from: string
  to: string
  /** The same number of days, directly before. */
  before: { from: string; to: string }
}

export interface RangeInput {
  range?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/** @returns the range, or what is wrong with each field */
export function readRange(
  { range, from = '', to = '' }: RangeInput,
  today: string,
): Range | { errors: Partial<Record<'from' | 'to', string>> } {
  if (range !== 'custom') {
    const name = isNamed(range) ? range : '30'
    return rangeOf(name, daysBefore(today, DAYS[name] - 1), today)
  }
  const errors: Partial<Record<'from' | 'to', string>> = {}
  if (!isDay(from)) errors.from = 'Enter the first day, such as 2026-11-01.'
  if (!isDay(to)) errors.to = 'Enter the last day, such as 2026-11-30.'
  if (isDay(from) && from > today) errors.from = 'The first day is still to come.'
  if (isDay(from) && isDay(to) && to < from) errors.to = 'The last day comes before the first.'
  if (isDay(from) && isDay(to) && daysIn(from, to) > MOST_DAYS)
    errors.to = `Choose at most ${MOST_DAYS} days, which is three years.`
  return Object.keys(errors).length > 0 ? { errors } : rangeOf('custom', from, to > today ? today : to)
}

function isNamed(range: string | undefined): range is NamedRange {
  return range !== undefined && Object.hasOwn(DAYS, range)
}

function rangeOf(name: RangeName, from: string, to: string): Range {
  const days = daysIn(from, to)
  return { name, from, to, before: { from: daysBefore(from, days), to: daysBefore(from, 1) } }
}
