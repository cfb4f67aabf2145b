// A shopper's own order, by the key in an address.
import type { PrismaClient } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'
import { isOrderKey } from './order-key.js'
import { findOwnOrder, type OrderWithLines } from './order-view.js'

/** @throws Problem 404 when there is no such order, or it is another shopper's */
export async function ownOrder(prisma: PrismaClient, key: unknown, userId: number): Promise<OrderWithLines> {
  const order = isOrderKey(key) ? await findOwnOrder(prisma, key, userId) : null
  if (!order) throw notFound('order')
  return order
}
