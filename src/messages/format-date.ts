// Dates and times for pages and email, in the shop's time zone.
import { t } from './index.js'

type Style = Pick<Intl.DateTimeFormatOptions, 'dateStyle' | 'timeStyle' | 'hour' | 'timeZoneName'>

let timeZone = 'UTC'
const formats = new Map<string, Intl.DateTimeFormat>()

/** Sets the time zone for everything that this process formats from now on. */
export function formatDatesIn(zone: string): void {
  timeZone = zone
}

/** A time for machines, and as people read it: "2 December 2026 at 14:05 UTC". */
export function formatDateTime(time: Date): { iso: string; text: string } {
  const text = formatIn({ dateStyle: 'long', timeStyle: 'short' }).format(time)
  return { iso: time.toISOString(), text: `${text} ${zoneName(time)}` }
}

/** "2 December 2026" */
export function formatDate(time: Date): string {
  return formatIn({ dateStyle: 'long' }).format(time)
}

/** "UTC", "CET" or "GMT-5": a zone's name changes with daylight saving time. */
function zoneName(time: Date): string {
  const parts = formatIn({ hour: 'numeric', timeZoneName: 'short' }).formatToParts(time)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone
}

/** A format is kept: making one takes far longer than using it. */
function formatIn(style: Style): Intl.DateTimeFormat {
  const { dateLocale } = t()
  const key = `${timeZone} ${dateLocale} ${Object.keys(style).join(' ')}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(dateLocale, { ...style, timeZone })
    formats.set(key, format)
  }
  return format
}
