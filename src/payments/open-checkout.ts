// Gets the one payable session of an order: the open one if there is one, else a new one.
import { setTimeout as wait } from 'node:timers/promises'
import type Stripe from 'stripe'
import type { Database, Transaction } from '../database/client.js'
import type { Logger } from '../http/logging.js'
import { Problem } from '../http/problem.js'
import type { OrderFacts } from '../orders/order-facts.js'
import { isPayable } from '../orders/order-status.js'
import { soldOut } from '../orders/sold-out.js'
import { takeStock } from '../orders/stock.js'
import { PaymentService, type PayableOrder } from './payment-service.js'
import { sessionReport } from './session-report.js'
import { applyFacts, settle, type SettleParts } from './settle.js'
import type { Settlement } from './settlement-desk.js'
import { lockOrder } from './settlement-rows.js'
import { isInFlight, isRefusal, stripeProblem, type Terminal } from './stripe-client.js'

/** Stripe wants at least 30 minutes, by its own clock: the minute is for clocks that differ and for a retry. */
const LIFETIME_SECONDS = 30 * 60 + 60
/** A session that ends sooner is not handed out: the shopper needs time to pay. */
const MARGIN_SECONDS = 60
/** How long a click waits for another click's answer from Stripe. */
const PATIENCE_SECONDS = 15

export interface OpenCheckout {
  url: string
  sessionId: string
  expiresAt: Date
}

export interface CheckoutParts extends SettleParts {
  database: Database
  terminal: Terminal
  log: Logger
}

/**
 * The page where this order is paid. One order has at most one payable session: a double click gets the same one.
 * @throws Problem when the order needs no payment any more, is sold out, or Stripe can't be reached
 */
export async function openCheckout(parts: CheckoutParts, orderId: number): Promise<OpenCheckout> {
  const deadline = Date.now() + PATIENCE_SECONDS * 1000
  while (Date.now() < deadline) {
    const step = await parts.database.prisma.$transaction((tx) => nextStep(tx, orderId))
    if (step.kind === 'reuse') return step.checkout
    if (step.kind === 'close') await closeSession(parts, step.sessionId)
    else await createSession(parts, step.payable)
  }
  throw new Problem(
    503,
    'checkout_busy',
    'Please try again',
    'Another checkout of this order is under way. Nothing was charged.',
    {
      retryAfter: 2,
    },
  )
}

/**
 * Closes whatever of this order could still be paid at Stripe.
 * @returns false when the shopper had paid, or may have, in the meantime
 * @throws Problem when Stripe can't be reached
 */
export async function closeCheckout(parts: CheckoutParts, orderId: number): Promise<boolean> {
  const { prisma } = parts.database
  const attempts = await prisma.checkoutAttempt.findMany({
    where: { orderId, status: { in: ['preparing', 'open'] } },
  })
  for (const attempt of attempts) {
    // Without an answer from Stripe there may be a session or not: asking again with the same key tells which.
    if (attempt.stripeSessionId === null) {
      const order = await prisma.$transaction((tx) => lockOrder(tx, orderId))
      await createSession(parts, await payable(prisma, order, attempt.id, attempt.expiresAt))
    }
    const { stripeSessionId } = await prisma.checkoutAttempt.findUniqueOrThrow({ where: { id: attempt.id } })
    if (stripeSessionId !== null) await closeSession(parts, stripeSessionId)
  }
  return prisma.$transaction(async (tx) => {
    const order = await lockOrder(tx, orderId)
    if (order.attempts.length === 0)
      await tx.order.update({ where: { id: orderId }, data: { status: 'expired' } })
    return order.attempts.every((attempt) => attempt.status === 'expired' || attempt.status === 'failed')
  })
}

/** Asks Stripe for a session and settles what it says. @throws Problem when Stripe can't be reached */
export async function settleFromStripe(parts: CheckoutParts, sessionId: string): Promise<Settlement> {
  return settleAnswer(parts, () => PaymentService.retrieveCheckoutSession(sessionId, parts.terminal))
}

function closeSession(parts: CheckoutParts, sessionId: string): Promise<Settlement> {
  return settleAnswer(parts, () => PaymentService.expireCheckoutSession(sessionId, parts.terminal))
}

async function settleAnswer(
  parts: CheckoutParts,
  ask: () => Promise<Stripe.Checkout.Session>,
): Promise<Settlement> {
  const session = await ask().catch((error: unknown) => {
    throw stripeProblem(error)
  })
  return settleSession(parts, session)
}

async function settleSession(parts: CheckoutParts, session: Stripe.Checkout.Session): Promise<Settlement> {
  const report = sessionReport(session, new Date())
  const [settlement] = await parts.database.prisma.$transaction((tx) => settle(tx, [report], parts))
  return settlement ?? { kind: 'unknown_order' }
}

type Step =
  | { kind: 'reuse'; checkout: OpenCheckout }
  | { kind: 'close'; sessionId: string }
  | { kind: 'create'; payable: PayableOrder }

async function nextStep(tx: Transaction, orderId: number): Promise<Step> {
  const order = await lockOrder(tx, orderId)
  refuseUnlessPayable(order)
  const last = order.attempts.at(-1)
  if (last?.status === 'open' && last.stripeSessionId !== null) {
    const { url, stripeSessionId: sessionId, expiresAt } = last
    const hasTime = expiresAt.getTime() - Date.now() > MARGIN_SECONDS * 1000
    return url !== null && hasTime
      ? { kind: 'reuse', checkout: { url, sessionId, expiresAt } }
      : { kind: 'close', sessionId }
  }
  if (last?.status === 'preparing')
    return { kind: 'create', payable: await payable(tx, order, last.id, last.expiresAt) }

  await refuseUnlessForSale(tx, order)
  if (!order.stockHeld) {
    const short = await takeStock(tx, order.items)
    if (short !== null) {
      const product = await tx.product.findUniqueOrThrow({ where: { id: short } })
      throw soldOut(product, order.cartId !== null)
    }
  }
  await tx.order.update({ where: { id: orderId }, data: { stockHeld: true, status: 'pending' } })
  const attempt = await tx.checkoutAttempt.create({
    data: {
      orderId,
      number: (last?.number ?? 0) + 1,
      expiresAt: new Date((Math.floor(Date.now() / 1000) + LIFETIME_SECONDS) * 1000),
    },
  })
  return { kind: 'create', payable: await payable(tx, order, attempt.id, attempt.expiresAt) }
}

/** Asks Stripe for the attempt's session and keeps it; or ends the attempt, when Stripe will never give it one. */
async function createSession(parts: CheckoutParts, order: PayableOrder): Promise<void> {
  const { database, terminal, log } = parts
  try {
    const session = await PaymentService.createCheckoutSession(order, terminal)
    const settlement = await settleSession(parts, session)
    if (settlement.kind !== 'settled')
      log.error({ settlement, session: session.id }, 'a new session does not fit its order')
  } catch (error) {
    if (isInFlight(error)) {
      await wait(250)
      return
    }
    if (!isRefusal(error)) throw stripeProblem(error)
    // Refused before it began: there is no session under this key that anyone was led to.
    await database.prisma.$transaction((tx) => endAttempt(tx, order, parts))
    // An attempt of some minutes ago ends too soon for a new session, or was made when the shop was configured
    // otherwise: the next round makes a new attempt.
    const isOld = order.attempt.expiresAt.getTime() < Date.now() + (LIFETIME_SECONDS - 30) * 1000
    if (error.rawType === 'idempotency_error' || (isOld && error.param === 'expires_at')) return
    log.error({ err: error, order: order.key }, 'Stripe refused a checkout session')
    throw stripeProblem(error)
  }
}

async function endAttempt(tx: Transaction, payable: PayableOrder, parts: CheckoutParts): Promise<void> {
  const order = await lockOrder(tx, payable.id)
  const attempts = order.attempts.map((attempt) =>
    attempt.id === payable.attempt.id && attempt.status === 'preparing'
      ? { ...attempt, status: 'expired' as const }
      : attempt,
  )
  await applyFacts(tx, order, { ...order, attempts }, parts)
}

function refuseUnlessPayable(order: OrderFacts): void {
  const options = { action: { href: `/orders/${order.key}`, label: 'See the order' } }
  if (order.status === 'processing') {
    throw new Problem(
      409,
      'payment_processing',
      'Your payment is on its way',
      'The bank has not answered yet. Please wait for it: paying again could charge you twice.',
      options,
    )
  }
  if (!isPayable(order.status)) {
    throw new Problem(
      409,
      'already_paid',
      'This order is paid',
      'There is nothing left to pay: we will not charge you again.',
      options,
    )
  }
  if (order.needsAttention !== null) {
    throw new Problem(
      409,
      'order_under_review',
      'We are looking at this order',
      'Something about its payment must be checked first. Please do not pay again; we will write to you.',
      options,
    )
  }
}

async function refuseUnlessForSale(tx: Transaction, order: OrderFacts): Promise<void> {
  const gone = await tx.product.findFirst({
    where: { id: { in: order.items.map((item) => item.productId) }, active: false },
  })
  if (gone) {
    throw new Problem(
      409,
      'no_longer_sold',
      'No longer sold',
      `“${gone.name}” is not for sale any more. Nothing was charged.`,
    )
  }
}

async function payable(
  tx: Pick<Transaction, 'orderItem'>,
  order: OrderFacts,
  attemptId: string,
  expiresAt: Date,
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
    attempt: { id: attemptId, expiresAt },
  }
}
