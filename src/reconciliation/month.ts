// A month of the shop's time zone.
import type { RawReader } from '../database/direct.js'

export interface Month {
  /** "2026-11". */
  month: string
  begin: Date
  end: Date
}

/** Null for a text that is no month. */
export async function monthOf(reader: RawReader, month: string, timeZone: string): Promise<Month | null> {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(month)) return null
  const [moments] = await reader.$queryRaw<{ begin: Date; end: Date }[]>`
    SELECT ${`${month}-01`}::text::date::timestamp AT TIME ZONE ${timeZone}::text AS begin,
      (${`${month}-01`}::text::date + interval '1 month') AT TIME ZONE ${timeZone}::text AS "end"`
  return moments ? { month, ...moments } : null
}

/** The month before the one that it is in a time zone. */
export function lastMonth(timeZone: string, now = new Date()): string {
  const [year = 0, month = 0] = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
  })
    .format(now)
    .split('-')
    .map(Number)
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`
}
