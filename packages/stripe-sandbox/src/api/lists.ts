// Pages of lists, and the filters they share.
import type { Collection } from '../state/collection.js'
import type { List } from '../wire.js'
import { invalidRequest, noSuch } from './errors.js'
import type { Call } from './operation.js'

export interface Page {
  limit?: number
  starting_after?: string
  ending_before?: string
}

const DEFAULT_LIMIT = 10
const LARGEST_LIMIT = 100

/** One page of a collection, newest first. */
export function listPage<T>(
  call: Call,
  kind: string,
  records: Collection<T>,
  page: Page,
  matches: (record: T) => boolean = () => true,
): List<T> {
  const { starting_after: after, ending_before: before } = page
  if (after !== undefined && before !== undefined) {
    throw invalidRequest(
      'Received both starting_after and ending_before parameters. Please pass in only one.',
      'starting_after',
    )
  }
  const limit = Math.min(Math.max(page.limit ?? DEFAULT_LIMIT, 1), LARGEST_LIMIT)
  for (const [param, cursor] of Object.entries({ starting_after: after, ending_before: before })) {
    if (cursor !== undefined && records.get(cursor) === undefined) throw noSuch(kind, cursor, param)
  }
  const source = before === undefined ? records.newestFirst(after) : records.newerThan(before)
  const found: T[] = []
  for (const record of source) {
    if (!matches(record)) continue
    found.push(record)
    if (found.length > limit) break
  }
  const data = found.slice(0, limit)
  if (before !== undefined) data.reverse()
  return { object: 'list', data, has_more: found.length > limit, url: call.path }
}

/** The first page of a list inside an object. */
export function listOf<T>(data: T[], url: string, limit = DEFAULT_LIMIT): List<T> {
  return { object: 'list', data: data.slice(0, limit), has_more: data.length > limit, url }
}

export type Range = number | { gt?: number; gte?: number; lt?: number; lte?: number }

export function inRange(value: number, range: Range | undefined): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return value === range
  return (
    (range.gt === undefined || value > range.gt) &&
    (range.gte === undefined || value >= range.gte) &&
    (range.lt === undefined || value < range.lt) &&
    (range.lte === undefined || value <= range.lte)
  )
}

/** Whether a record has all the wanted values. Filters that are undefined do not count. */
export function hasValues(record: object, wanted: Record<string, unknown>): boolean {
  const values = record as Record<string, unknown>
  return Object.entries(wanted).every(([name, value]) => value === undefined || values[name] === value)
}
