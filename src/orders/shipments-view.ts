// An order's shipments and returns as pages and emails show them.
import { nameWithVariant } from '../catalog/variants.js'
import { formatDate, formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import { requestedReturns, type OrderWithLines } from './order-with-lines.js'
import { returnableOf } from './returnable.js'
import type { OrderReturn, OrderShipment, ReturnForm, SentLine } from './view-models.js'

type Order = Pick<OrderWithLines, 'items' | 'shipments' | 'returns' | 'key'>

export function shipmentsView(order: Order): OrderShipment[] {
  return order.shipments.map((shipment, index) => ({
    id: shipment.id,
    heading: t().orders.shipment.heading(index + 1, order.shipments.length),
    lines: linesOf(order, shipment.items),
    carrier: shipment.carrier,
    trackingNumber: shipment.trackingNumber,
    trackingUrl: shipment.trackingUrl,
    sentAt: formatDateTime(shipment.shippedAt),
    deliveredAt: shipment.deliveredAt && formatDateTime(shipment.deliveredAt),
  }))
}

export function returnsView(order: Order): OrderReturn[] {
  return requestedReturns(order).map(({ key, status, reason, answer, createdAt, items }) => ({
    key,
    stateText: statesOfReturns()[status]?.label ?? status,
    sentence: statesOfReturns()[status]?.sentence ?? '',
    reason,
    answer,
    lines: linesOf(order, items),
    at: formatDateTime(createdAt),
  }))
}

/** The form that requests a return; null when nothing can be returned. */
export function returnForm(order: OrderWithLines, returnDays: number): ReturnForm | null {
  const returnable = returnableOf(order, returnDays)
  if (returnable === null) return null
  return {
    action: `/orders/${order.key}/returns`,
    until: formatDate(returnable.until),
    lines: returnable.lines.map(({ orderItemId, quantity }) => ({
      field: `item_${orderItemId}`,
      name: nameOf(order, orderItemId),
      max: quantity,
    })),
  }
}

function statesOfReturns(): Partial<Record<string, { label: string; sentence: string }>> {
  return t().orders.returns.states
}

function linesOf(order: Order, items: readonly { orderItemId: number; quantity: number }[]): SentLine[] {
  return items.map(({ orderItemId, quantity }) => ({ name: nameOf(order, orderItemId), quantity }))
}

function nameOf({ items }: Pick<Order, 'items'>, orderItemId: number): string {
  const item = items.find(({ id }) => id === orderItemId)
  return item ? nameWithVariant(item.name, item.variantName) : ''
}
