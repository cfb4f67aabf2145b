// What the page after paying says: what we know of the order, never what the address claims.
import type { CheckoutAttempt } from '../generated/prisma/client.js'
import type { SuccessPage } from './view-models.js'
import type { Live, OrderState } from '../orders/view-models.js'
import { parseProductId } from '../catalog/products.js'
import { t } from '../messages/index.js'
import { notFound, Problem } from '../http/problem.js'
import { liveView, waitFor } from '../orders/live-view.js'
import { loadOrder, orderView, type OrderWithLines } from '../orders/order-view.js'
import { settleFromStripe } from './checkout-session.js'
import type { PaymentDeps } from '../payments/payment-deps.js'

/** A page that refreshes itself asks Stripe no more often than this. */
const ASK_STRIPE_SECONDS = 3

interface Found {
  order: OrderWithLines
  /** False while the session looks unpaid to us and Stripe did not say so just now. */
  certain: boolean
}

/**
 * The order that a session of this shopper paid for, or will. When the webhook has not come yet, Stripe is asked.
 * @throws Problem 404 for a session that is not there, is somebody else's, or is not about this product
 */
export async function orderOfSession(
  deps: PaymentDeps,
  productId: unknown,
  sessionId: unknown,
  userId: number,
): Promise<Found> {
  const product = parseProductId(String(productId))
  if (product === null || typeof sessionId !== 'string') throw notFound('order')
  const attempt = await deps.database.prisma.checkoutAttempt.findFirst({
    where: { stripeSessionId: sessionId, order: { userId, items: { some: { productId: product } } } },
  })
  if (!attempt) throw notFound('order')
  const asked = (await maySettle(deps, attempt)) && (await askStripe(deps, sessionId))
  const order = await loadOrder(deps.database.prisma, attempt.orderId)
  return { order, certain: asked || attempt.status !== 'open' }
}

/** True for one caller at a time, and not too often: the others show what is known. */
async function maySettle(deps: PaymentDeps, attempt: CheckoutAttempt): Promise<boolean> {
  if (attempt.status !== 'open' && attempt.status !== 'processing') return false
  const now = new Date()
  const before = new Date(now.getTime() - ASK_STRIPE_SECONDS * 1000)
  const { count } = await deps.database.prisma.checkoutAttempt.updateMany({
    where: { id: attempt.id, OR: [{ checkedAt: null }, { checkedAt: { lt: before } }] },
    data: { checkedAt: now },
  })
  return count === 1
}

/** With Stripe out of reach the page says what is known: the webhook will tell the rest. */
async function askStripe(deps: PaymentDeps, sessionId: string): Promise<boolean> {
  try {
    await settleFromStripe(deps, sessionId)
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ err: error, session: sessionId }, 'Stripe could not be asked about a session')
    return false
  }
}

/** While Stripe's word is waited for, which the page asks for each time it looks. */
const CONFIRMING_SECONDS = 3

/** @param certain whether "not paid" is what Stripe says, too */
export function successPage({ order, certain }: Found): SuccessPage {
  const { state } = orderView(order)
  if (state === 'pending')
    return certain
      ? page(order, state, waitFor(order, null))
      : page(order, 'confirming', waitFor(order, CONFIRMING_SECONDS))
  return page(order, state, liveView(order))
}

function page(order: OrderWithLines, state: OrderState, live: Live | null): SuccessPage {
  const view = orderView(order, state)
  const { heading, text } = t().checkout.outcome[state]
  // An order that a person must look at takes more than a few seconds.
  const underReview = state === 'confirming' && order.needsAttention !== null
  return { order: view, heading, text: underReview ? view.sentence : (text ?? view.sentence), live }
}
