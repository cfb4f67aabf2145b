// Adds up a day's numbers from orders, purchases, refunds and disputes.
import type { Transaction } from '../database/client.js'
import { Prisma } from '../generated/prisma/client.js'

/** A day of the shop's time zone: "2026-12-01", and the moments at which it begins and ends. */
export interface Day {
  day: string
  begin: Date
  end: Date
}

/** The moments of a day, as the database knows the time zone. */
export async function dayIn(tx: Pick<Transaction, '$queryRaw'>, day: string, timeZone: string): Promise<Day> {
  const [moments] = await tx.$queryRaw<{ begin: Date; end: Date }[]>`
    SELECT ${day}::text::date::timestamp AT TIME ZONE ${timeZone}::text AS begin,
      (${day}::text::date + 1)::timestamp AT TIME ZONE ${timeZone}::text AS "end"`
  if (!moments) throw new Error(`${day} has no beginning.`)
  return { day, ...moments }
}

const within = (time: Prisma.Sql, { begin, end }: Day) => Prisma.sql`${time} >= ${begin} AND ${time} < ${end}`

/** Where an order goes. Without delivery: where it was billed to. */
const COUNTRY = Prisma.sql`coalesce(o."deliveryCountry", o."billingDetails"->'address'->>'country', '')`

/** Money of a payment that does not fit its order is no revenue, and giving it back lessens none. */
const ofOrder = (returned: Prisma.Sql) => Prisma.sql`NOT EXISTS (
  SELECT FROM "UnmatchedPayment" u WHERE u."orderId" = o.id AND u."paymentIntentId" = ${returned}."paymentIntentId"
    AND NOT EXISTS (SELECT FROM "CheckoutAttempt" a
      WHERE a."orderId" = o.id AND a."stripeSessionId" = u.id AND a.status = 'paid'))`

const amountOf = (row: Prisma.Sql) => Prisma.sql`coalesce(${row}."largeAmount", ${row}.amount)`

const placed = (day: Day) => Prisma.sql`
  SELECT o.currency, ${COUNTRY} AS country, o.origin, count(*)::int AS placed,
    count(*) FILTER (WHERE o."amountPaid" IS NOT NULL)::int AS "placedPaid",
    count(*) FILTER (WHERE o."amountPaid" IS NULL AND (o.status = 'expired' OR o."canceledAt" IS NOT NULL))::int
      AS "placedExpired",
    count(*) FILTER (WHERE o."amountPaid" IS NULL AND o.status = 'failed' AND o."canceledAt" IS NULL)::int
      AS "placedFailed",
    0 AS orders, 0::bigint AS revenue, 0 AS refunds, 0::bigint AS refunded, 0 AS "disputesLost", 0::bigint AS lost
  FROM "Order" o WHERE ${within(Prisma.sql`o."createdAt"`, day)} GROUP BY 1, 2, 3`

const paid = (day: Day) => Prisma.sql`
  SELECT o.currency, ${COUNTRY}, o.origin, 0, 0, 0, 0, count(*)::int, coalesce(sum(o."amountPaid"), 0), 0, 0, 0, 0
  FROM "Order" o WHERE ${within(Prisma.sql`o."paidAt"`, day)} GROUP BY 1, 2, 3`

const refunded = (day: Day) => Prisma.sql`
  SELECT r.currency, ${COUNTRY}, o.origin, 0, 0, 0, 0, 0, 0, count(*)::int, sum(${amountOf(Prisma.sql`r`)}), 0, 0
  FROM "Refund" r JOIN "Order" o ON o.id = r."orderId"
  WHERE r.status = 'succeeded' AND ${within(Prisma.sql`coalesce(r."succeededAt", r."createdAt")`, day)}
    AND r.currency = o.currency AND ${ofOrder(Prisma.sql`r`)} GROUP BY 1, 2, 3`

const lost = (day: Day) => Prisma.sql`
  SELECT d.currency, ${COUNTRY}, o.origin, 0, 0, 0, 0, 0, 0, 0, 0, count(*)::int, sum(${amountOf(Prisma.sql`d`)})
  FROM "Dispute" d JOIN "Order" o ON o.id = d."orderId"
  WHERE d.status = 'lost' AND ${within(Prisma.sql`coalesce(d."closedAt", d."createdAt")`, day)}
    AND ${ofOrder(Prisma.sql`d`)} GROUP BY 1, 2, 3`

const COUNTED = [
  ...['placed', 'placedPaid', 'placedExpired', 'placedFailed', 'orders', 'revenue', 'refunds', 'refunded'],
  ...['disputesLost', 'lost'],
] as const

const columns = (wrap: (name: string) => string) => Prisma.raw(COUNTED.map(wrap).join(', '))

/** Writes only what differs, so that a day can be counted often. */
export async function countDay(tx: Pick<Transaction, '$executeRaw'>, day: Day): Promise<void> {
  await tx.$executeRaw`
    WITH fresh AS MATERIALIZED (
      SELECT currency, country, origin, ${columns((name) => `sum("${name}") AS "${name}"`)}
      FROM (${Prisma.join([placed(day), paid(day), refunded(day), lost(day)], ' UNION ALL ')}) AS parts
      GROUP BY currency, country, origin),
    gone AS (
      DELETE FROM "DayNumbers" n WHERE n.day = ${day.day}::text::date AND NOT EXISTS (
        SELECT FROM fresh f WHERE (f.currency, f.country, f.origin) = (n.currency, n.country, n.origin)))
    INSERT INTO "DayNumbers" AS n (day, currency, country, origin, ${columns((name) => `"${name}"`)})
    SELECT ${day.day}::text::date, currency, country, origin, ${columns((name) => `"${name}"`)} FROM fresh
    ON CONFLICT (day, currency, country, origin) DO UPDATE
      SET ${columns((name) => `"${name}" = excluded."${name}"`)}
    WHERE (${columns((name) => `n."${name}"`)}) IS DISTINCT FROM (${columns((name) => `excluded."${name}"`)})`
}

/** @param isInYear whether the day is among those that "YearProduct" sums up */
export async function countProducts(
  tx: Pick<Transaction, '$executeRaw'>,
  day: Day,
  isInYear: boolean,
): Promise<void> {
  // An order that was paid twice was sold once.
  await tx.$executeRaw`
    WITH fresh AS MATERIALIZED (
      SELECT currency, "productId", sum(quantity)::int AS units, sum(amount)::bigint AS revenue
      FROM (
        SELECT DISTINCT ON (p."orderId", p."productId", p."variantId") o.currency, p."productId", p.quantity, p.amount
        FROM "Order" o JOIN "PurchaseHistory" p ON p."orderId" = o.id
        WHERE ${within(Prisma.sql`o."paidAt"`, day)} AND p."purchaseSuccess"
        ORDER BY p."orderId", p."productId", p."variantId", p.id) AS sold
      GROUP BY currency, "productId"),
    old AS MATERIALIZED (
      SELECT currency, "productId", units, revenue FROM "DayProduct" WHERE day = ${day.day}::text::date),
    change AS MATERIALIZED (
      SELECT currency, "productId", sum(units)::int AS units, sum(revenue)::bigint AS revenue
      FROM (SELECT * FROM fresh UNION ALL SELECT currency, "productId", -units, -revenue FROM old) AS both_sides
      GROUP BY currency, "productId" HAVING sum(units) <> 0 OR sum(revenue) <> 0),
    gone AS (
      DELETE FROM "DayProduct" d WHERE d.day = ${day.day}::text::date AND NOT EXISTS (
        SELECT FROM fresh f WHERE (f.currency, f."productId") = (d.currency, d."productId"))),
    year AS (
      INSERT INTO "YearProduct" AS y (currency, "productId", units, revenue)
      SELECT currency, "productId", units, revenue FROM change WHERE ${isInYear}::boolean
      ON CONFLICT (currency, "productId") DO UPDATE
        SET units = y.units + excluded.units, revenue = y.revenue + excluded.revenue),
    cumulative AS (
      INSERT INTO "CumulativeProduct" AS s (before, currency, "productId", units, revenue)
      SELECT m.before, c.currency, c."productId", c.units, c.revenue
      FROM change c JOIN "CumulativeMonth" m ON m.before > ${day.day}::text::date
      ON CONFLICT (before, currency, "productId") DO UPDATE
        SET units = s.units + excluded.units, revenue = s.revenue + excluded.revenue)
    INSERT INTO "DayProduct" AS d (day, currency, "productId", units, revenue)
    SELECT ${day.day}::text::date, currency, "productId", units, revenue FROM fresh
    ON CONFLICT (day, currency, "productId") DO UPDATE SET units = excluded.units, revenue = excluded.revenue
    WHERE (d.units, d.revenue) IS DISTINCT FROM (excluded.units, excluded.revenue)`
}
