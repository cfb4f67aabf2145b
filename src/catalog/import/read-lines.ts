// Reads the lines of a CSV file of products.
import { CsvError, parse } from 'csv-parse/sync'
import { isColumn, type Column } from './columns.js'

export interface ImportLine {
  /** Of the file, from 1. */
  line: number
  /** Cells that are not empty. */
  cells: Partial<Record<Column, string>>
}

export const MOST_IMPORT_BYTES = 5 * 1024 * 1024
const MOST_LINES = 5000

/** @returns the lines, or a sentence that says why the file can't be read */
export function readLines(content: Buffer): ImportLine[] | string {
  const text = decode(content)
  if (text === null) return 'The file isn’t text in UTF-8. Save it as “CSV UTF-8”.'
  try {
    const [head, ...rows] = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 200_000,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    const names = (head?.record ?? []).map((name) => name.trim().toLowerCase())
    const unknown = names.find((name) => name !== '' && !isColumn(name))
    if (unknown !== undefined)
      return `There is no column “${unknown}”. Download the products to see the columns there are.`
    const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index)
    if (twice !== undefined) return `The column “${twice}” is there twice.`
    if (!names.includes('sku')) return 'The file needs a column “sku”, which tells the variants apart.'
    if (rows.length === 0) return 'The file has no lines below the names of its columns.'
    if (rows.length > MOST_LINES)
      return `The file has ${rows.length} lines. Import up to ${MOST_LINES} at a time.`
    return rows.map(({ record, info }) => ({ line: info.lines, cells: cellsOf(names, record) }))
  } catch (error) {
    if (error instanceof CsvError) return `The file isn’t valid CSV. ${error.message}.`
    throw error
  }
}

function decode(content: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

/** Spreadsheets in some languages write semicolons. */
function delimiterOf(text: string): string {
  const [head = ''] = text.split('\n')
  return head.includes(';') && !head.includes(',')
    ? ';'
    : head.includes('\t') && !head.includes(',')
      ? '\t'
      : ','
}

function cellsOf(names: readonly string[], record: readonly string[]): ImportLine['cells'] {
  const cells: ImportLine['cells'] = {}
  for (const [index, name] of names.entries()) {
    // An export puts an apostrophe before what a spreadsheet would take for a formula.
    const text = (record[index] ?? '')
      .replaceAll('\r\n', '\n')
      .trim()
      .replace(/^'(?=[=+\-@])/, '')
    if (isColumn(name) && text !== '') cells[name] = text
  }
  return cells
}
