// Dates and times for pages and email, in UTC.
import { t } from './index.js'

const formats = new Map<string, Intl.DateTimeFormat>()

/** A time for machines, and as people read it: "2 December 2026 at 14:05 UTC". */
export function formatDateTime(time: Date): { iso: string; text: string } {
  return { iso: time.toISOString(), text: `${formatIn({ dateStyle: 'long', timeStyle: 'short' }, time)} UTC` }
}

/** "2 December 2026" */
export function formatDate(time: Date): string {
  return formatIn({ dateStyle: 'long' }, time)
}

/** A format is kept: making one takes far longer than using it. */
function formatIn(style: Intl.DateTimeFormatOptions, time: Date): string {
  const { dateLocale } = t()
  const key = `${dateLocale} ${style.timeStyle ?? 'date'}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(dateLocale, { ...style, timeZone: 'UTC' })
    formats.set(key, format)
  }
  return format.format(time)
}
