// Records that something was sent, or has arrived, and mails the shopper.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { OrderStatus } from '../generated/prisma/enums.js'
import type { Problem } from '../http/problem.js'
import type { Shipment } from '../generated/prisma/client.js'
import { SENDABLE, unitsToSend } from '../orders/fulfilment.js'
import { writeOrderMail } from '../outbox/write-mails.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import type { Tracking } from './carriers.js'
import {
  linesToSend,
  lockFulfilment,
  refused,
  refuseUnlessLeft,
  storeFulfilment,
  summed,
  type FulfilledOrder,
  type Units,
} from './locked-order.js'

type Deps = Pick<PaymentDeps, 'database'>

export interface NewShipment extends Tracking {
  /** Null: all that is left to send. */
  lines: readonly Units[] | null
  /** Requests with the same key are one shipment. Null: every request is a shipment of its own. */
  requestKey: string | null
}

/**
 * Records a shipment.
 * @throws Problem, for the operator, when the order is not to be sent, or more is sent than was ordered
 */
export function shipOrder({ database }: Deps, orderId: number, wanted: NewShipment): Promise<Shipment> {
  return database.prisma.$transaction(async (tx) => {
    const { order } = await lockFulfilment(tx, orderId)
    const known = await findByKey(tx, wanted.requestKey)
    if (known && known.orderId !== orderId)
      throw refused('key_reused', 'That key belongs to another order’s shipment.')
    if (known) return known
    refuseUnlessSendable(order)
    const lines = chosenLines(order, wanted.lines)
    const { carrier, trackingNumber, trackingUrl, requestKey } = wanted
    const shipment = await tx.shipment.create({
      data: { orderId, carrier, trackingNumber, trackingUrl, requestKey, items: { create: lines } },
      include: { items: true },
    })
    await storeFulfilment(tx, { ...order, shipments: [...order.shipments, shipment] })
    await recordAudit(tx, {
      ...{ action: 'order.shipped', subject: 'order', subjectId: order.key },
      fields: Object.entries({ items: wanted.lines, carrier, trackingNumber, trackingUrl })
        .filter(([, value]) => value !== null)
        .map(([name]) => name),
    })
    await writeOrderMail(tx, { orderId, kind: 'shipment_sent', about: String(shipment.id), to: order.email })
    return shipment
  })
}

function findByKey(tx: Transaction, requestKey: string | null): Promise<Shipment | null> {
  return requestKey === null ? Promise.resolve(null) : tx.shipment.findUnique({ where: { requestKey } })
}

/** Why an order is not sent, by its status. */
const NOT_SENDABLE: Partial<Record<OrderStatus, readonly [code: string, detail: string]>> = {
  processing: ['not_paid', 'The money for this order has not arrived yet: wait until it is paid.'],
  refunded: ['order_refunded', 'All that was paid for this order has been refunded: it is not sent.'],
  disputed: [
    'payment_disputed',
    'The shopper’s bank holds this order’s money until it decides the dispute: it is not sent.',
  ],
  charged_back: ['payment_disputed', 'The shopper’s bank has taken this order’s money back: it is not sent.'],
}

function refuseUnlessSendable({ status, deliveryCountry }: FulfilledOrder): void {
  if (!SENDABLE.includes(status)) {
    const [code, detail] = NOT_SENDABLE[status] ?? ['not_paid', 'This order is not paid: it is not sent.']
    throw refused(code, detail)
  }
  if (deliveryCountry === null)
    throw refused('no_delivery', 'This order was placed without delivery: there is no address to send it to.')
}

function chosenLines(order: FulfilledOrder, wanted: readonly Units[] | null): Units[] {
  const lines = wanted === null ? unitsToSend(linesToSend(order), order.shipments) : summed(wanted)
  if (lines.length === 0)
    throw wanted === null
      ? order.shipments.length === 0
        ? refused('nothing_to_ship', 'Nothing of this order is left to send.')
        : refused('already_shipped', 'All of this order was sent.')
      : refused('nothing_to_ship', 'Which items? Give at least one.')
  refuseUnlessLeft(order, lines)
  return lines
}

/**
 * Records that shipments have arrived. Repeating it changes nothing.
 * @param shipmentId null: all shipments of the order
 * @throws Problem, for the operator, when there is no such shipment
 */
export async function markDelivered(
  { database }: Deps,
  orderId: number,
  shipmentId: number | null,
): Promise<void> {
  await database.prisma.$transaction(async (tx) => {
    const { order } = await lockFulfilment(tx, orderId)
    const chosen = order.shipments.filter(({ id }) => shipmentId === null || id === shipmentId)
    if (chosen.length === 0)
      throw shipmentId === null
        ? refused('not_shipped', 'Nothing of this order was sent yet.')
        : unknownShipment(order, shipmentId)
    const arriving = chosen.filter(({ deliveredAt }) => deliveredAt === null).map(({ id }) => id)
    const deliveredAt = new Date()
    await tx.shipment.updateMany({ where: { id: { in: arriving } }, data: { deliveredAt } })
    const shipments = order.shipments.map((one) =>
      arriving.includes(one.id) ? { ...one, deliveredAt } : one,
    )
    await storeFulfilment(tx, { ...order, shipments })
    if (arriving.length > 0)
      await recordAudit(tx, { action: 'order.delivered', subject: 'order', subjectId: order.key })
    for (const id of arriving)
      await writeOrderMail(tx, { orderId, kind: 'shipment_delivered', about: String(id), to: order.email })
  })
}

function unknownShipment({ shipments }: FulfilledOrder, id: number): Problem {
  const ids = shipments.map((shipment) => shipment.id).join(', ')
  const known = ids === '' ? 'Nothing of it was sent yet.' : `Its shipments: ${ids}.`
  return refused('unknown_shipment', `This order has no shipment ${id}. ${known}`)
}
