// Finds the orders of the operator's list, a page at a time, at a cost that does not grow with the table.
//
// What matches many orders mostly fills a page from the first orders of the list, and FIRST says how many are tried. Filters
// that match few orders are read by their index and then sorted. Otherwise the list is walked in its own order, in windows of
// WINDOW orders, at most WINDOWS of them for a page: what lies further is another page.
import type { RawReader } from '../database/direct.js'
import { Prisma } from '../generated/prisma/client.js'
import { conditionsOf, type Condition } from './order-conditions.js'
import type { OrderFilters } from './order-filters.js'
import type { Meaning } from './order-search-text.js'

/** The place of an order in the list: its id, after its total if the list is sorted by it. */
export type OrderPlace = readonly number[]

export interface OrderSearch {
  filters: OrderFilters
  /** The shop's. */
  timeZone: string
  /** The place after which to begin. Null: at the beginning. */
  after: OrderPlace | null
  limit: number
}

export interface FoundOrders {
  /** In the list's order. */
  ids: number[]
  /** Where the next page begins. Null: there is none. */
  next: OrderPlace | null
  /** Set if the page ended before it was full, because enough was searched: up to here. */
  searchedTo: OrderPlace | null
}

/** Up to this many matches of a filter are read and sorted. */
const FEW = 5000
/** How many orders of the list are tried first for what is common. */
const FIRST = 40_000
const WINDOW = 20_000
const WINDOWS = 3

interface Found {
  id: number
  place: number[]
}

/** @param reader for raw statements without a transaction */
export async function searchOrders(reader: RawReader, search: OrderSearch): Promise<FoundOrders> {
  const { filters, timeZone, limit } = search
  const conditions = conditionsOf(filters, timeZone)
  const order = ORDERS[filters.sort]
  if (conditions.some(({ meanings }) => meanings.some(({ isCommon }) => isCommon))) {
    const { places } = await readWindow(reader, search, order, conditions, {
      begin: search.after,
      size: FIRST,
    })
    if (places.length > limit) return pageOf(places, limit)
  }
  const few = await fewest(reader, conditions)
  if (few !== null) {
    const found = await readPage(reader, order, limit + 1, [
      ...(search.after === null ? [] : [order.after(search.after, order.id)]),
      Prisma.sql`o.id = ANY (ARRAY(${allOf(few)}))`,
      ...conditions
        .filter((condition) => condition !== few || condition.findsMore)
        .map(({ matches }) => matches),
    ])
    return pageOf(found, limit)
  }
  return walk(reader, search, order, conditions)
}

async function walk(
  reader: RawReader,
  search: OrderSearch,
  order: ListOrder,
  conditions: readonly Condition[],
): Promise<FoundOrders> {
  const { after, limit } = search
  const matching = conditions.map(({ matches }) => matches)
  if (conditions.every(({ range }) => range?.key === order.key)) {
    const within = partsOf(order, conditions, { after, end: null })
    return pageOf(await readPage(reader, order, limit + 1, [...within(order.id), ...matching]), limit)
  }
  const found: Found[] = []
  let begin = after
  for (let window = 0; window < WINDOWS; window++) {
    const { places, end } = await readWindow(reader, search, order, conditions, { begin, size: WINDOW })
    found.push(...places)
    if (found.length > limit || end === null) return pageOf(found, limit)
    begin = end
  }
  return { ids: found.map(({ id }) => id), next: begin, searchedTo: begin }
}

/** The first matching orders, up to one more than a page shows, among the next orders of the list. */
async function readWindow(
  reader: RawReader,
  { limit }: OrderSearch,
  order: ListOrder,
  conditions: readonly Condition[],
  { begin, size }: { begin: OrderPlace | null; size: number },
): Promise<{ places: Found[]; end: OrderPlace | null }> {
  const end = await endOfWindow(reader, order, partsOf(order, conditions, { after: begin, end: null }), size)
  const within = partsOf(order, conditions, { after: begin, end })
  const places = await readPage(reader, order, limit + 1, [
    ...within(order.id),
    ...conditions.map((condition) => inside(condition, order, within)),
  ])
  return { places, end }
}

/** The conditions of a part of the list, on this column of the orders' ids. */
type Part = (id: Prisma.Sql) => Prisma.Sql[]

function partsOf(
  order: ListOrder,
  conditions: readonly Condition[],
  { after, end }: { after: OrderPlace | null; end: OrderPlace | null },
): Part {
  return (id) => [
    ...conditions.flatMap(({ range }) =>
      range?.key !== order.key ? [] : [range.key === 'time' ? range.within(id) : range.within],
    ),
    ...(after === null ? [] : [order.after(after, id)]),
    ...(end === null ? [] : [order.upTo(end, id)]),
  ]
}

function pageOf(found: readonly Found[], limit: number): FoundOrders {
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const next = found.length > limit && last ? last.place : null
  return { ids: shown.map(({ id }) => id), next, searchedTo: null }
}

/** The condition that fewest orders match, if an index tells that they are few. */
async function fewest(reader: RawReader, conditions: readonly Condition[]): Promise<Condition | null> {
  const indexed = conditions.filter(({ meanings }) => meanings.length > 0)
  if (indexed.length === 0) return null
  const counts = indexed.map(({ meanings }) => Prisma.join(meanings.map(countOf), ' + '))
  const [row] = await reader.$queryRaw<{ counts: number[] }[]>`SELECT ARRAY[${Prisma.join(counts)}] AS counts`
  const smallest = Math.min(...(row?.counts ?? []))
  return smallest > FEW ? null : (indexed[row?.counts.indexOf(smallest) ?? 0] ?? null)
}

/** How many orders a meaning finds, at most FEW + 1. */
function countOf({ find, isMisjudged }: Meaning): Prisma.Sql {
  // Materialized, the planner does not know of the limit. Rows are still read one by one.
  const rows = isMisjudged
    ? Prisma.sql`WITH f AS MATERIALIZED (${find}) SELECT FROM f`
    : Prisma.sql`SELECT FROM (${find}) AS f`
  return Prisma.sql`(SELECT count(*)::int FROM (${rows} LIMIT ${FEW + 1}) AS c)`
}

function allOf({ meanings }: Condition): Prisma.Sql {
  return Prisma.join(
    meanings.map(({ find }) => find),
    ' UNION ',
  )
}

/** A condition on the orders of a window. Each meaning of a text is looked up by itself. */
function inside({ matches, meanings }: Condition, order: ListOrder, within: Part): Prisma.Sql {
  if (meanings.every(({ among }) => among === undefined)) return matches
  const found = meanings.map((meaning) =>
    meaning.among !== undefined && order.key === 'time'
      ? meaning.among(within)
      : Prisma.sql`SELECT o.id FROM ${order.from} WHERE ${allAre([...within(order.id), meaning.matches])}`,
  )
  return Prisma.sql`o.id = ANY (ARRAY(${Prisma.join(found, ' UNION ')}))`
}

async function readPage(
  reader: RawReader,
  order: ListOrder,
  limit: number,
  conditions: readonly Prisma.Sql[],
): Promise<Found[]> {
  return reader.$queryRaw<Found[]>`
    SELECT o.id, ${order.place} AS place FROM ${order.from} WHERE ${allAre(conditions)}
    ORDER BY ${order.by} LIMIT ${limit}`
}

/** The place of the last order of a window. Null: fewer are left. */
async function endOfWindow(
  reader: RawReader,
  order: ListOrder,
  part: Part,
  size: number,
): Promise<OrderPlace | null> {
  const [end] = await reader.$queryRaw<Pick<Found, 'place'>[]>`
    SELECT ${order.place} AS place FROM ${order.base} WHERE ${allAre(part(order.id))}
    ORDER BY ${order.by} OFFSET ${size - 1} LIMIT 1`
  return end?.place ?? null
}

function allAre(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], ' AND ')
}

interface ListOrder {
  key: 'time' | 'total'
  from: Prisma.Sql
  /** The table that has the order alone. */
  base: Prisma.Sql
  /** The column of its ids. */
  id: Prisma.Sql
  by: Prisma.Sql
  place: Prisma.Sql
  after: (place: OrderPlace, id: Prisma.Sql) => Prisma.Sql
  upTo: (place: OrderPlace, id: Prisma.Sql) => Prisma.Sql
}

const ORDER = Prisma.sql`"Order" o`
const BY_ID = {
  ...{ key: 'time' as const, from: ORDER, base: ORDER, id: Prisma.sql`o.id`, place: Prisma.sql`ARRAY[o.id]` },
}
const totalAndId = ([total, id]: OrderPlace) => Prisma.sql`(${total ?? 0}::int, ${id ?? 0}::int)`

const ORDERS: Record<OrderFilters['sort'], ListOrder> = {
  newest: {
    ...BY_ID,
    by: Prisma.sql`o.id DESC`,
    after: ([place = 0], id) => Prisma.sql`${id} < ${place}`,
    upTo: ([place = 0], id) => Prisma.sql`${id} >= ${place}`,
  },
  oldest: {
    ...BY_ID,
    by: Prisma.sql`o.id`,
    after: ([place = 0], id) => Prisma.sql`${id} > ${place}`,
    upTo: ([place = 0], id) => Prisma.sql`${id} <= ${place}`,
  },
  // Within a currency, which is always given.
  total: {
    key: 'total',
    from: Prisma.sql`"OrderSearch" s JOIN "Order" o ON o.id = s."orderId"`,
    base: Prisma.sql`"OrderSearch" s`,
    id: Prisma.sql`s."orderId"`,
    by: Prisma.sql`s.total DESC, s."orderId" DESC`,
    place: Prisma.sql`ARRAY[s.total, s."orderId"]`,
    after: (place) => Prisma.sql`(s.total, s."orderId") < ${totalAndId(place)}`,
    upTo: (place) => Prisma.sql`(s.total, s."orderId") >= ${totalAndId(place)}`,
  },
}
