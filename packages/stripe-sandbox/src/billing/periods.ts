// Billing intervals and the periods they make.

/** How often a price is charged. */
export interface Interval {
  interval: 'day' | 'week' | 'month' | 'year'
  interval_count: number
}

const DAY_SECONDS = 24 * 60 * 60

/** The longest interval that a price may have is three years. */
const MAX_INTERVAL_COUNT = { day: 1095, week: 156, month: 36, year: 3 }

/** Why an interval is not valid, or undefined. Limits and texts are from https://docs.stripe.com/api/prices/create. */
export function intervalProblem({ interval, interval_count: count }: Interval): string | undefined {
  if (count < 1) return 'This value must be greater than or equal to 1.'
  return count > MAX_INTERVAL_COUNT[interval]
    ? 'A recurring price can be charged at most every three years (3 years, 36 months, 156 weeks or 1095 days).'
    : undefined
}

/** Adds intervals to `anchor`, a Unix time in seconds. The 31st becomes the last day in a shorter month. */
export function addIntervals(
  anchor: number,
  { interval, interval_count: count }: Interval,
  times = 1,
): number {
  switch (interval) {
    case 'day':
      return anchor + times * count * DAY_SECONDS
    case 'week':
      return anchor + times * count * 7 * DAY_SECONDS
    case 'month':
      return addMonths(anchor, times * count)
    case 'year':
      return addMonths(anchor, times * count * 12)
  }
}

/** The end of the period that begins at `start`, in Unix seconds: a whole number of intervals after the anchor. */
export function periodEnd(anchor: number, interval: Interval, start: number): number {
  for (let times = 1; ; times++) {
    const end = addIntervals(anchor, interval, times)
    if (end > start) return end
    // An interval that does not advance the time (NaN, beyond the range of dates) would loop forever.
    if (!(end > anchor)) throw new Error(`${intervalText(interval)} after ${anchor} is not a valid time.`)
  }
}

function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor * 1000)
  const date = new Date(anchor * 1000)
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(from.getUTCDate(), lastDay))
  return date.getTime() / 1000
}

/** For example `month` or `3 months`. */
export function intervalText({ interval, interval_count: count }: Interval): string {
  return count === 1 ? interval : `${count} ${interval}s`
}
