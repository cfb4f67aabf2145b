// Closes an order's open session at Stripe, including one whose response was lost.
import { setTimeout as wait } from 'node:timers/promises'
import { holdsUnmatched } from '../orders/order-facts.js'
import { mayBePaid } from '../orders/order-status.js'
import { closeSession, createSession, pauseMs, payableOrder } from './checkout-session.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { lockOrder } from '../payments/order-store.js'
import { CallLimitError, withCallLimit } from '../payments/stripe-client.js'

/** How long a request waits for another request about the same order to finish at Stripe. */
export const CHECKOUT_TIMEOUT_MS = 15_000

export type CloseResult =
  /** The order can't be paid any more. */
  | 'closed'
  /** The shopper has paid, or may have. */
  | 'paid'
  /** Another request about the order was still in progress at the deadline, or when Stripe had been asked often enough. */
  | 'busy'

/**
 * Closes an order's open session at Stripe. If a request for a session got no response, it is repeated with the same
 * idempotency key to find out whether the session exists.
 * @param deadline when to give up, in milliseconds since 1970
 * @throws Problem when Stripe can't be reached
 */
export async function closeCheckout(
  deps: PaymentDeps,
  orderId: number,
  deadline = Date.now() + CHECKOUT_TIMEOUT_MS,
): Promise<CloseResult> {
  try {
    return await close({ ...deps, stripe: withCallLimit(deps.stripe) }, orderId, deadline)
  } catch (error) {
    if (error instanceof CallLimitError) return 'busy'
    throw error
  }
}

async function close(deps: PaymentDeps, orderId: number, deadline: number): Promise<CloseResult> {
  const { prisma } = deps.database
  let round = 0
  do {
    const order = await prisma.$transaction(async (tx) => {
      const locked = await lockOrder(tx, orderId)
      // Without an attempt there can be no session at Stripe.
      if (locked.attempts.length === 0 && locked.status === 'pending')
        await tx.order.update({ where: { id: orderId }, data: { status: 'expired' } })
      return locked
    })
    const attempt = order.attempts.find(({ status }) => mayBePaid(status))
    // The shopper's money is here, although it does not fit.
    if (holdsUnmatched(order)) return 'paid'
    if (!attempt)
      return order.attempts.every(({ status }) => status === 'expired' || status === 'failed')
        ? 'closed'
        : 'paid'
    if (attempt.stripeSessionId === null) {
      const { kind } = await createSession(deps, await payableOrder(prisma, order, attempt))
      if (kind === 'in progress') await wait(pauseMs(round++))
    } else if ((await closeSession(deps, attempt.stripeSessionId)).kind !== 'settled') return 'paid'
  } while (Date.now() < deadline)
  return 'busy'
}
