// What was sold of each product in the year before today, kept as sums: the page adds today.
import type { Transaction } from '../database/client.js'
import { daysBefore } from './days.js'

/** Together with today a year. */
export const YEAR_DAYS = 364

/**
 * Moves the year on to yesterday.
 * @param yearTo its last day. Null: nothing is added up yet
 * @returns its new last day
 */
export async function addUpYear(
  tx: Pick<Transaction, '$executeRaw'>,
  yearTo: string | null,
  today: string,
): Promise<string> {
  const yesterday = daysBefore(today, 1)
  if (yearTo !== null && yearTo <= yesterday && yearTo > daysBefore(yesterday, 7)) {
    for (let day = yearTo; day < yesterday;) {
      day = daysBefore(day, -1)
      await moveOn(tx, day)
    }
    return yesterday
  }
  await tx.$executeRaw`TRUNCATE "YearProduct"`
  await tx.$executeRaw`
    INSERT INTO "YearProduct" (currency, "productId", units, revenue)
    SELECT currency, "productId", sum(units)::int, sum(revenue)::bigint FROM "DayProduct"
    WHERE day BETWEEN ${daysBefore(yesterday, YEAR_DAYS - 1)}::text::date AND ${yesterday}::text::date
    GROUP BY currency, "productId"`
  return yesterday
}

/** Adds a day, and takes away the one that is a year older. */
async function moveOn(tx: Pick<Transaction, '$executeRaw'>, day: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "YearProduct" AS y (currency, "productId", units, revenue)
    SELECT currency, "productId", sum(units)::int, sum(revenue)::bigint FROM (
      SELECT currency, "productId", units, revenue FROM "DayProduct" WHERE day = ${day}::text::date
      UNION ALL
      SELECT currency, "productId", -units, -revenue FROM "DayProduct"
      WHERE day = ${daysBefore(day, YEAR_DAYS)}::text::date) AS moved
    GROUP BY currency, "productId"
    ON CONFLICT (currency, "productId") DO UPDATE
      SET units = y.units + excluded.units, revenue = y.revenue + excluded.revenue`
  await tx.$executeRaw`DELETE FROM "YearProduct" WHERE units = 0 AND revenue = 0`
}
