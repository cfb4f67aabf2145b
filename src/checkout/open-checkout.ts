// Gets the one payable session of an order: the open one if there is one, else a new one.
import type Stripe from 'stripe'
import type { Transaction } from '../database/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { lockShopper, openOrders, type OpenOrder } from '../orders/open-orders.js'
import type { OrderFacts } from '../orders/order-facts.js'
import { isPayable } from '../orders/order-status.js'
import { beginAttempt, LIFETIME_SECONDS } from './begin-attempt.js'
import { closeSession, createSession, payableOrder } from './checkout-session.js'
import { PATIENCE_MS } from './close-checkout.js'
import { closeCompetingOrders, orderReplaced } from './close-competing-orders.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import type { PayableOrder } from '../payments/payment-service.js'
import { assertStillOffered } from './check-offer.js'
import { lockOrder } from '../payments/order-store.js'
import { stripeProblem } from '../payments/stripe-client.js'

/** A session that ends sooner is not handed out: the shopper needs time to pay. */
const MARGIN_SECONDS = 60

export interface OpenCheckout {
  url: string
  sessionId: string
  expiresAt: Date
}

/** An order that its shopper wants to pay now. */
export interface OrderToPay {
  id: number
  key: string
  userId: number
  /** The attempt that was open when this click ordered: when that is closed, the click is too late. */
  attemptId?: string | null
}

/**
 * The page where this order is paid. One order has at most one payable session: a double click gets the same one. So has
 * what a shopper orders: other open orders of the same are closed before a session is made, and a click whose own session
 * was closed by another is refused.
 * @throws Problem when the order needs no payment any more, is sold out, costs something else now or was replaced, or
 * Stripe can't be reached
 */
export async function openCheckout(deps: PaymentDeps, order: OrderToPay): Promise<OpenCheckout> {
  const deadline = Date.now() + PATIENCE_MS
  const closed = new Set<number>()
  let begun = order.attemptId ?? null
  while (Date.now() < deadline) {
    const step = await deps.database.prisma.$transaction((tx) => nextStep(tx, order, begun))
    switch (step.kind) {
      case 'reuse':
        return step.checkout
      case 'renew':
        await closeSession(deps, step.sessionId)
        begun = null
        break
      case 'give way':
        // Whoever closed it did so at Stripe; where Stripe made it only afterwards, this does.
        await closeSession(deps, step.sessionId)
        throw orderReplaced('/account/orders')
      case 'close others':
        await closeCompetingOrders(deps, step.others, closed, deadline)
        break
      case 'create': {
        begun = step.payable.attempt.id
        const refusal = await createSession(deps, step.payable)
        if (refusal !== null) refuseForGood(deps, step.payable, refusal)
      }
    }
  }
  throw new Problem(503, 'checkout_busy', t().checkout.tryAgainTitle, t().checkout.checkoutBusy, {
    retryAfter: 2,
    action: { href: `/orders/${order.key}`, label: t().checkout.viewOrder },
  })
}

type Step =
  | { kind: 'reuse'; checkout: OpenCheckout }
  /** It is open, and ends too soon. */
  | { kind: 'renew'; sessionId: string }
  /** Another click has closed it. */
  | { kind: 'give way'; sessionId: string }
  | { kind: 'close others'; others: OpenOrder[] }
  | { kind: 'create'; payable: PayableOrder }

async function nextStep(tx: Transaction, { id, userId }: OrderToPay, begun: string | null): Promise<Step> {
  await lockShopper(tx, userId)
  const order = await lockOrder(tx, id)
  refuseUnlessPayable(order)
  const last = order.attempts.at(-1)
  if (last?.status === 'open' && last.stripeSessionId !== null) {
    const { url, stripeSessionId: sessionId, expiresAt } = last
    const hasTime = expiresAt.getTime() - Date.now() > MARGIN_SECONDS * 1000
    return url !== null && hasTime
      ? { kind: 'reuse', checkout: { url, sessionId, expiresAt } }
      : { kind: 'renew', sessionId }
  }
  if (last?.status === 'preparing') return { kind: 'create', payable: await payableOrder(tx, order, last) }

  // An attempt that Stripe refused has no session, and one that is past its time was closed by nobody.
  const own = order.attempts.find((attempt) => attempt.id === begun)
  if (own?.status === 'expired' && own.stripeSessionId !== null && own.expiresAt.getTime() > Date.now())
    return { kind: 'give way', sessionId: own.stripeSessionId }

  const productIds = order.items.map((item) => item.productId)
  const open = await openOrders(tx, { ...order, productIds })
  const others = open.filter((other) => other.id !== id)
  if (others.length > 0) return { kind: 'close others', others }
  await assertStillOffered(tx, order)
  return { kind: 'create', payable: await payableOrder(tx, order, await beginAttempt(tx, order)) }
}

/**
 * An attempt of some minutes ago ends too soon for a new session, or was made when the shop was configured otherwise: then
 * a new attempt is made.
 * @throws Problem when that would be refused, too
 */
function refuseForGood(
  { log }: PaymentDeps,
  { key, attempt }: PayableOrder,
  refusal: Stripe.errors.StripeError,
): void {
  const isOld = attempt.expiresAt.getTime() < Date.now() + (LIFETIME_SECONDS - 30) * 1000
  if (refusal.rawType === 'idempotency_error' || (isOld && refusal.param === 'expires_at')) return
  log.error({ err: refusal, order: key }, 'Stripe refused a checkout session')
  throw stripeProblem(refusal)
}

function refuseUnlessPayable(order: OrderFacts): void {
  const options = { action: { href: `/orders/${order.key}`, label: t().checkout.viewOrder } }
  if (order.status === 'processing') {
    throw new Problem(
      409,
      'payment_processing',
      t().checkout.processingTitle,
      t().checkout.processing,
      options,
    )
  }
  if (!isPayable(order.status)) {
    throw new Problem(409, 'already_paid', t().checkout.alreadyPaidTitle, t().checkout.alreadyPaid, options)
  }
  if (order.needsAttention !== null) {
    throw new Problem(
      409,
      'order_under_review',
      t().checkout.underReviewTitle,
      t().checkout.underReview,
      options,
    )
  }
}
