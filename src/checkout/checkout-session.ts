// One attempt's session at Stripe: made, looked at, closed. What Stripe says of it is settled at once.
import { setTimeout as wait } from 'node:timers/promises'
import type Stripe from 'stripe'
import type { Transaction } from '../database/client.js'
import type { OrderFacts } from '../orders/order-facts.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService, type PayableOrder } from '../payments/payment-service.js'
import { sessionReport } from '../payments/session-report.js'
import { settle, settleFacts } from '../payments/settle.js'
import type { Settlement } from '../payments/apply-reports.js'
import { lockOrder } from '../payments/order-store.js'
import { isInFlight, isMissing, isRefusal, stripeProblem } from '../payments/stripe-client.js'

/** How long to wait before asking again what Stripe is just answering to somebody else. */
const IN_FLIGHT_MS = 250

/** Asks Stripe for a session and settles what it says. @throws Problem when Stripe can't be reached */
export async function settleFromStripe(deps: PaymentDeps, sessionId: string): Promise<Settlement> {
  const session = await PaymentService.retrieveCheckoutSession(sessionId, deps.stripe).catch(
    (error: unknown) => {
      throw stripeProblem(error)
    },
  )
  return settleSession(deps, session)
}

/**
 * Closes a session, unless the shopper was faster, and settles what became of it. One that Stripe does not know, because
 * the shop was given the keys of another account, is closed as far as this shop can: no shopper waits for it any more.
 * @throws Problem when Stripe can't be reached
 */
export async function closeSession(deps: PaymentDeps, sessionId: string): Promise<Settlement> {
  let session: Stripe.Checkout.Session
  try {
    session = await PaymentService.expireCheckoutSession(sessionId, deps.stripe)
  } catch (error) {
    if (isMissing(error)) return forgetSession(deps, sessionId)
    throw stripeProblem(error)
  }
  return settleSession(deps, session)
}

async function forgetSession(deps: PaymentDeps, sessionId: string): Promise<Settlement> {
  const where = { stripeSessionId: sessionId }
  const attempt = await deps.database.prisma.checkoutAttempt.findUnique({ where })
  if (!attempt) return { kind: 'unknown_order' }
  deps.log.error({ session: sessionId, attempt: attempt.id }, 'Stripe does not know a session of ours')
  await endAttempt(deps, attempt.orderId, attempt.id, 'open')
  return { kind: 'settled', orderId: attempt.orderId }
}

async function settleSession(deps: PaymentDeps, session: Stripe.Checkout.Session): Promise<Settlement> {
  const report = sessionReport(session, new Date())
  const { settlements } = await deps.database.prisma.$transaction((tx) => settle(tx, [report], deps))
  return settlements[0] ?? { kind: 'unknown_order' }
}

/**
 * Asks Stripe for the attempt's session and keeps it. The same attempt asked again is the same session: so it is learned
 * whether an attempt without an answer has one.
 * @returns why Stripe will never give this attempt a session, which has ended it; null when it did, or when it is just
 * answering somebody else who asks the same
 * @throws Problem when Stripe can't be reached
 */
export async function createSession(
  deps: PaymentDeps,
  order: PayableOrder,
): Promise<Stripe.errors.StripeError | null> {
  let session: Stripe.Checkout.Session
  try {
    session = await PaymentService.createCheckoutSession(order, deps.stripe)
  } catch (error) {
    if (isInFlight(error)) {
      await wait(IN_FLIGHT_MS)
      return null
    }
    if (!isRefusal(error)) throw stripeProblem(error, order.key)
    // Refused before it began: there is no session under this key that anyone was led to.
    await endAttempt(deps, order.id, order.attempt.id, 'preparing')
    return error
  }
  const settlement = await settleSession(deps, session)
  if (settlement.kind === 'settled') return null
  deps.log.error({ settlement, session: session.id }, 'a new session does not fit its order')
  await closeSession(deps, session.id)
  await endAttempt(deps, order.id, order.attempt.id, 'preparing')
  return null
}

async function endAttempt(
  deps: PaymentDeps,
  orderId: number,
  attemptId: string,
  from: 'preparing' | 'open',
): Promise<void> {
  await deps.database.prisma.$transaction(async (tx) => {
    const order = await lockOrder(tx, orderId)
    const attempts = order.attempts.map((attempt) =>
      attempt.id === attemptId && attempt.status === from
        ? { ...attempt, status: 'expired' as const, url: null }
        : attempt,
    )
    await settleFacts(tx, order, { ...order, attempts }, deps)
  })
}

/** What Stripe is told of an attempt at an order. */
export async function payableOrder(
  tx: Pick<Transaction, 'orderItem'>,
  order: OrderFacts,
  attempt: { id: string; expiresAt: Date },
): Promise<PayableOrder> {
  const items = await tx.orderItem.findMany({
    where: { orderId: order.id },
    include: { product: { select: { image: true } } },
    orderBy: { id: 'asc' },
  })
  return {
    id: order.id,
    key: order.key,
    email: order.email,
    currency: order.currency,
    fromCart: order.cartId !== null,
    items: items.map(({ productId, name, unitAmount, quantity, stripePriceId, product }) => ({
      productId,
      name,
      unitAmount,
      quantity,
      stripePriceId,
      imagePath: product.image,
    })),
    attempt: { id: attempt.id, expiresAt: attempt.expiresAt },
  }
}
