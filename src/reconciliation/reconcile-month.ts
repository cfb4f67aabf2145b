// A month reconciled as a whole: its sums and every difference.
import { addLines, emptySummary, type Summary } from './summary.js'
import type { Month } from './month.js'
import { reconcile, type ReconcileDeps } from './reconcile.js'

/**
 * @param mostMs for a caller that can't wait longer
 * @returns null if it takes longer
 * @throws Stripe.errors.StripeError
 */
export async function reconcileMonth(
  deps: ReconcileDeps,
  month: Month,
  mostMs = Infinity,
): Promise<Summary | null> {
  const summary = emptySummary()
  const began = performance.now()
  for await (const lines of reconcile(deps, month)) {
    addLines(summary, lines)
    if (performance.now() - began > mostMs) return null
  }
  return summary
}
