// The products of which most was sold in a range of days.
import type { RawReader } from '../database/direct.js'
import { Prisma } from '../generated/prisma/client.js'
import { splitRange } from './cumulative-products.js'
import { daysBefore, todayIn } from './days.js'
import type { Range } from './range.js'
import { YEAR_DAYS } from './year-products.js'

export interface BestSeller {
  productId: number
  name: string
  /** Of the orders that were paid in these days, before refunds and returns. */
  units: number
  /** In minor units: after discounts, without delivery and tax on top. */
  revenue: number
  /** Units in the range before. */
  unitsBefore: number
}

const BEST = 10

export async function readBestSellers(
  reader: RawReader,
  range: Range,
  currency: string,
  timeZone: string,
): Promise<BestSeller[]> {
  const sums = (await isKeptYear(reader, range, timeZone))
    ? ofYear(range.to, currency)
    : await ofParts(reader, range, currency)
  const rows = await reader.$queryRaw<
    { productId: number; name: string; units: number; revenue: string; unitsBefore: number }[]
  >`
    WITH best AS MATERIALIZED (
      SELECT "productId", units, revenue FROM (${sums}) AS sums
      WHERE units > 0 ORDER BY units DESC, revenue DESC, "productId" LIMIT ${BEST})
    SELECT best."productId", p.name, best.units::int, best.revenue::text, coalesce(b.units, 0)::int AS "unitsBefore"
    FROM best JOIN "Product" p ON p.id = best."productId" LEFT JOIN LATERAL (
      SELECT sum(d.units) AS units FROM "DayProduct" d WHERE d."productId" = best."productId"
        AND d.day BETWEEN ${range.before.from}::text::date AND ${range.before.to}::text::date
        AND d.currency = ${currency}) AS b ON true
    ORDER BY best.units DESC, best.revenue DESC, best."productId"`
  return rows.map((row) => ({ ...row, revenue: Number(row.revenue) }))
}

async function ofParts(reader: RawReader, { from, to }: Range, currency: string): Promise<Prisma.Sql> {
  const summed = await reader.$queryRaw<{ month: string }[]>`
    SELECT before::text AS month FROM "CumulativeMonth"`
  const { months, days } = splitRange(
    from,
    to,
    summed.map(({ month }) => month),
  )
  const before = (month: string, sign: 1 | -1) => Prisma.sql`
      SELECT "productId", ${sign}::int * units AS units, ${sign}::int * revenue AS revenue FROM "CumulativeProduct"
      WHERE before = ${month}::text::date AND currency = ${currency}`
  const parts = days.map(
    (part) => Prisma.sql`
      SELECT "productId", ${part.sign}::int * units AS units, ${part.sign}::int * revenue AS revenue FROM "DayProduct"
      WHERE day BETWEEN ${part.from}::text::date AND ${part.to}::text::date AND currency = ${currency}`,
  )
  if (months !== null) parts.push(before(months.added, 1), before(months.subtracted, -1))
  // Floats are exact up to 2^53. Sums of bigint are numeric, which takes a third longer.
  return Prisma.sql`
    SELECT "productId", sum(units) AS units, sum(revenue::float8) AS revenue
    FROM (${Prisma.join(parts, ' UNION ALL ')}) AS parts GROUP BY "productId"`
}

/** Only what sells best in the year, or sold today, can be among the best with today. */
function ofYear(today: string, currency: string): Prisma.Sql {
  return Prisma.sql`
    SELECT c."productId", coalesce(y.units, 0) + coalesce(t.units, 0) AS units,
      coalesce(y.revenue, 0) + coalesce(t.revenue, 0) AS revenue
    FROM (
      (SELECT "productId" FROM "YearProduct" WHERE currency = ${currency}
        ORDER BY units DESC, revenue DESC, "productId" LIMIT ${BEST})
      UNION SELECT "productId" FROM "DayProduct" WHERE day = ${today}::text::date AND currency = ${currency}) AS c
    LEFT JOIN "YearProduct" y ON y.currency = ${currency} AND y."productId" = c."productId"
    LEFT JOIN "DayProduct" t ON t.day = ${today}::text::date AND t.currency = ${currency} AND t."productId" = c."productId"`
}

/** Whether the range is the year up to today, whose sums are kept. */
async function isKeptYear(reader: RawReader, { from, to }: Range, timeZone: string): Promise<boolean> {
  if (to !== todayIn(timeZone) || from !== daysBefore(to, YEAR_DAYS)) return false
  const [row] = await reader.$queryRaw<{ yearTo: string | null }[]>`
    SELECT "yearTo"::text FROM "NumbersProgress" WHERE id = 1`
  return row?.yearTo === daysBefore(to, 1)
}

/** Ids of the products of which most was sold in the last year, for shoppers. */
export async function popularProducts(reader: RawReader, currency: string, most: number): Promise<number[]> {
  const rows = await reader.$queryRaw<{ id: number }[]>`
    SELECT "productId" AS id FROM "YearProduct" WHERE currency = ${currency} ORDER BY units DESC LIMIT ${most}`
  return rows.map(({ id }) => id)
}
