// The page after payment. It shows what we know of the order and trusts nothing in the URL.
import type { CheckoutAttempt, PrismaClient } from '../generated/prisma/client.js'
import type { SuccessPage } from './view-models.js'
import type { Live, OrderState } from '../orders/view-models.js'
import { parseProductId } from '../catalog/products.js'
import { t } from '../messages/index.js'
import { Problem } from '../http/problem.js'
import { liveView, waitFor } from '../orders/live-view.js'
import { noOrder } from '../orders/own-order.js'
import { visibleTo, type Visitor } from '../orders/visitor.js'
import { loadOrder, orderView } from '../orders/order-view.js'
import type { OrderWithLines } from '../orders/order-with-lines.js'
import { settleFromStripe } from './checkout-session.js'
import type { PaymentDeps } from '../payments/payment-deps.js'

/** Minimum time between two requests to Stripe about one session, however often its page reloads. */
const ASK_STRIPE_SECONDS = 3
/** How long the page waits for Stripe. What the shop knows can be shown without an answer. */
const STRIPE_TIMEOUT_MS = 5000

interface SessionOrder {
  order: OrderWithLines
  /** False if the session looks unpaid to us and Stripe has not just confirmed that. */
  certain: boolean
}

/** What the page's address names. */
interface NamedSession {
  productId: unknown
  sessionId: unknown
}

/** The attempt of this session. Null unless it is about this product and the visitor may see its order. */
export async function attemptOf(
  prisma: PrismaClient,
  { productId, sessionId }: NamedSession,
  visitor: Visitor,
): Promise<CheckoutAttempt | null> {
  const product = parseProductId(String(productId))
  if (product === null || typeof sessionId !== 'string') return null
  return prisma.checkoutAttempt.findFirst({
    where: {
      stripeSessionId: sessionId,
      order: { ...visibleTo(visitor), items: { some: { productId: product } } },
    },
  })
}

/**
 * Finds the order of a shopper's session. Asks Stripe if the webhook has not arrived yet.
 * @param backTo where visitors return after they have signed in
 * @throws Problem 404 for a session that does not exist, belongs to someone else, or is not about this product
 */
export async function orderOfSession(
  deps: PaymentDeps,
  named: NamedSession,
  visitor: Visitor,
  backTo: string,
): Promise<SessionOrder> {
  const attempt = await attemptOf(deps.database.prisma, named, visitor)
  if (!attempt) throw noOrderAfterPaying(visitor, backTo)
  const asked =
    (await claimStripeCheck(deps, attempt)) && (await askStripe(deps, attempt.stripeSessionId ?? ''))
  const order = await loadOrder(deps.database.prisma, attempt.orderId)
  return { order, certain: asked || attempt.status !== 'open' }
}

/**
 * The same for sessions that don't exist and those of others. Who paid for an order from a front end on another origin has no
 * cookie here, so the text must be right for them too.
 */
function noOrderAfterPaying(visitor: Visitor, backTo: string): Problem {
  const { status, code, title, detail, options } = noOrder(visitor, backTo)
  if (visitor.userId !== null) return new Problem(status, code, title, detail, options)
  const { notSeenHereTitle, notSeenHere } = t().checkout
  return new Problem(status, code, notSeenHereTitle, notSeenHere, options)
}

/** Claims the next request to Stripe. True for at most one caller every ASK_STRIPE_SECONDS. */
async function claimStripeCheck(deps: PaymentDeps, attempt: CheckoutAttempt): Promise<boolean> {
  if (attempt.status !== 'open' && attempt.status !== 'processing') return false
  const now = new Date()
  const before = new Date(now.getTime() - ASK_STRIPE_SECONDS * 1000)
  const { count } = await deps.database.prisma.checkoutAttempt.updateMany({
    where: { id: attempt.id, OR: [{ checkedAt: null }, { checkedAt: { lt: before } }] },
    data: { checkedAt: now },
  })
  return count === 1
}

/** If Stripe can't be reached, the page shows what is known, and the webhook will settle the order. */
async function askStripe(deps: PaymentDeps, sessionId: string): Promise<boolean> {
  try {
    await settleFromStripe(deps, sessionId, STRIPE_TIMEOUT_MS)
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ err: error, session: sessionId }, 'Stripe could not be asked about a session')
    return false
  }
}

/** How often the page reloads while it waits for Stripe's confirmation. Each reload may ask Stripe. */
const CONFIRMING_REFRESH_SECONDS = 3

/** Builds the page's model. An order that looks unpaid is shown as "confirming" unless Stripe has confirmed it. */
export function successPage({ order, certain }: SessionOrder): SuccessPage {
  const { state } = orderView(order)
  if (state === 'pending')
    return certain
      ? page(order, state, waitFor(order, null))
      : page(order, 'confirming', waitFor(order, CONFIRMING_REFRESH_SECONDS))
  return page(order, state, liveView(order))
}

function page(order: OrderWithLines, state: OrderState, live: Live | null): SuccessPage {
  const view = orderView(order, state)
  const { heading } = t().checkout.outcome[state]
  // The text for "confirming" promises seconds, but a person must review this order; others say that nothing was charged.
  const isReviewed = state === 'confirming' && (order.needsAttention !== null || order.holdsUnmatched)
  const ownSentence = isReviewed || view.received.length > 0
  return {
    order: view,
    heading: view.voucher === null ? heading : t().checkout.voucherHeading,
    text: ownSentence ? view.sentence : (textOf(order, state) ?? view.sentence),
    live,
  }
}

function textOf({ userId }: OrderWithLines, state: OrderState): string | undefined {
  const { outcome, guest } = t().checkout
  return (userId === null ? guest.outcome[state] : undefined) ?? outcome[state].text
}
