// Days of the calendar as texts: "2026-12-01".

const DAY_MS = 86_400_000

/** The day so many days before. Negative: after. */
export function daysBefore(day: string, count: number): string {
  return new Date(Date.parse(day) - count * DAY_MS).toISOString().slice(0, 10)
}

/** How many days there are from one to the other, both counted. */
export function daysIn(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1
}

export function isDayBetween(day: string, from: string, to: string): boolean {
  return day >= from && day <= to
}

/** All days from one to the other. */
export function daysFrom(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, daysIn(from, to)) }, (_, index) => daysBefore(from, -index))
}

/** Whether a text is a day that exists. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && daysBefore(text, 0) === text
}

/** Today in a time zone. */
export function todayIn(timeZone: string, now = new Date()): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now)
}
