// The sums of a reconciled month, by currency: what Stripe booked and what the shop recorded, and every difference.
import type { Difference } from './differences.js'
import type { ReconciledLine } from './reconcile.js'

/** Money in minor units. */
interface Sums {
  count: number
  amount: number
  fee: number
  net: number
}

export interface Summary {
  /** What Stripe booked, by currency of the balance and Stripe's category. */
  booked: Map<string, Map<string, Sums>>
  /** What of it is recorded here: by currency, payments, refunds, disputes. */
  recorded: Map<string, Map<string, { count: number; amount: number }>>
  /** Bookings of something else on the same Stripe account. */
  foreign: number
  differences: (Difference & { orderKey: string | null })[]
}

export function emptySummary(): Summary {
  return { booked: new Map(), recorded: new Map(), foreign: 0, differences: [] }
}

export function addLines(summary: Summary, lines: readonly ReconciledLine[]): void {
  for (const { booking, ours, difference, isForeign } of lines) {
    if (booking !== null) {
      const sums = entry(summary.booked, booking.currency, booking.category, {
        count: 0,
        amount: 0,
        fee: 0,
        net: 0,
      })
      sums.count += 1
      sums.amount += booking.amount
      sums.fee += booking.fee
      sums.net += booking.net
    }
    if (ours?.currency) {
      const sums = entry(summary.recorded, ours.currency, booking?.category ?? ours.kind, {
        count: 0,
        amount: 0,
      })
      sums.count += 1
      sums.amount += ours.amount ?? 0
    }
    if (isForeign) summary.foreign += 1
    if (difference !== null) summary.differences.push({ ...difference, orderKey: ours?.orderKey ?? null })
  }
}

function entry<Value>(
  maps: Map<string, Map<string, Value>>,
  currency: string,
  category: string,
  first: Value,
): Value {
  const map = maps.get(currency) ?? new Map<string, Value>()
  maps.set(currency, map)
  const value = map.get(category) ?? first
  map.set(category, value)
  return value
}
