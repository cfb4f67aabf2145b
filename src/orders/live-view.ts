// Which pages of an order wait for news, and how.
import type { Live, OrderState } from './view-models.js'
import { stateOf, type OrderWithLines } from './order-view.js'

/** States that end without the shopper's doing, and after how many seconds a page looks whether they have. */
const WAITING: Partial<Record<OrderState, number>> = {
  // The bank's answer comes when it comes.
  processing: 15,
  // An operator's, too.
  confirming: 60,
}

/** Of the order's own page; null when nothing is waited for. */
export function liveView(order: OrderWithLines): Live | null {
  const lookAfter = WAITING[stateOf(order)]
  return lookAfter === undefined ? null : waitFor(order, lookAfter)
}

/** @param lookAfter seconds; null when only what the shop tells is waited for */
export function waitFor(order: OrderWithLines, lookAfter: number | null): Live {
  return { events: `/orders/${order.key}/events`, known: stateOf(order), lookAfter }
}
