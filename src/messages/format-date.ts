// A time for a page: for machines, and in words. The words are UTC.
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

export function formatDateTime(time: Date): { iso: string; text: string } {
  return { iso: time.toISOString(), text: `${dateTime.format(time)} UTC` }
}

/** "2 December 2026" */
export function formatDate(time: Date): string {
  return date.format(time)
}
