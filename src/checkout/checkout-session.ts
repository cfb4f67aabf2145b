// Creates, retrieves and closes the Stripe session of an attempt, and settles what Stripe returns.
import type Stripe from 'stripe'
import { nameWithVariant, variantIdOf } from '../catalog/variants.js'
import type { Transaction } from '../database/client.js'
import type { Order } from '../generated/prisma/client.js'
import { isLanguage } from '../messages/index.js'
import { openIncident } from '../incidents/incidents.js'
import type { OrderFacts } from '../orders/order-facts.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService } from '../payments/payment-service.js'
import type {
  PayableAttempt,
  PayableDelivery,
  PayableItem,
  PayableOrder,
} from '../payments/session-parameters.js'
import { sessionReport } from '../payments/session-report.js'
import { settle } from '../payments/settle.js'
import { settleOptimistically } from '../payments/settle-optimistically.js'
import type { Settlement } from '../payments/apply-reports.js'
import { lockOrder, type StoredOrders } from '../payments/order-store.js'
import { isInFlight, isMissing, isRefusal, stripeProblem } from '../payments/stripe-client.js'

/**
 * Retrieves a session from Stripe and settles it.
 * @param timeoutMs how long Stripe may take; as long as for any call by default
 * @throws Problem when Stripe can't be reached
 */
export async function settleFromStripe(
  deps: PaymentDeps,
  sessionId: string,
  timeoutMs?: number,
): Promise<Settlement> {
  const session = await PaymentService.retrieveCheckoutSession(sessionId, deps.stripe, timeoutMs).catch(
    (error: unknown) => {
      throw stripeProblem(error)
    },
  )
  return settleSession(deps, session)
}

/**
 * Expires a session at Stripe, unless the shopper has already paid, and settles the result. If Stripe does not know the
 * session (the shop now has the keys of another account), its attempt is marked as expired.
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
  deps.log.error({ session: sessionId, attempt: attempt.id }, 'Stripe does not know this session')
  await openIncident(deps.database.prisma, {
    kind: 'session_unknown',
    subject: sessionId,
    orderId: attempt.orderId,
    message: `Stripe does not know the session ${sessionId}, in which this order was to be paid.`,
  })
  await endAttempt(deps, attempt.orderId, attempt.id, 'open')
  return { kind: 'settled', orderId: attempt.orderId }
}

/** Settles a session as Stripe has just described it. */
export async function settleSession(
  deps: PaymentDeps,
  session: Stripe.Checkout.Session,
): Promise<Settlement> {
  return (await settledBy(deps, session)).settlement
}

async function settledBy(
  deps: PaymentDeps,
  session: Stripe.Checkout.Session,
  stored?: StoredOrders,
): Promise<{ settlement: Settlement; order: OrderFacts | null }> {
  const { prisma } = deps.database
  const reports = [sessionReport(session, deps.stripe.clock.now())]
  const { settlements, orders } =
    (await settleOptimistically(deps.database.direct, reports, deps, stored)) ??
    (await prisma.$transaction((tx) => settle(tx, { reports }, deps)))
  return { settlement: settlements[0] ?? { kind: 'unknown_order' }, order: orders[0] ?? null }
}

export type Creation =
  /** `order` is as the session left it. Null: the session does not fit it. */
  | { kind: 'created'; order: OrderFacts | null }
  /** Another request for it is still in progress at Stripe. */
  | { kind: 'in progress' }
  /** Stripe will never create this session, which ends the attempt. */
  | { kind: 'refused'; refusal: Stripe.errors.StripeError }

/**
 * Creates the attempt's session at Stripe and settles it. The attempt's id is the idempotency key, so a repeated call
 * returns the same session. That is how we learn of a session whose response was lost.
 * @param stored the order as it is in the database, if that is known
 * @throws Problem when Stripe can't be reached
 */
export async function createSession(
  deps: PaymentDeps,
  order: PayableOrder,
  stored?: StoredOrders,
): Promise<Creation> {
  let session: Stripe.Checkout.Session
  try {
    session = await PaymentService.createCheckoutSession(order, await deps.settings(), deps.stripe)
  } catch (error) {
    if (isInFlight(error)) return { kind: 'in progress' }
    if (!isRefusal(error)) throw stripeProblem(error, order.key)
    // Stripe rejected the request itself, so no session exists under this key.
    await endAttempt(deps, order.id, order.attempt.id, 'preparing')
    return { kind: 'refused', refusal: error }
  }
  const { settlement, order: settled } = await settledBy(deps, session, stored)
  if (settlement.kind === 'settled') return { kind: 'created', order: settled }
  deps.log.error({ settlement, session: session.id }, 'a new session does not match its order')
  await closeSession(deps, session.id)
  await endAttempt(deps, order.id, order.attempt.id, 'preparing')
  return { kind: 'created', order: null }
}

/** How long to wait until Stripe is asked again about a request that is in progress. The waits grow: few calls are enough. */
export function pauseMs(round: number): number {
  return Math.min(250 * 2 ** round, 4000)
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
    await settle(tx, { before: { orders: [order] }, after: { orders: [{ ...order, attempts }] } }, deps)
  })
}

/** Collects what Stripe needs to create the session of an attempt. */
export async function payableOrder(
  tx: Pick<Transaction, 'order'>,
  order: OrderFacts,
  attempt: PayableAttempt,
): Promise<PayableOrder> {
  const { items, ...stored } = await tx.order.findUniqueOrThrow({
    where: { id: order.id },
    select: {
      items: {
        include: {
          product: { select: { image: true, taxCode: true } },
        },
        orderBy: { id: 'asc' },
      },
      shippingRateId: true,
      shippingRateName: true,
      deliveryMinDays: true,
      deliveryMaxDays: true,
      locale: true,
    },
  })
  const lines = items.map(({ product, ...item }) => ({
    ...item,
    variantId: variantIdOf(item),
    image: item.image ?? product.image,
    taxCode: product.taxCode,
  }))
  return asPayable(order, lines, stored, attempt)
}

type Stored = Pick<
  Order,
  'shippingRateId' | 'shippingRateName' | 'deliveryMinDays' | 'deliveryMaxDays' | 'locale'
>

/** What Stripe needs to create the session of an attempt, of rows that are loaded already. */
export function asPayable(
  order: Omit<PayableOrder, 'fromCart' | 'items' | 'delivery' | 'locale' | 'attempt'> &
    Pick<OrderFacts, 'cartId' | 'deliveryCountry' | 'shippingTotal'>,
  items: readonly (PayableItem & { variantName: string })[],
  stored: Stored,
  attempt: PayableAttempt,
): PayableOrder {
  const { id, key, email, currency, taxBehavior, automaticTax } = order
  return {
    ...{ id, key, email, currency, taxBehavior, automaticTax, attempt },
    locale: isLanguage(stored.locale) ? stored.locale : null,
    fromCart: order.cartId !== null,
    items: items.map(({ variantName, ...item }) => ({
      ...item,
      name: nameWithVariant(item.name, variantName),
    })),
    delivery: deliveryOf(order, stored),
  }
}

function deliveryOf(
  { deliveryCountry, shippingTotal }: Pick<OrderFacts, 'deliveryCountry' | 'shippingTotal'>,
  stored: Stored,
): PayableDelivery | null {
  if (deliveryCountry === null) return null
  return {
    country: deliveryCountry,
    rateId: stored.shippingRateId,
    rateName: stored.shippingRateName ?? '',
    amount: shippingTotal,
    minDays: stored.deliveryMinDays,
    maxDays: stored.deliveryMaxDays,
  }
}
