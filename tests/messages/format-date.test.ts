import { expect, it } from 'vitest'
import { formatDate, formatDateTime } from '../../src/messages/format-date.js'

// Always in UTC, whatever the machine's time zone.
it.each([
  ['2026-12-02T23:59:59Z', '2 December 2026', '2 December 2026 at 23:59 UTC'],
  ['2026-12-03T00:00:00+14:00', '2 December 2026', '2 December 2026 at 10:00 UTC'],
  ['2028-02-29T00:05:00Z', '29 February 2028', '29 February 2028 at 00:05 UTC'],
])('%s is %s', (time, date, dateTime) => {
  expect(formatDate(new Date(time))).toBe(date)
  expect(formatDateTime(new Date(time))).toEqual({ iso: new Date(time).toISOString(), text: dateTime })
})
