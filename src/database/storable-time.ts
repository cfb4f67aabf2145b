// Which times PostgreSQL can store.

/** Whether it has the day of an ISO date or time. The year 0 is ISO's alone. */
export function isStorableTime(iso: string): boolean {
  return !iso.startsWith('0000')
}
