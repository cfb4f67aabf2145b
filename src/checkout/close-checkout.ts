// Closes whatever of an order could still be paid, also what nobody knows to be there.
import { mayBePaid } from '../orders/order-status.js'
import { closeSession, createSession, payableOrder } from './checkout-session.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { lockOrder } from '../payments/order-store.js'

/** How long a click waits for another click's answer from Stripe. */
export const PATIENCE_MS = 15_000

export type CloseResult =
  /** Nothing of the order can be paid any more. */
  | 'closed'
  /** The shopper had paid, or may have, in the meantime. */
  | 'paid'
  /** Stripe was still answering somebody else about it. */
  | 'busy'

/**
 * Closes an order's open session at Stripe. Where Stripe was asked and did not answer there may be a session or not: asking
 * again with the same key tells which.
 * @param deadline when to give up, in milliseconds since 1970
 * @throws Problem when Stripe can't be reached
 */
export async function closeCheckout(
  deps: PaymentDeps,
  orderId: number,
  deadline = Date.now() + PATIENCE_MS,
): Promise<CloseResult> {
  const { prisma } = deps.database
  do {
    const order = await prisma.$transaction(async (tx) => {
      const locked = await lockOrder(tx, orderId)
      // No attempt, nothing to ask Stripe about.
      if (locked.attempts.length === 0 && locked.status === 'pending')
        await tx.order.update({ where: { id: orderId }, data: { status: 'expired' } })
      return locked
    })
    const attempt = order.attempts.find(({ status }) => mayBePaid(status))
    if (!attempt)
      return order.attempts.every(({ status }) => status === 'expired' || status === 'failed')
        ? 'closed'
        : 'paid'
    if (attempt.stripeSessionId === null)
      await createSession(deps, await payableOrder(prisma, order, attempt))
    else if ((await closeSession(deps, attempt.stripeSessionId)).kind !== 'settled') return 'paid'
  } while (Date.now() < deadline)
  return 'busy'
}
