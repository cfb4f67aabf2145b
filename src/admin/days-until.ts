// How long there is until a deadline, in words.

const DAY_MS = 24 * 60 * 60 * 1000

export function daysUntil(deadline: Date, now = new Date()): string {
  const days = Math.floor((deadline.getTime() - now.getTime()) / DAY_MS)
  if (days < 0) return 'over'
  if (days === 0) return 'less than a day left'
  return days === 1 ? '1 day left' : `${days} days left`
}
