// Loads a shopper's own order by the key in the path.
import type { PrismaClient } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'
import { isOrderKey } from './order-key.js'
import { findOwnOrder } from './order-view.js'
import type { OrderWithLines } from './order-with-lines.js'

/** @throws Problem 404 when the order doesn't exist or is another shopper's */
export async function ownOrder(prisma: PrismaClient, key: unknown, userId: number): Promise<OrderWithLines> {
  const order = isOrderKey(key) ? await findOwnOrder(prisma, key, userId) : null
  if (!order) throw notFound('order')
  return order
}
