// What a shopper can send back, and until when. Pure.
import { unitsSent, type Sent } from './fulfilment.js'

/** A return in one of these states keeps its units: they can't be in another one. */
const KEEPS_UNITS = ['requested', 'accepted', 'received', 'refunded']

/** The units of a line that were sent, less those in a return or refunded. */
export function unitsWithShopper(
  {
    shipments,
    returns,
  }: {
    shipments: readonly Sent[]
    returns: readonly { status: string; unsent: boolean; items: Sent['items'] }[]
  },
  orderItemId: number,
): number {
  const back = returns
    .filter(({ status, unsent }) => !unsent && KEEPS_UNITS.includes(status))
    .map(({ items }) => ({ deliveredAt: null, items }))
  return unitsSent(shipments, orderItemId) - unitsSent(back, orderItemId)
}

export interface ReturnableOrder {
  status: string
  /** The rate's longest estimate, in business days. */
  deliveryMaxDays: number | null
  items: readonly { id: number }[]
  shipments: readonly (Sent & { shippedAt: Date })[]
  returns: readonly { status: string; items: readonly { orderItemId: number; quantity: number }[] }[]
}

export interface Returnable {
  lines: { orderItemId: number; quantity: number }[]
  /** When the last of them can no longer be returned. */
  until: Date
}

/**
 * The units that can be returned: sent in a shipment whose days aren't over, and not in a return already.
 * @param returnDays after delivery. 0: nothing can be returned
 * @returns null when there are none
 */
export function returnableOf(
  order: ReturnableOrder,
  returnDays: number,
  now = new Date(),
): Returnable | null {
  if (returnDays === 0 || !['paid', 'partially_refunded'].includes(order.status)) return null
  const open = order.shipments
    .map((shipment) => ({ ...shipment, until: returnableUntil(shipment, order.deliveryMaxDays, returnDays) }))
    .filter(({ until }) => until > now)
  const kept = order.returns
    .filter(({ status }) => KEEPS_UNITS.includes(status))
    .map(({ items }) => ({ deliveredAt: null, items }))
  const lines = order.items
    .map(({ id }) => ({
      orderItemId: id,
      quantity: Math.min(unitsSent(open, id), unitsSent(order.shipments, id) - unitsSent(kept, id)),
    }))
    .filter(({ quantity }) => quantity > 0)
  if (lines.length === 0) return null
  return { lines, until: new Date(Math.max(...open.map(({ until }) => until.getTime()))) }
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Counted from the delivery; from the latest day of the estimate, if nobody has marked it as delivered. */
function returnableUntil(
  { shippedAt, deliveredAt }: { shippedAt: Date; deliveredAt: Date | null },
  maxDays: number | null,
  returnDays: number,
): Date {
  const arrived = deliveredAt ?? afterBusinessDays(shippedAt, maxDays ?? 0)
  return new Date(arrived.getTime() + returnDays * DAY_MS)
}

/** In UTC, without holidays. */
function afterBusinessDays(from: Date, days: number): Date {
  const at = new Date(from)
  for (let left = days; left > 0;) {
    at.setTime(at.getTime() + DAY_MS)
    if (at.getUTCDay() !== 0 && at.getUTCDay() !== 6) left--
  }
  return at
}
