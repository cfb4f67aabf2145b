// Dates and times for pages and email, in the shop's time zone. A script shows those on pages in the visitor's.
import { t } from './index.js'

type Style = Pick<Intl.DateTimeFormatOptions, 'dateStyle' | 'timeStyle' | 'hour' | 'timeZoneName'>

let timeZone = 'UTC'
const formats = new Map<string, Intl.DateTimeFormat>()

/** Sets the time zone for everything that this process formats from now on. */
export function formatDatesIn(zone: string): void {
  timeZone = zone
}

/** A time for machines, and as people read it. */
export interface ShownTime {
  iso: string
  /** "2 December 2026 at 14:05 UTC" */
  text: string
  /** "2 Dec 2026, 14:05 UTC" */
  short: string
}

export function formatDateTime(time: Date): ShownTime {
  const zone = zoneName(time)
  return {
    iso: time.toISOString(),
    text: `${formatIn({ dateStyle: 'long', timeStyle: 'short' }).format(time)} ${zone}`,
    short: `${formatIn({ dateStyle: 'medium', timeStyle: 'short' }).format(time)} ${zone}`,
  }
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
  const key = [timeZone, dateLocale, ...Object.entries(style).flat()].join(' ')
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(dateLocale, { ...style, timeZone })
    formats.set(key, format)
  }
  return format
}
