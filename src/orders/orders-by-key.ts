// A shopper's orders and purchases from a given one on, newest first. However many there are, a page costs the same.
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import type { OrderStatus } from '../generated/prisma/enums.js'
import { notFound } from '../http/problem.js'
import { WITH_LINES, type OrderWithLines } from './order-with-lines.js'

const PAGE_SIZE = 20

/**
 * @param after the key of the last order of the page before. Undefined: from the newest on
 * @returns the orders, and the key to continue after. Null when there are no more
 * @throws Problem 404 when `after` isn't an order of this shopper
 */
export async function ordersAfter(
  prisma: PrismaClient,
  userId: number,
  after: string | undefined,
  status: OrderStatus | undefined,
): Promise<{ orders: OrderWithLines[]; next: string | null }> {
  const last =
    after === undefined
      ? undefined
      : await prisma.order.findFirst({ where: { key: after, userId }, select: { id: true } })
  if (last === null) throw notFound('order')
  const found = await prisma.order.findMany({
    where: { userId, ...(last && { id: { lt: last.id } }), ...(status && { status }) },
    include: WITH_LINES,
    orderBy: { id: 'desc' },
    take: PAGE_SIZE + 1,
  })
  const orders = found.slice(0, PAGE_SIZE)
  return { orders, next: found.length > PAGE_SIZE ? (orders.at(-1)?.key ?? null) : null }
}

const WITH_ORDER = {
  product: { select: { name: true } },
  order: { select: { key: true } },
} as const satisfies Prisma.PurchaseHistoryInclude

export type PurchaseWithOrder = Prisma.PurchaseHistoryGetPayload<{ include: typeof WITH_ORDER }>

/**
 * @param after the id of the last purchase of the page before
 * @param success true: what was paid, false: payments that failed. Undefined: both
 */
export async function purchasesAfter(
  prisma: PrismaClient,
  userId: number,
  after: number | undefined,
  success: boolean | undefined,
): Promise<{ purchases: PurchaseWithOrder[]; next: number | null }> {
  const found = await prisma.purchaseHistory.findMany({
    where: {
      userId,
      ...(after !== undefined && { id: { lt: after } }),
      ...(success !== undefined && { purchaseSuccess: success }),
    },
    include: WITH_ORDER,
    orderBy: { id: 'desc' },
    take: PAGE_SIZE + 1,
  })
  const purchases = found.slice(0, PAGE_SIZE)
  return { purchases, next: found.length > PAGE_SIZE ? (purchases.at(-1)?.id ?? null) : null }
}
