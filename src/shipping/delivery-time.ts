// How long a delivery takes, for people.
import { t } from '../messages/index.js'

/** "2–4 business days". Null if it is not said. */
export function deliveryTime(minDays: number | null, maxDays: number | null): string | null {
  const { days, daysFrom, daysUpTo } = t().shipping
  if (minDays !== null && maxDays !== null) return days(minDays, maxDays)
  if (minDays !== null) return daysFrom(minDays)
  return maxDays === null ? null : daysUpTo(maxDays)
}
