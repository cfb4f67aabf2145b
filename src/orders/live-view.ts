// Which order pages update themselves, and how.
import type { Live, OrderState } from './view-models.js'
import { stateOf } from './order-label.js'
import type { OrderWithLines } from './order-with-lines.js'

/** States that change without the shopper, and after how many seconds a page checks for a change. */
const CHECK_AFTER: Partial<Record<OrderState, number>> = {
  // Waiting for the bank.
  processing: 15,
  // Waiting for an operator.
  confirming: 60,
}

/** For the order's own page; null when it needn't update itself. */
export function liveView(order: OrderWithLines): Live | null {
  const lookAfter = CHECK_AFTER[stateOf(order)]
  return lookAfter === undefined ? null : waitFor(order, lookAfter)
}

/** @param lookAfter seconds; null to rely on server-sent events alone */
export function waitFor(order: OrderWithLines, lookAfter: number | null): Live {
  return { events: `/orders/${order.key}/events`, known: stateOf(order), lookAfter }
}
