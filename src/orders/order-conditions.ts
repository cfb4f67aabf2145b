// The filters of the list of orders as conditions of SQL, with the indexes that find the orders they match.
import { Prisma } from '../generated/prisma/client.js'
import type { OrderFilters } from './order-filters.js'
import { hasStatus, isInState } from './order-label-sql.js'
import type { OrderState } from './order-label.js'
import { meaningsOf, type Meaning } from './order-search-text.js'

export interface Condition {
  /** Whether an order `o` matches. */
  matches: Prisma.Sql
  /** One of these finds each order that matches. Empty: no index finds the orders. */
  meanings: readonly Meaning[]
  /** Whether they also find orders that don't match. */
  findsMore?: true
  /** Where the matching orders stand side by side in the list, if they do. */
  range?:
    | { key: 'time'; within: (id: Prisma.Sql) => Prisma.Sql }
    | {
        key: 'total'
        /** Of a row `s` of "OrderSearch". */
        within: Prisma.Sql
      }
}

export function conditionsOf(filters: OrderFilters, timeZone: string): Condition[] {
  const { q, status, label, fulfilment, from, to, currency, min, max, country, origin, attention } = filters
  return [
    ...(q === '' ? [] : [anyOf(meaningsOf(q))]),
    ...(attention ? [needsAttention()] : []),
    ...(fulfilment === null ? [] : [hasFulfilment(fulfilment)]),
    ...(label === null ? [] : [hasLabel(label)]),
    ...(status === null ? [] : [status === 'paid' ? slow(hasStatus(status)) : quick(hasStatus(status))]),
    ...(origin === null ? [] : [hasOrigin(origin)]),
    ...(country === null ? [] : [goesTo(country)]),
    ...(currency === null ? [] : [costs(currency, min, max)]),
    ...(from === null && to === null ? [] : [wasPlaced(from, to, timeZone)]),
  ]
}

function slow(matches: Prisma.Sql): Condition {
  return { matches, meanings: [] }
}

/** An index of the orders' table finds what matches. */
function quick(matches: Prisma.Sql): Condition {
  return { matches, meanings: [{ matches, find: Prisma.sql`SELECT o.id FROM "Order" o WHERE ${matches}` }] }
}

function anyOf(meanings: readonly Meaning[]): Condition {
  const matches = Prisma.join(
    meanings.map((meaning) => Prisma.sql`(${meaning.matches})`),
    ' OR ',
  )
  return { matches: Prisma.sql`(${matches})`, meanings }
}

function needsAttention(): Condition {
  const incidents = Prisma.sql`SELECT i."orderId" FROM "Incident" i WHERE i."resolvedAt" IS NULL AND i."orderId" IS NOT NULL`
  return anyOf([
    ...quick(Prisma.sql`o."attentionAt" IS NOT NULL`).meanings,
    { find: incidents, matches: Prisma.sql`o.id IN (${incidents})` },
  ])
}

/** The condition of the index "Order_toShip_idx". */
export const IS_TO_SHIP = Prisma.sql`o."deliveryCountry" IS NOT NULL AND o.status IN ('paid', 'partially_refunded') AND o.fulfilment IN ('none', 'partly_shipped')`

function hasFulfilment(fulfilment: NonNullable<OrderFilters['fulfilment']>): Condition {
  switch (fulfilment) {
    case 'to_ship':
      return quick(IS_TO_SHIP)
    case 'unshipped':
      return quick(Prisma.sql`${IS_TO_SHIP} AND o.fulfilment = 'none'`)
    case 'partly_shipped':
    case 'shipped':
    case 'delivered':
      return slow(Prisma.sql`o.fulfilment = ${fulfilment}`)
  }
}

function hasLabel(label: OrderState): Condition {
  const matches = isInState(label)
  const find = findsLabel(label)
  return find ? { matches, meanings: [{ matches, find }], findsMore: true } : slow(matches)
}

/** What finds the orders that can have a label, if an index does. */
function findsLabel(label: OrderState): Prisma.Sql | null {
  const orders = (condition: Prisma.Sql) => Prisma.sql`SELECT o.id FROM "Order" o WHERE ${condition}`
  switch (label) {
    case 'return_requested':
    case 'return_accepted':
    case 'return_received': {
      const status = label.slice('return_'.length)
      return orders(Prisma.sql`o.id IN (SELECT r."orderId" FROM "Return" r WHERE r.status = ${status})`)
    }
    case 'preparing':
    case 'partly_shipped':
      return orders(IS_TO_SHIP)
    case 'confirming':
      return orders(Prisma.sql`o.status IN ('pending', 'failed', 'expired')`)
    case 'canceled':
      return orders(Prisma.sql`o."canceledAt" IS NOT NULL`)
    case 'paid':
    case 'shipped':
    case 'delivered':
      return null
    default:
      return orders(hasStatus(label))
  }
}

function hasOrigin(origin: string): Condition {
  return origin === 'shop'
    ? slow(Prisma.sql`o.origin = 'shop'`)
    : quick(Prisma.sql`o.origin <> 'shop' AND o.origin = ${origin}`)
}

function goesTo(country: string): Condition {
  const matches = Prisma.sql`o."deliveryCountry" = ${country}`
  const find = Prisma.sql`SELECT s."orderId" FROM "OrderSearch" s WHERE s.country = ${country}`
  return { matches, meanings: [{ matches, find }] }
}

/** With bigints: more can be typed than an order comes to. */
function costs(currency: string, min: number | null, max: number | null): Condition {
  const of = (table: Prisma.Sql) =>
    Prisma.join(
      [
        Prisma.sql`${table}.currency = ${currency}`,
        ...(min === null ? [] : [Prisma.sql`${table}.total >= ${min}::bigint`]),
        ...(max === null ? [] : [Prisma.sql`${table}.total <= ${max}::bigint`]),
      ],
      ' AND ',
    )
  const matches = of(Prisma.sql`o`)
  const within = of(Prisma.sql`s`)
  const find = Prisma.sql`SELECT s."orderId" FROM "OrderSearch" s WHERE ${within}`
  return { matches, meanings: [{ matches, find }], range: { key: 'total', within } }
}

/** Ids and times of orders follow each other, except for orders that were placed at the same moment: these many ids apart. */
const APART = 1000

function wasPlaced(from: string | null, to: string | null, timeZone: string): Condition {
  const begin = from === null ? null : startOfDay(from, timeZone)
  const end = to === null ? null : startOfDay(to, timeZone, 1)
  const matches = Prisma.join(
    [
      ...(begin ? [Prisma.sql`o."createdAt" >= ${begin}`] : []),
      ...(end ? [Prisma.sql`o."createdAt" < ${end}`] : []),
    ],
    ' AND ',
  )
  const within = (id: Prisma.Sql) =>
    Prisma.join(
      [
        ...(begin ? [Prisma.sql`${id} >= (${firstPlaced(begin)}) - ${APART}`] : []),
        ...(end ? [Prisma.sql`${id} < (${firstPlaced(end)}) + ${APART}`] : []),
      ],
      ' AND ',
    )
  return { ...quick(matches), range: { key: 'time', within } }
}

/** The id of the first order that was placed at this time or later, by halving the range of ids: an index has them, not the times. */
function firstPlaced(time: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    WITH RECURSIVE halves (low, high) AS (
      SELECT coalesce(min(id), 0), coalesce(max(id), 0) + 1 FROM "Order"
      UNION ALL
      SELECT CASE WHEN is_before THEN middle + 1 ELSE low END, CASE WHEN is_before THEN high ELSE middle END
      FROM (SELECT low, high, low + (high - low) / 2 AS middle FROM halves WHERE low < high) m,
        LATERAL (SELECT coalesce((SELECT f."createdAt" FROM "Order" f WHERE f.id >= middle ORDER BY f.id LIMIT 1) < ${time}, false)
          AS is_before) b)
    SELECT low FROM halves WHERE low >= high`
}

/** When a day begins in the shop's time zone. @param later that many days later */
export function startOfDay(day: string, timeZone: string, later = 0): Prisma.Sql {
  return Prisma.sql`((${day}::text::date + ${later}::int)::timestamp AT TIME ZONE ${timeZone}::text)`
}
