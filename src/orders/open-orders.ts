// A shopper's open orders of one thing: it is paid in one place, so that one of them is open at a time.
import type { Prisma, Product } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'

const WITH_CONTENT = {
  items: true,
  attempts: { where: { status: { in: ['preparing', 'open'] } } },
} as const satisfies Prisma.OrderInclude

export type OpenOrder = Prisma.OrderGetPayload<{ include: typeof WITH_CONTENT }>

/** What an order is of, whatever the quantities and prices. */
export interface OrderContent {
  userId: number
  productIds: number[]
  /** Null when products are ordered by themselves. */
  cartId: number | null
  currency: string
}

/**
 * The shopper's open orders of exactly these products, and those of the same cart in the same currency; with their
 * attempts that may yet be paid. Call it under the shopper's lock to act upon them.
 */
export function openOrders(tx: Pick<Transaction, 'order'>, thing: OrderContent): Promise<OpenOrder[]> {
  const { userId, productIds, cartId, currency } = thing
  const sameProducts = {
    items: { every: { productId: { in: productIds } }, some: {} },
    AND: productIds.map((productId) => ({ items: { some: { productId } } })),
  }
  return tx.order.findMany({
    where: {
      userId,
      status: 'pending',
      OR: [sameProducts, ...(cartId === null ? [] : [{ cartId, currency }])],
    },
    include: WITH_CONTENT,
    orderBy: { id: 'desc' },
    take: 20,
  })
}

/**
 * A product as it is for this shopper: units that were taken from stock for their own open orders of it are there for
 * whoever orders it again, because the new order is one of these or takes their place.
 */
export async function withOwnUnits(
  prisma: Pick<Transaction, 'order'>,
  product: Product,
  userId: number,
): Promise<Product> {
  if (product.stock === null) return product
  const { id, currency, stock } = product
  const orders = await openOrders(prisma, { userId, productIds: [id], cartId: null, currency })
  const held = orders.filter((order) => order.stockHeld).flatMap((order) => order.items)
  return { ...product, stock: held.reduce((sum, item) => sum + item.quantity, stock) }
}

/** The key of the shopper's newest open order with this product, or null. */
export async function openOrderWith(
  prisma: Pick<Transaction, 'order'>,
  productId: number,
  userId: number,
): Promise<string | null> {
  const where = { userId, status: 'pending', items: { some: { productId } } } as const
  return (await prisma.order.findFirst({ where, orderBy: { id: 'desc' } }))?.key ?? null
}

/**
 * One order at a time is placed, and one attempt begun, for each shopper: two tabs and a double click meet here. Lock the
 * shopper first and orders afterwards.
 */
export async function lockShopper(tx: Transaction, userId: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "User" WHERE id = ${userId} FOR NO KEY UPDATE`
}
