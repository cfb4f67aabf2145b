// The row that says that Stripe is about to be asked for a session, and the units that are taken from stock for it.
import type { CheckoutAttempt } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { OrderFacts } from '../orders/order-facts.js'
import { soldOut } from './sold-out.js'
import { takeStock } from '../orders/stock.js'

/** Stripe wants at least 30 minutes, by its own clock: the minute is for clocks that differ and for a retry. */
export const LIFETIME_SECONDS = 30 * 60 + 60

/**
 * Begins an order's next attempt. Call it under the shopper's and the order's lock, when none of the others is open.
 * @throws Problem 409 when there are too few units left
 */
export async function beginAttempt(
  tx: Transaction,
  order: Pick<OrderFacts, 'id' | 'cartId' | 'stockHeld' | 'items'> & { attempts: { number: number }[] },
): Promise<CheckoutAttempt> {
  if (!order.stockHeld) {
    const short = await takeStock(tx, order.items)
    if (short !== null) {
      const product = await tx.product.findUniqueOrThrow({ where: { id: short } })
      throw soldOut(product, order.cartId)
    }
  }
  await tx.order.update({ where: { id: order.id }, data: { stockHeld: true, status: 'pending' } })
  return tx.checkoutAttempt.create({
    data: {
      orderId: order.id,
      number: Math.max(0, ...order.attempts.map(({ number }) => number)) + 1,
      expiresAt: new Date((Math.floor(Date.now() / 1000) + LIFETIME_SECONDS) * 1000),
    },
  })
}
