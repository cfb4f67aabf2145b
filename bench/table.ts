// Prints the results: absolute numbers first, ratios last.
import { median } from './statistics.js'

export interface Row {
  what: string
  unit: '/s' | 'ms' | 's' | 'MB' | '% of a core' | 'bytes'
  /** One value per round. */
  shop: number[]
  /** Of the release that this tree is compared with, if there is one and the row can be compared. */
  other?: number[] | undefined
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

const WHAT_WIDTH = 46
const VALUE_WIDTH = 32

/** @param against what the release is called that this tree is compared with */
export function printSection(
  { title, subject = 'shop', rows, notes }: Section,
  against: string | null,
): void {
  const line = (what: string, shop: string, other: string, floor: string) =>
    columns(against === null ? [what, shop, floor] : [what, shop, other, floor])
  const cell = (values: number[] | undefined, unit: string) => (values ? range(values, unit) : '')
  const lines = [
    '',
    line(title, subject, against ?? '', 'floor'),
    '-'.repeat(WHAT_WIDTH + VALUE_WIDTH * (against === null ? 2 : 3)),
    ...rows.map(({ what, unit, shop, other, floor }) =>
      line(what, cell(shop, unit), cell(other, unit), cell(floor, unit)),
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

/** Prints this tree ÷ the other release for each round and row, and which rows can't be compared. */
export function printComparison(sections: readonly Section[], against: string): void {
  const rowsOf = (compared: boolean) =>
    sections.flatMap(({ title, rows }) =>
      rows
        .filter(({ other }) => (other !== undefined) === compared)
        .map((row) => ({ ...row, what: `${title}: ${row.what}` })),
    )
  const lines = rowsOf(true).map(({ what, shop, other = [] }) => ratioLine(what, shop, other))
  const left = rowsOf(false).map(({ what }) => `  ${what}`)
  process.stdout.write(
    `\nshop ÷ ${against}, median of the rounds (lowest – highest)\n${lines.join('\n')}\n` +
      (left.length > 0 ? `\nnot compared with ${against}\n${left.join('\n')}\n` : ''),
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

function columns(cells: string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(index === 0 ? WHAT_WIDTH : VALUE_WIDTH))
    .join('')
    .trimEnd()
}
