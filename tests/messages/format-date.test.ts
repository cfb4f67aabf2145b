import { afterEach, expect, it } from 'vitest'
import { formatDate, formatDateTime, formatDatesIn } from '../../src/messages/format-date.js'
import { withLanguage } from '../../src/messages/index.js'

afterEach(() => formatDatesIn('UTC'))

// In the shop's zone, UTC by default, whatever the machine's time zone.
it.each([
  ['2026-12-02T23:59:59Z', '2 December 2026', '2 December 2026 at 23:59 UTC', '2 Dec 2026, 23:59 UTC'],
  ['2026-12-03T00:00:00+14:00', '2 December 2026', '2 December 2026 at 10:00 UTC', '2 Dec 2026, 10:00 UTC'],
  ['2028-02-29T00:05:00Z', '29 February 2028', '29 February 2028 at 00:05 UTC', '29 Feb 2028, 00:05 UTC'],
])('%s is %s', (time, date, text, short) => {
  expect(formatDate(new Date(time))).toBe(date)
  expect(formatDateTime(new Date(time))).toEqual({ iso: new Date(time).toISOString(), text, short })
})

it.each([
  ['Europe/Berlin', '2026-12-02T23:30:00Z', '3 December 2026', '3 December 2026 at 00:30 CET'],
  ['Europe/Berlin', '2026-07-01T12:00:00Z', '1 July 2026', '1 July 2026 at 14:00 CEST'],
  ['America/St_Johns', '2026-12-02T02:00:00Z', '1 December 2026', '1 December 2026 at 22:30 GMT-3:30'],
  ['Asia/Kolkata', '2026-12-02T20:00:00Z', '3 December 2026', '3 December 2026 at 01:30 GMT+5:30'],
])('in %s, %s is %s', (zone, time, date, dateTime) => {
  formatDatesIn(zone)
  expect(formatDate(new Date(time))).toBe(date)
  expect(formatDateTime(new Date(time)).text).toBe(dateTime)
})

it('is written as the language of the reader writes it', () => {
  formatDatesIn('Europe/Berlin')
  withLanguage('de', () => {
    expect(formatDate(new Date('2026-12-02T23:30:00Z'))).toBe('3. Dezember 2026')
    expect(formatDateTime(new Date('2026-12-02T23:30:00Z'))).toMatchObject({
      text: '3. Dezember 2026 um 00:30 MEZ',
      short: '03.12.2026, 00:30 MEZ',
    })
  })
})
