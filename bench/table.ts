// Prints the results: absolute numbers first, ratios last.
import { median } from './statistics.js'

export interface Row {
  what: string
  unit: '/s' | 'ms' | 's' | 'MB' | '% of a core' | 'bytes'
  /** One value per round. */
  shop: number[]
  floor?: number[]
  /** Whether the ratio to the floor is printed at the end. */
  compared?: boolean
}

export interface Section {
  title: string
  /** Heading of the measured column, by default "shop". */
  subject?: string
  rows: Row[]
  notes: string[]
}

const WIDTHS = [46, 32, 32] as const

export function printSection({ title, subject = 'shop', rows, notes }: Section): void {
  const lines = [
    '',
    columns([title, subject, 'floor']),
    '-'.repeat(WIDTHS[0] + WIDTHS[1] + WIDTHS[2]),
    ...rows.map((row) =>
      columns([row.what, range(row.shop, row.unit), row.floor ? range(row.floor, row.unit) : '']),
    ),
    ...notes.map((note) => `  ${note}`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Prints shop ÷ floor, computed per round, because a disturbance affects both in the same round. */
export function printRatios(sections: readonly Section[]): void {
  const lines = sections.flatMap(({ title, rows }) =>
    rows.flatMap((row) =>
      row.compared && row.floor ? [ratioLine(`${title}: ${row.what}`, row.shop, row.floor)] : [],
    ),
  )
  if (lines.length > 0)
    process.stdout.write(
      `\nshop or sandbox ÷ floor, median of the rounds (lowest – highest)\n${lines.join('\n')}\n`,
    )
}

function ratioLine(what: string, shop: readonly number[], floor: readonly number[]): string {
  return `  ${what.padEnd(76)}${range(
    shop.map((value, round) => value / (floor[round] ?? NaN)),
    '',
  )}`
}

function range(values: readonly number[], unit: string): string {
  const middle = median(values)
  if (Number.isNaN(middle)) return '–'
  const spread =
    values.length > 1 ? ` (${rounded(Math.min(...values))} – ${rounded(Math.max(...values))})` : ''
  return `${rounded(middle)}${unit === '/s' || unit === '' ? unit : ` ${unit}`}${spread}`
}

function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function columns(cells: [string, string, string]): string {
  return cells
    .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0))
    .join('')
    .trimEnd()
}
