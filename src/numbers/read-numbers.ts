// Reads the shop's numbers of a range and of the one before, in one currency: sums across currencies would mean nothing.
import type { RawReader } from '../database/direct.js'
import { Prisma } from '../generated/prisma/client.js'
import type { Range } from './range.js'

/** Money in minor units. */
export interface Figures {
  /** Orders that were placed in these days, and what became of them until now. The rest is still open. */
  placed: number
  placedPaid: number
  placedExpired: number
  placedFailed: number
  /** Orders that were paid in these days. */
  orders: number
  revenue: number
  /** Refunds that succeeded in these days. */
  refunds: number
  refunded: number
  disputesLost: number
  lost: number
}

/** The figures of both ranges. */
export interface Compared {
  now: Figures
  before: Figures
}

export interface Numbers {
  total: Compared
  /** By day: "2026-12-01". Days without any are missing. */
  days: ReadonlyMap<string, Figures>
  /** The largest revenue first. An empty country: not known. */
  countries: (Compared & { country: string })[]
  origins: (Compared & { origin: string })[]
}

const NAMES = [
  ...['placed', 'placedPaid', 'placedExpired', 'placedFailed', 'orders', 'revenue', 'refunds', 'refunded'],
  ...['disputesLost', 'lost'],
] as (keyof Figures)[]

export const NOTHING: Figures = {
  ...{ placed: 0, placedPaid: 0, placedExpired: 0, placedFailed: 0, orders: 0, revenue: 0 },
  ...{ refunds: 0, refunded: 0, disputesLost: 0, lost: 0 },
}

const SUMS = Prisma.raw(NAMES.map((name) => `sum("${name}")::text AS "${name}"`).join(', '))

type Row = Record<keyof Figures, string> & {
  isNow: boolean
  day: string | null
  country: string | null
  origin: string | null
}

export async function readNumbers(reader: RawReader, range: Range, currency: string): Promise<Numbers> {
  const rows = await reader.$queryRaw<Row[]>`
    SELECT day >= ${range.from}::text::date AS "isNow", day::text AS day, country, origin, ${SUMS}
    FROM "DayNumbers" WHERE day BETWEEN ${range.before.from}::text::date AND ${range.to}::text::date
      AND currency = ${currency}
    GROUP BY GROUPING SETS ((1, "DayNumbers".day), (1, country), (1, origin), (1))`
  const ofDays = rows.filter(({ day }) => day !== null)
  const ofCountries = rows.filter(({ country }) => country !== null)
  const ofOrigins = rows.filter(({ origin }) => origin !== null)
  const inAll = rows.filter(({ day, country, origin }) => day === null && country === null && origin === null)
  return {
    total: compared(inAll),
    days: new Map(ofDays.map((row) => [row.day ?? '', figures(row)])),
    countries: grouped(ofCountries, ({ country }) => country ?? '').map(([country, both]) => ({
      country,
      ...both,
    })),
    origins: grouped(ofOrigins, ({ origin }) => origin ?? '').map(([origin, both]) => ({ origin, ...both })),
  }
}

/** What is left of the revenue after refunds. */
export function netOf({ revenue, refunded }: Pick<Figures, 'revenue' | 'refunded'>): number {
  return revenue - refunded
}

/** What an order came to on average, before refunds. Null: there was none. */
export function averageOf({ revenue, orders }: Pick<Figures, 'revenue' | 'orders'>): number | null {
  return orders === 0 ? null : Math.round(revenue / orders)
}

/** The currencies that have numbers in either range, those with the most orders first. */
export async function readCurrencies(reader: RawReader, range: Range): Promise<string[]> {
  const rows = await reader.$queryRaw<{ currency: string }[]>`
    SELECT currency FROM "DayNumbers"
    WHERE day BETWEEN ${range.before.from}::text::date AND ${range.to}::text::date
    GROUP BY currency ORDER BY sum(orders) DESC, currency`
  return rows.map(({ currency }) => currency)
}

export interface NumbersState {
  /** Everything up to this time is in the numbers. Null: nothing is yet. */
  countedTo: Date | null
  /** The first day that is there. Null: all that there can be. */
  countedFrom: string | null
}

/** @param timeZone the shop's. In another one than the numbers were added up in, there are none */
export async function readState(reader: RawReader, timeZone: string): Promise<NumbersState> {
  const [row] = await reader.$queryRaw<
    { timeZone: string; countedTo: Date | null; builtFrom: string | null; isComplete: boolean }[]
  >`
    SELECT "timeZone", "countedTo", "builtFrom"::text, coalesce("builtFrom" <= "firstDay", false) AS "isComplete"
    FROM "NumbersProgress" WHERE id = 1`
  if (row?.timeZone !== timeZone || row.builtFrom === null) return { countedTo: null, countedFrom: null }
  return { countedTo: row.countedTo, countedFrom: row.isComplete ? null : row.builtFrom }
}

function figures(row: Row): Figures {
  return Object.fromEntries(NAMES.map((name) => [name, Number(row[name])])) as unknown as Figures
}

function compared(rows: readonly Row[]): Compared {
  const one = (isNow: boolean) => {
    const row = rows.find((candidate) => candidate.isNow === isNow)
    return row ? figures(row) : NOTHING
  }
  return { now: one(true), before: one(false) }
}

function grouped(rows: readonly Row[], keyOf: (row: Row) => string): [string, Compared][] {
  return [...new Set(rows.map(keyOf))]
    .map((key): [string, Compared] => [key, compared(rows.filter((row) => keyOf(row) === key))])
    .sort(
      ([, one], [, other]) =>
        netOf(other.now) - netOf(one.now) ||
        other.now.placed - one.now.placed ||
        netOf(other.before) - netOf(one.before),
    )
}
