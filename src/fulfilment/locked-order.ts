// Locks an order and reads what fulfilment decides by.
import type { Transaction } from '../database/client.js'
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import { nameWithVariant } from '../catalog/variants.js'
import { Problem } from '../http/problem.js'
import { fulfilmentOf, unitsSent, unitsWithdrawn, type LineToSend } from '../orders/fulfilment.js'
import type { OrderFacts } from '../orders/order-facts.js'
import { lockOrder, readOrder } from '../payments/order-store.js'

/** What `linesToSend` and `unitsToSend` decide by. */
export const WITH_FULFILMENT = {
  items: { include: { product: { select: { requiresShipping: true } } }, orderBy: { id: 'asc' } },
  shipments: { include: { items: true }, orderBy: { id: 'asc' } },
  returns: { include: { items: true }, orderBy: { id: 'asc' } },
} as const satisfies Prisma.OrderInclude

export type FulfilledOrder = Prisma.OrderGetPayload<{ include: typeof WITH_FULFILMENT }>

/** Units of one line of an order. */
export interface Units {
  orderItemId: number
  quantity: number
}

/** Whoever writes shipments or returns holds this lock, so that they can't contradict each other, refunds or payments. */
export async function lockFulfilment(
  tx: Transaction,
  orderId: number,
): Promise<{ facts: OrderFacts; order: FulfilledOrder }> {
  return { facts: await lockOrder(tx, orderId), order: await readFulfilled(tx, orderId) }
}

/** The same without a lock, to show what would be possible. */
export async function readFulfilment(
  prisma: PrismaClient,
  orderId: number,
): Promise<{ facts: OrderFacts; order: FulfilledOrder }> {
  return { facts: await readOrder(prisma, orderId), order: await readFulfilled(prisma, orderId) }
}

async function readFulfilled(
  tx: Pick<Transaction, 'order' | 'shipment' | 'return'>,
  orderId: number,
): Promise<FulfilledOrder> {
  // One by one, because a transaction has one connection.
  const { items, shipments, returns } = WITH_FULFILMENT
  const row = await tx.order.findUniqueOrThrow({ where: { id: orderId }, include: { items } })
  const sent = await tx.shipment.findMany({ where: { orderId }, ...shipments })
  const returned = await tx.return.findMany({ where: { orderId }, ...returns })
  return { ...row, shipments: sent, returns: returned }
}

export function linesToSend({ items, returns }: Pick<FulfilledOrder, 'items' | 'returns'>): LineToSend[] {
  return items.map(({ id, quantity, product }) => ({
    id,
    quantity: quantity - unitsWithdrawn(returns, id),
    needsDelivery: product.requiresShipping,
  }))
}

/** @throws Problem, for the operator, when more units of a line are named than are left to send */
export function refuseUnlessLeft(order: FulfilledOrder, lines: readonly Units[]): void {
  const toSend = linesToSend(order)
  for (const { orderItemId, quantity } of lines) {
    const line = toSend.find(({ id }) => id === orderItemId)
    if (line === undefined) throw refused('unknown_item', `This order has no line ${orderItemId}.`)
    const left = line.quantity - unitsSent(order.shipments, orderItemId)
    if (quantity > left)
      throw refused(
        'more_than_ordered',
        `${quantity} × ${nameOfLine(order, orderItemId)} is more than is left to send: ${left}.`,
      )
  }
}

/** Stores the state that follows from the order's shipments and returns. */
export async function storeFulfilment(tx: Transaction, order: FulfilledOrder): Promise<void> {
  const fulfilment = fulfilmentOf(linesToSend(order), order.shipments)
  await tx.order.update({ where: { id: order.id }, data: { fulfilment } })
}

export function nameOfLine({ items }: Pick<FulfilledOrder, 'items'>, orderItemId: number): string {
  const item = items.find(({ id }) => id === orderItemId)
  return item ? nameWithVariant(item.name, item.variantName) : `line ${orderItemId}`
}

/** The units of a return as stock counts them. */
export function unitsOf(
  order: Pick<FulfilledOrder, 'items'>,
  { items }: { items: readonly Units[] },
): { variantId: number; quantity: number }[] {
  return items.flatMap(({ orderItemId, quantity }) => {
    const item = order.items.find(({ id }) => id === orderItemId)
    return item ? [{ variantId: item.variantId ?? item.productId, quantity }] : []
  })
}

/** One entry for each line. */
export function summed(units: readonly Units[]): Units[] {
  const sums = new Map<number, number>()
  for (const { orderItemId, quantity } of units)
    sums.set(orderItemId, (sums.get(orderItemId) ?? 0) + quantity)
  return [...sums].map(([orderItemId, quantity]) => ({ orderItemId, quantity }))
}

/** 409, for an operator. */
export function refused(code: string, detail: string): Problem {
  return new Problem(409, code, 'Not possible', detail)
}
