// What was sent of an order, and what is left to send. Pure.
import type { OrderStatus } from '../generated/prisma/enums.js'

/**
 * As stored with the order. It follows from the shipments and the units that are not sent any more, so settlement neither reads
 * nor writes it. Withdrawn: all units were refunded before any was sent.
 */
export type SentState = 'none' | 'partly_shipped' | 'shipped' | 'delivered' | 'withdrawn'

/** With what follows from the payment: a paid order with a delivery that nothing was sent of is unshipped. */
export type Fulfilment = Exclude<SentState, 'withdrawn'> | 'unshipped'

export interface LineToSend {
  id: number
  /** Without the units that are not sent any more. */
  quantity: number
  /** Whether it must be sent for the order to be complete: a download need not. */
  needsDelivery: boolean
}

export interface Sent {
  deliveredAt: Date | null
  items: readonly { orderItemId: number; quantity: number }[]
}

/** The units of a line that were sent. */
export function unitsSent(shipments: readonly Sent[], orderItemId: number): number {
  return shipments
    .flatMap(({ items }) => items)
    .filter((item) => item.orderItemId === orderItemId)
    .reduce((sum, { quantity }) => sum + quantity, 0)
}

/** The units of a line that were refunded before they were sent. */
export function unitsWithdrawn(
  returns: readonly { unsent: boolean; items: Sent['items'] }[],
  orderItemId: number,
): number {
  const withdrawn = returns.filter(({ unsent }) => unsent).map(({ items }) => ({ deliveredAt: null, items }))
  return unitsSent(withdrawn, orderItemId)
}

/** The units of each line that are left to send, without lines that need no delivery. */
export function unitsToSend(
  lines: readonly LineToSend[],
  shipments: readonly Sent[],
): { orderItemId: number; quantity: number }[] {
  // If no product needs delivery any more, all of those that were ordered with one do.
  const wanted = lines.some(({ needsDelivery }) => needsDelivery)
    ? lines.filter(({ needsDelivery }) => needsDelivery)
    : lines
  return wanted
    .map(({ id, quantity }) => ({ orderItemId: id, quantity: quantity - unitsSent(shipments, id) }))
    .filter(({ quantity }) => quantity > 0)
}

export function fulfilmentOf(lines: readonly LineToSend[], shipments: readonly Sent[]): SentState {
  const isComplete = unitsToSend(lines, shipments).length === 0
  if (shipments.length === 0) return isComplete ? 'withdrawn' : 'none'
  if (!isComplete) return 'partly_shipped'
  return shipments.every(({ deliveredAt }) => deliveredAt !== null) ? 'delivered' : 'shipped'
}

/** Statuses in which an order is sent: the shop has its money, or a part of it. */
export const SENDABLE: readonly OrderStatus[] = ['paid', 'partially_refunded']

export interface Fulfilled {
  status: OrderStatus
  /** Null for an order that needs no delivery. */
  deliveryCountry: string | null
  /** As stored: a `SentState`. */
  fulfilment: string
}

export function shownFulfilment({ status, deliveryCountry, fulfilment }: Fulfilled): Fulfilment {
  if (fulfilment === 'withdrawn') return 'none'
  if (fulfilment !== 'none') return fulfilment as Fulfilment
  return deliveryCountry !== null && SENDABLE.includes(status) ? 'unshipped' : 'none'
}
