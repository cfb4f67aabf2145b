// Lists that are paged by key: an address names the last row of the page before, so that page 5,000 costs what page 1 does.
import { z } from 'zod'

/** How many rows a page shows. */
export const PAGE_SIZE = 50

/** The values of a row that the list is sorted by, ending with its id. */
export type Cursor = readonly (string | number | null)[]

/** PostgreSQL stores no null characters, and refuses to compare with one. */
const text = z
  .string()
  .max(500)
  .refine((value) => !value.includes('\0'))
const cursorValues = z.array(z.union([text, z.int(), z.null()])).max(4)
const rowId = z.int32().positive().nullable().catch(null)

/** Reads the cursor of an address. Invalid ones mean the first page. */
export function readCursor(query: Record<string, unknown>): Cursor | null {
  const { after } = query
  if (typeof after !== 'string') return null
  try {
    return cursorValues.parse(JSON.parse(Buffer.from(after, 'base64url').toString()))
  } catch {
    return null
  }
}

/** The cursor of a list that is sorted by the ids of its rows alone. */
export function readIdCursor(query: Record<string, unknown>): number | null {
  return rowIdIn(readCursor(query)?.[0])
}

/** A value of a cursor, if it can be the id of a row. */
export function rowIdIn(value: Cursor[number] | undefined): number | null {
  return rowId.parse(value ?? null)
}

export interface KeyList<Row> {
  rows: Row[]
  /** Null on the first page. */
  firstHref: string | null
  /** Null on the last page. */
  nextHref: string | null
}

/** How many rows to read for a page: one more than it shows tells whether there is another. */
export const ROWS_TO_READ = PAGE_SIZE + 1

/**
 * A page of a list with its links.
 * @param rows at most ROWS_TO_READ
 * @param path the list's, such as "/admin/orders"
 * @param query the address's. Filters stay, with the cursor replaced
 */
export function keyList<Row>(
  rows: readonly Row[],
  path: string,
  query: Record<string, unknown>,
  cursorOf: (row: Row) => Cursor,
): KeyList<Row> {
  const shown = rows.slice(0, PAGE_SIZE)
  const last = shown.at(-1)
  const hasMore = rows.length > PAGE_SIZE && last !== undefined
  return { rows: shown, ...keyListLinks(path, query, hasMore ? cursorOf(last) : null) }
}

/** The links of a page of a list. @param next where the next page begins. Null: there is none */
export function keyListLinks(
  path: string,
  query: Record<string, unknown>,
  next: Cursor | null,
): Pick<KeyList<never>, 'firstHref' | 'nextHref'> {
  const after = Buffer.from(JSON.stringify(next)).toString('base64url')
  return {
    firstHref: readCursor(query) === null ? null : listHref(path, query),
    nextHref: next === null ? null : listHref(path, { ...query, after }, true),
  }
}

/** The address of a list with its filters, on its first page. */
export function listHref(path: string, query: Record<string, unknown>, withCursor = false): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === 'string' && value !== '' && (withCursor || name !== 'after'))
      parameters.set(name, value)
  }
  return parameters.size > 0 ? `${path}?${parameters.toString()}` : path
}
