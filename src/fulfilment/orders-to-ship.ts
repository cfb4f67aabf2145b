// Paid orders of which something is left to send.
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import { IS_TO_SHIP } from '../orders/order-conditions.js'
import { unitsToSend } from '../orders/fulfilment.js'
import { linesToSend, nameOfLine, WITH_FULFILMENT } from './locked-order.js'

const WITH_SKUS = {
  ...WITH_FULFILMENT,
  items: {
    include: { product: { select: { requiresShipping: true } }, variant: { select: { sku: true } } },
    orderBy: { id: 'asc' },
  },
} as const satisfies Prisma.OrderInclude

export type OrderToShip = Prisma.OrderGetPayload<{ include: typeof WITH_SKUS }>

/** The longest waiting first. @param after the id of the last order before these. Null: from the first */
export async function ordersToShip(
  prisma: PrismaClient,
  limit: number,
  after: number | null = null,
): Promise<OrderToShip[]> {
  // By its partial index "Order_toShip_idx".
  const ids = await prisma.$queryRaw<{ id: number }[]>`
    SELECT o.id FROM "Order" o WHERE ${IS_TO_SHIP} AND o.id > ${after ?? 0} ORDER BY o.id LIMIT ${limit}`
  return prisma.order.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    include: WITH_SKUS,
    orderBy: { id: 'asc' },
  })
}

/** @param keys public ones. @returns the orders with these keys that are known, in the order of the keys */
export async function ordersToPack(prisma: PrismaClient, keys: readonly string[]): Promise<OrderToShip[]> {
  const orders = await prisma.order.findMany({ where: { key: { in: [...keys] } }, include: WITH_SKUS })
  return keys.flatMap((key) => orders.find((order) => order.key === key) ?? [])
}

export interface LineLeft {
  sku: string | null
  /** With its variant. */
  name: string
  quantity: number
}

/** What is left to send of an order. */
export function linesLeft(order: OrderToShip): LineLeft[] {
  return unitsToSend(linesToSend(order), order.shipments).map(({ orderItemId, quantity }) => {
    const item = order.items.find(({ id }) => id === orderItemId)
    return { sku: item?.sku ?? item?.variant?.sku ?? null, name: nameOfLine(order, orderItemId), quantity }
  })
}
