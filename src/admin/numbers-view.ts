// The shop's numbers as their page shows them.
import { formatMoney, isCurrency, ruleOf } from '../money.js'
import type { BestSeller } from '../numbers/best-sellers.js'
import { dayCharts } from '../numbers/day-chart.js'
import { daysBefore, daysFrom } from '../numbers/days.js'
import type { Range } from '../numbers/range.js'
import {
  averageOf,
  netOf,
  NOTHING,
  type Compared,
  type Figures,
  type Numbers,
} from '../numbers/read-numbers.js'
import { ORIGINS } from './words.js'
import { countryName } from '../shipping/countries.js'
import type { Figure, NumbersPage, SharedRow } from './numbers-models.js'

type Shown = NonNullable<NumbersPage['shown']>

const longDay = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const counts = new Intl.NumberFormat('en')

export const dayText = (day: string): string => longDay.format(Date.parse(day))

function rangeText({ from, to }: { from: string; to: string }): string {
  return from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`
}

/** Countries and origins beyond these are in one row. */
const MOST_ROWS = 12

export function numbersView(
  numbers: Numbers,
  bestSellers: readonly BestSeller[],
  range: Range,
  currency: string,
): Pick<
  Shown,
  | 'days'
  | 'daysBefore'
  | 'isEmpty'
  | 'figures'
  | 'charts'
  | 'summary'
  | 'byDay'
  | 'checkouts'
  | 'bestSellers'
  | 'countries'
  | 'origins'
> {
  const money = (amount: number) => formatMoney(amount, currency)
  const { total } = numbers
  const days = daysFrom(range.from, range.to).map((day, index) => {
    const now = numbers.days.get(day) ?? NOTHING
    const earlier = numbers.days.get(daysBefore(range.before.from, -index)) ?? NOTHING
    return { day, now, before: netOf(earlier) }
  })
  const net = compare(total, netOf, money)
  return {
    days: rangeText(range),
    daysBefore: rangeText(range.before),
    isEmpty: Object.values(total.now).every((value) => value === 0),
    figures: [
      { label: 'Revenue, net of refunds', hint: 'Paid, less refunds of these days', ...net },
      { label: 'Paid', hint: 'Before refunds', ...compare(total, ({ revenue }) => revenue, money) },
      {
        label: 'Refunded',
        hint: counted(total.now.refunds, 'refund'),
        ...compare(total, ({ refunded }) => refunded, money),
      },
      { label: 'Orders', hint: 'Paid in these days', ...compare(total, ({ orders }) => orders, count) },
      { label: 'Average order', hint: 'Before refunds', ...compareAverage(total, money) },
      {
        label: 'Lost in disputes',
        hint: `${counted(total.now.disputesLost, 'dispute')}, not taken off the revenue`,
        ...compare(total, ({ lost }) => lost, money),
      },
    ],
    charts:
      days.length === 1
        ? []
        : dayCharts(
            days.map(({ day, now, before }) => ({
              label: shortDay.format(Date.parse(day)),
              value: netOf(now),
              before,
              title: `${dayText(day)}: ${money(netOf(now))}, ${counted(now.orders, 'order')}`,
            })),
            (amount) => shortMoney(amount, currency),
          ),
    summary: `${net.now} from ${rangeText(range)}, after ${net.before} from ${rangeText(range.before)}.`,
    byDay: [...days].reverse().map(({ day, now, before }) => ({
      day: dayText(day),
      orders: now.orders,
      revenue: money(now.revenue),
      refunded: money(now.refunded),
      net: money(netOf(now)),
      before: money(before),
    })),
    checkouts: checkoutsView(total),
    bestSellers: bestSellers.map(({ productId, name, units, unitsBefore, revenue }) => ({
      name,
      href: `/admin/products/${productId}`,
      units: { now: count(units), before: count(unitsBefore), change: change(units, unitsBefore) },
      revenue: money(revenue),
      bar: hundredths(units, bestSellers[0]?.units ?? 0),
    })),
    countries: shares(
      numbers.countries,
      ({ country }) => (country === '' ? 'Not known' : countryName(country)),
      money,
    ),
    origins: shares(numbers.origins, ({ origin }) => ORIGINS[origin] ?? origin, money),
  }
}

const count = (value: number) => counts.format(value)

const counted = (value: number, what: string) => `${count(value)} ${what}${value === 1 ? '' : 's'}`

function compare(
  both: Compared,
  valueOf: (figures: Figures) => number,
  format: (value: number) => string,
): Figure {
  const [now, before] = [valueOf(both.now), valueOf(both.before)]
  return { now: format(now), before: format(before), change: change(now, before) }
}

function compareAverage(both: Compared, money: (amount: number) => string): Figure {
  const [now, before] = [averageOf(both.now), averageOf(both.before)]
  return {
    now: now === null ? '–' : money(now),
    before: before === null ? '–' : money(before),
    change: now === null || before === null ? null : change(now, before),
  }
}

/** "+12%". Null where a share of nothing, or of less than nothing, would mean nothing. */
function change(now: number, before: number): string | null {
  if (before <= 0) return null
  const percent = Math.round(((now - before) / before) * 100)
  return `${percent > 0 ? '+' : percent < 0 ? '−' : '±'}${count(Math.abs(percent))}%`
}

function hundredths(value: number, of: number): number {
  return of <= 0 ? 0 : Math.max(0, Math.round((value / of) * 100))
}

function checkoutsView(total: Compared): Shown['checkouts'] {
  const open = (figures: Figures) =>
    figures.placed - figures.placedPaid - figures.placedExpired - figures.placedFailed
  const parts: readonly [string, string, (figures: Figures) => number][] = [
    ['Paid', 'good', ({ placedPaid }) => placedPaid],
    ['Expired or canceled', 'soft', ({ placedExpired }) => placedExpired],
    ['Failed', 'wrong', ({ placedFailed }) => placedFailed],
    ['Still open', 'warn', open],
  ]
  let x = 0
  return {
    opened: compare(total, ({ placed }) => placed, count),
    rows: parts.map(([name, kind, valueOf]) => {
      const share = total.now.placed === 0 ? 0 : (valueOf(total.now) / total.now.placed) * 100
      const width = Math.round(share * 10) / 10
      const row = { name, kind, x: Math.round(x * 10) / 10, width, share: `${Math.round(share)}%` }
      x += share
      return { ...row, ...compare(total, valueOf, count) }
    }),
  }
}

function shares<Row extends Compared>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  money: (amount: number) => string,
): SharedRow[] {
  const most = Math.max(0, ...rows.map(({ now }) => netOf(now)))
  const others = rows.slice(MOST_ROWS)
  const row = (name: string, both: Compared): SharedRow => ({
    name,
    bar: Math.min(100, hundredths(netOf(both.now), most)),
    orders: compare(both, ({ orders }) => orders, count),
    net: compare(both, netOf, money),
  })
  return [
    ...rows.slice(0, MOST_ROWS).map((one) => row(nameOf(one), one)),
    ...(others.length === 0 ? [] : [row(`${others.length} others`, sumOf(others))]),
  ]
}

function sumOf(rows: readonly Compared[]): Compared {
  const names = Object.keys(NOTHING) as (keyof Figures)[]
  const sum = (side: keyof Compared) =>
    Object.fromEntries(
      names.map((name) => [name, rows.reduce((all, row) => all + row[side][name], 0)]),
    ) as unknown as Figures
  return { now: sum('now'), before: sum('before') }
}

/** "$1.2K", for axes. */
function shortMoney(amount: number, currency: string): string {
  if (!isCurrency(currency)) return formatMoney(amount, currency)
  const format = new Intl.NumberFormat('en', {
    ...{ style: 'currency', currency: currency.toUpperCase(), notation: 'compact', maximumFractionDigits: 1 },
    ...{ minimumFractionDigits: 0, currencyDisplay: 'narrowSymbol' },
  } as const)
  return format.format(amount / 10 ** ruleOf(currency).decimals)
}
