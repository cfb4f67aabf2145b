// Finds a shopper's open orders of the same content. Checkout keeps at most one of them open.
import { variantIdOf, type ProductWithVariants } from '../catalog/variants.js'
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { RawReader } from '../database/direct.js'
import { isNobody, ofShopper, type Shopper } from './shopper.js'

export type OpenOrder = Prisma.OrderGetPayload<{ include: { items: true; attempts: true } }>

/** What an order contains, apart from quantities and prices. */
export interface OrderContent extends Shopper {
  productIds: number[]
  /** Null: products ordered without a cart. */
  cartId: number | null
  currency: string
}

/**
 * The shopper's open orders of exactly these products, and those of the same cart in the same currency, each with the
 * attempts that can still be paid. To act on them, call it under the shopper's lock.
 */
export async function openOrders(
  tx: Pick<Transaction, 'order' | 'checkoutAttempt' | '$queryRaw'>,
  content: OrderContent,
): Promise<OpenOrder[]> {
  const { productIds, cartId, currency } = content
  const found = await tx.$queryRaw<{ id: number }[]>`/* prepared */
    SELECT o.id FROM "Order" o
    WHERE ${isOf(content)} AND o.status = 'pending' AND (
      (SELECT array_agg(DISTINCT i."productId" ORDER BY i."productId") FROM "OrderItem" i WHERE i."orderId" = o.id)
        = ${[...new Set(productIds)].sort((one, other) => one - other)}::int[]
      OR o."cartId" = ${cartId}::int AND o.currency = ${currency})
    ORDER BY o.id DESC LIMIT 20`
  // Most shoppers have none.
  if (found.length === 0) return []
  const ids = found.map(({ id }) => id)
  const orders = await tx.order.findMany({
    where: { id: { in: ids }, status: 'pending' },
    include: { items: true },
    orderBy: { id: 'desc' },
  })
  // Prisma would read two relations at once, which a transaction's one connection can't.
  const attempts = await tx.checkoutAttempt.findMany({
    where: { orderId: { in: ids }, status: { in: ['preparing', 'open'] } },
  })
  return orders.map((order) => ({
    ...order,
    attempts: attempts.filter(({ orderId }) => orderId === order.id),
  }))
}

/**
 * The product with the stock that this shopper can order: their own open orders of it count as stock, because ordering it
 * again, or another variant of it, reuses or replaces them.
 */
export async function withOwnUnits(
  reader: RawReader,
  product: ProductWithVariants,
  shopper: Shopper,
): Promise<ProductWithVariants> {
  const { id, variants } = product
  if (isNobody(shopper) || variants.every(({ stock }) => stock === null)) return product
  const held = await reader.$queryRaw<{ variantId: number; quantity: number }[]>`/* prepared */
    SELECT coalesce(i."variantId", i."productId") AS "variantId", sum(i.quantity)::int AS quantity
    FROM "Order" o JOIN "OrderItem" i ON i."orderId" = o.id
    WHERE ${isOf(shopper)} AND o.status = 'pending' AND o."stockHeld"
      AND NOT EXISTS (SELECT 1 FROM "OrderItem" other WHERE other."orderId" = o.id AND other."productId" <> ${id})
    GROUP BY 1`
  return {
    ...product,
    variants: variants.map((variant) =>
      variant.stock === null ? variant : { ...variant, stock: withHeld(variant.id, variant.stock) },
    ),
  }

  function withHeld(variantId: number, stock: number): number {
    return stock + (held.find((units) => units.variantId === variantId)?.quantity ?? 0)
  }
}

function isOf({ userId, guestHash }: Shopper): Prisma.Sql {
  return userId === null ? Prisma.sql`o."guestHash" = ${guestHash}` : Prisma.sql`o."userId" = ${userId}`
}

/** The key of the shopper's newest open order with this product, or null. */
export async function openOrderWith(
  prisma: Pick<Transaction, 'order'>,
  productId: number,
  shopper: Shopper,
): Promise<string | null> {
  if (isNobody(shopper)) return null
  const where = { ...ofShopper(shopper), status: 'pending', items: { some: { productId } } } as const
  return (await prisma.order.findFirst({ where, orderBy: { id: 'desc' } }))?.key ?? null
}

/**
 * Which of the shopper's open orders holds units of these variants: the newest one's key, by variant.
 * @param cartId leaves out the orders of this cart: what they hold is available to it
 */
export async function ordersHolding(
  prisma: Pick<Transaction, 'order'>,
  variantIds: readonly number[],
  shopper: Shopper,
  cartId: number | null,
): Promise<Map<number, string>> {
  if (isNobody(shopper) || variantIds.length === 0) return new Map()
  const ids = { in: [...variantIds] }
  const orders = await prisma.order.findMany({
    where: {
      ...ofShopper(shopper),
      ...{ status: 'pending', stockHeld: true, OR: [{ cartId: null }, { cartId: { not: cartId } }] },
      items: { some: { OR: [{ variantId: ids }, { variantId: null, productId: ids }] } },
    },
    select: { key: true, items: { select: { variantId: true, productId: true } } },
    orderBy: { id: 'asc' },
    take: 20,
  })
  return new Map(orders.flatMap(({ key, items }) => items.map((item) => [variantIdOf(item), key] as const)))
}
