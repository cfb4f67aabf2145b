// What was sold of each product before each month, so that a long range is the difference of two sums and a few days.
import type { Transaction } from '../database/client.js'
import { daysBefore, daysIn } from './days.js'

/** The first day of a day's month. */
const monthOf = (day: string) => `${day.slice(0, 7)}-01`
const nextMonth = (month: string) => monthOf(daysBefore(month, -31))

/**
 * Adds up the months that are missing. Later changes of their days are added by `countProducts`.
 * @param firstDay the first one with numbers
 * @returns whether some are left, because the turn is over
 */
export async function addUpMonths(
  tx: Pick<Transaction, '$executeRaw' | '$queryRaw'>,
  firstDay: string,
  today: string,
  isOver: () => boolean,
): Promise<boolean> {
  const [last] = await tx.$queryRaw<{ month: string | null }[]>`
    SELECT max(before)::text AS month FROM "CumulativeMonth"`
  let previous = last?.month ?? null
  for (;;) {
    const month = previous === null ? monthOf(firstDay) : nextMonth(previous)
    if (month > today) return false
    if (isOver()) return true
    await tx.$executeRaw`
      INSERT INTO "CumulativeProduct" (before, currency, "productId", units, revenue)
      SELECT ${month}::text::date, currency, "productId", sum(units)::int, sum(revenue)::bigint FROM (
        SELECT currency, "productId", units, revenue FROM "CumulativeProduct" WHERE before = ${previous}::text::date
        UNION ALL
        SELECT currency, "productId", units, revenue FROM "DayProduct"
        WHERE day < ${month}::text::date AND day >= coalesce(${previous}::text::date, '-infinity')) AS parts
      GROUP BY currency, "productId" ORDER BY currency, "productId"`
    await tx.$executeRaw`INSERT INTO "CumulativeMonth" VALUES (${month}::text::date)`
    previous = month
  }
}

/** What a range consists of. */
export interface Parts {
  /** Two months: what was sold before the one, less what was sold before the other. Null for a short range. */
  months: { added: string; subtracted: string } | null
  /** Days that are to be added, and those that are to be subtracted. Both ends are counted. */
  days: { from: string; to: string; sign: 1 | -1 }[]
}

/** @param months the first days of those that have sums */
export function splitRange(from: string, to: string, months: readonly string[]): Parts {
  const after = daysBefore(to, -1)
  const added = nearest(after, months)
  const subtracted = nearest(from, months)
  if (added === null || subtracted === null || added <= subtracted)
    return { months: null, days: [{ from, to, sign: 1 }] }
  const days = [between(from, subtracted), between(added, after)]
  return { months: { added, subtracted }, days: days.filter((part) => part !== null) }
}

/** The days from one up to the other, or back to it. */
function between(from: string, before: string): Parts['days'][number] | null {
  if (from === before) return null
  return from < before
    ? { from, to: daysBefore(before, 1), sign: 1 }
    : { from: before, to: daysBefore(from, 1), sign: -1 }
}

function nearest(day: string, months: readonly string[]): string | null {
  const distance = (month: string) => Math.abs(daysIn(day, month) - 1)
  return months.reduce<string | null>(
    (best, month) => (best === null || distance(month) < distance(best) ? month : best),
    null,
  )
}
