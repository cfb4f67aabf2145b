// Times as operators read them: in the shop's time zone, with the machine's form beside them.

export interface ShownTime {
  /** For the datetime attribute. */
  iso: string
  /** "1 Dec 2026, 14:05". */
  text: string
}

export function formatDateTime(at: Date, timeZone: string): ShownTime {
  return { iso: at.toISOString(), text: formatterOf(timeZone).format(at) }
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known =
    formatters.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone })
  formatters.set(timeZone, known)
  return known
}
