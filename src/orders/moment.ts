// A time for a page: for machines, and in words.
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** The words are UTC. */
export function moment(time: Date): { iso: string; text: string } {
  return { iso: time.toISOString(), text: `${dateTime.format(time)} UTC` }
}
