// Opens an order's checkout session: returns the open one or creates one. An order has at most one payable session.
import { setTimeout as wait } from 'node:timers/promises'
import type Stripe from 'stripe'
import type { Transaction } from '../database/client.js'
import { loginHref } from '../accounts/next-path.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { openOrders, type OpenOrder } from '../orders/open-orders.js'
import { lockShopper, type Shopper } from '../orders/shopper.js'
import { holdsUnmatched, type AttemptFacts, type OrderFacts } from '../orders/order-facts.js'
import { isPayable } from '../orders/order-status.js'
import { beginAttempt, SESSION_LIFETIME_SECONDS, type PageSettings } from './begin-attempt.js'
import { closeSession, createSession, pauseMs, payableOrder } from './checkout-session.js'
import { CHECKOUT_TIMEOUT_MS } from './close-checkout.js'
import { ensureCustomer, forgetCustomer } from './customer.js'
import { closeCompetingOrders, orderReplaced } from './close-competing-orders.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import type { PayableOrder } from '../payments/session-parameters.js'
import { assertStillOffered } from './check-offer.js'
import { lockOrder, type StoredOrders } from '../payments/order-store.js'
import { openIncident } from '../incidents/incidents.js'
import type { StripeClock } from '../payments/stripe-clock.js'
import { CallLimitError, stripeProblem, withCallLimit } from '../payments/stripe-client.js'

/** A session that expires sooner is replaced, because the shopper needs time to pay. */
const MIN_REMAINING_SECONDS = 60
/** After a refusal that a new attempt can avoid. One is enough, unless the first answer's clock was wrong. */
const MAX_REFUSALS = 2

export interface OpenCheckout {
  url: string
  sessionId: string
  expiresAt: Date
}

/** The order to pay, and who pays it. */
export interface OrderToPay extends Shopper {
  id: number
  key: string
  /** The open attempt when the order was placed. If another request closes it, this one is refused. */
  attemptId?: string | null
  /** For the session of an attempt that has just begun with the order. */
  payable?: PayableOrder
  /** The order as it was placed. Undefined: read it. */
  stored?: StoredOrders
}

/**
 * Returns the session in which this order is paid. A double click gets the same session. The shopper's competing open
 * orders are closed before a session is created, and a request whose own session was closed by another is refused.
 * @throws Problem when the order no longer needs payment, is sold out, has a new price, was replaced or belongs to an account
 * that is not signed in, or when Stripe can't be reached
 */
export async function openCheckout(deps: PaymentDeps, order: OrderToPay): Promise<OpenCheckout> {
  try {
    const checkout = await open({ ...deps, stripe: withCallLimit(deps.stripe) }, order)
    if (checkout) return checkout
  } catch (error) {
    if (!(error instanceof CallLimitError)) throw error
    deps.log.error({ err: error, order: order.key }, 'a checkout made too many calls to Stripe')
  }
  throw new Problem(503, 'checkout_busy', t().checkout.tryAgainTitle, t().checkout.checkoutBusy, {
    retryAfter: 2,
    action: { href: `/orders/${order.key}`, label: t().checkout.viewOrder },
  })
}

/** @returns null when another request about the order was still in progress at the deadline */
async function open(deps: PaymentDeps, order: OrderToPay): Promise<OpenCheckout | null> {
  const deadline = Date.now() + CHECKOUT_TIMEOUT_MS
  const closed = new Set<number>()
  let ownAttemptId = order.attemptId ?? null
  let created = 0
  let refusals = 0
  let buysWithoutCustomer = false
  for (let round = 0; Date.now() < deadline; round++) {
    const settings = await deps.settings()
    const step: Step =
      round === 0 && order.payable
        ? { kind: 'create', payable: order.payable }
        : await deps.database.prisma.$transaction((tx) =>
            nextStep(deps, tx, order, { ownAttemptId, buysWithoutCustomer, settings }),
          )
    switch (step.kind) {
      case 'reuse':
        return step.checkout
      case 'renew':
        // The first one may have been created by an earlier request whose answer was lost. A third would be no better.
        if (created > 1) throw unusableSession(deps, order, step)
        await closeSession(deps, step.sessionId)
        ownAttemptId = null
        break
      case 'replaced':
        // The other request closed it at Stripe, unless Stripe created it only afterwards. Close it again to be sure.
        await closeSession(deps, step.sessionId)
        throw orderReplaced(order.userId === null ? '/pricing' : '/account/orders')
      case 'close competing':
        await closeCompetingOrders(deps, step.competing, closed, deadline)
        break
      case 'create customer':
        buysWithoutCustomer = !(await ensureCustomer(deps, step.userId, order.key))
        break
      case 'create': {
        ownAttemptId = step.payable.attempt.id
        const creation = await createSession(deps, step.payable, round === 0 ? order.stored : undefined)
        if (creation.kind === 'created') {
          created++
          const checkout = creation.order && newSessionOf(creation.order, ownAttemptId, deps)
          if (checkout) return checkout
        } else if (creation.kind === 'in progress') await wait(pauseMs(round))
        else if (isAboutCustomer(step.payable, creation.refusal) && ++refusals <= MAX_REFUSALS)
          await forgetCustomer(deps, step.payable.attempt.customerId, creation.refusal)
        else if (++refusals > MAX_REFUSALS || !isAvoidable(deps, step.payable, creation.refusal)) {
          deps.log.error({ err: creation.refusal, order: order.key }, 'Stripe refused a checkout session')
          await reportRefusal(deps, order.id, creation.refusal)
          throw stripeProblem(creation.refusal)
        }
      }
    }
  }
  return null
}

/** The session that was created for an attempt, unless something else has happened to the order since. */
function newSessionOf(
  order: OrderFacts,
  attemptId: string,
  { stripe: { clock } }: PaymentDeps,
): OpenCheckout | null {
  const isUndisturbed = order.status === 'pending' && order.needsAttention === null && !holdsUnmatched(order)
  const last = order.attempts.at(-1)
  return isUndisturbed && last?.id === attemptId ? openSessionOf(last, clock) : null
}

/** Null: the attempt has no open session in which the shopper has time to pay. */
function openSessionOf(
  { status, url, stripeSessionId: sessionId, expiresAt }: AttemptFacts,
  clock: StripeClock,
): OpenCheckout | null {
  const hasTime = expiresAt.getTime() - clock.later().getTime() > MIN_REMAINING_SECONDS * 1000
  return status === 'open' && url !== null && sessionId !== null && hasTime
    ? { url, sessionId, expiresAt }
    : null
}

type Step =
  | { kind: 'reuse'; checkout: OpenCheckout }
  /** The open session expires too soon. */
  | { kind: 'renew'; sessionId: string; expiresAt: Date }
  /** Another request has closed this one's session. */
  | { kind: 'replaced'; sessionId: string }
  | { kind: 'close competing'; competing: OpenOrder[] }
  /** The shopper has none yet. */
  | { kind: 'create customer'; userId: number }
  | { kind: 'create'; payable: PayableOrder }

interface StepOptions {
  /** The attempt of this request. Null: it began none. */
  ownAttemptId: string | null
  /** Whether Stripe refuses to make a customer of the shopper. */
  buysWithoutCustomer: boolean
  settings: PageSettings
}

async function nextStep(
  { stripe: { clock } }: PaymentDeps,
  tx: Transaction,
  { id, ...shopper }: OrderToPay,
  { ownAttemptId, buysWithoutCustomer, settings }: StepOptions,
): Promise<Step> {
  const { customerId } = await lockShopper(tx, shopper)
  const order = await lockOrder(tx, id)
  refuseUnlessPayable(order)
  // A session of an account shows its saved cards and address, so a link to the order does not lead there.
  if (order.userId !== shopper.userId) throw paidInAccount(order)
  const last = order.attempts.at(-1)
  if (last?.status === 'open' && last.stripeSessionId !== null) {
    const checkout = openSessionOf(last, clock)
    return checkout
      ? { kind: 'reuse', checkout }
      : { kind: 'renew', sessionId: last.stripeSessionId, expiresAt: last.expiresAt }
  }
  if (last?.status === 'preparing') return { kind: 'create', payable: await payableOrder(tx, order, last) }

  // Only an attempt that had a session and expired early was closed by another request.
  const own = order.attempts.find((attempt) => attempt.id === ownAttemptId)
  if (own?.status === 'expired' && own.stripeSessionId !== null && own.expiresAt > clock.now())
    return { kind: 'replaced', sessionId: own.stripeSessionId }

  const productIds = [...new Set(order.items.map((item) => item.productId))]
  const open = await openOrders(tx, { ...order, productIds })
  const competing = open.filter((other) => other.id !== id)
  if (competing.length > 0) return { kind: 'close competing', competing }
  await assertStillOffered(tx, order)
  if (customerId === null && order.userId !== null && !buysWithoutCustomer)
    return { kind: 'create customer', userId: order.userId }
  const attempt = await beginAttempt(tx, order, settings, customerId, clock.later())
  return { kind: 'create', payable: await payableOrder(tx, order, attempt) }
}

/** Whether Stripe refuses the customer: it was deleted there, or is another account's. A new one helps. */
function isAboutCustomer({ attempt }: PayableOrder, { param }: Stripe.errors.StripeError): boolean {
  return attempt.customerId !== null && param === 'customer'
}

/**
 * Whether a new attempt can succeed: the refused one was too old by Stripe's clock, as that is known now (its `expires_at` is
 * less than 30 minutes away, or more than a day), or the shop's configuration has changed since its first request
 * (idempotency error).
 */
function isAvoidable(
  { stripe: { clock } }: PaymentDeps,
  { attempt }: PayableOrder,
  refusal: Stripe.errors.StripeError,
): boolean {
  if (refusal.rawType === 'idempotency_error') return true
  if (refusal.param !== 'expires_at') return false
  clock.believeLast()
  const lifetime = (attempt.expiresAt.getTime() - clock.later().getTime()) / 1000
  return Math.abs(lifetime - SESSION_LIFETIME_SECONDS) > 30
}

function unusableSession(
  { log }: PaymentDeps,
  { key }: OrderToPay,
  { sessionId, expiresAt }: Extract<Step, { kind: 'renew' }>,
): Problem {
  log.error(
    { order: key, session: sessionId, expiresAt },
    'a session that Stripe has just opened seems to end at once: check the clock of this machine and the database’s time zone',
  )
  return new Problem(503, 'checkout_busy', t().checkout.tryAgainTitle, t().checkout.cannotOpen, {
    retryAfter: 30,
    action: { href: `/orders/${key}`, label: t().checkout.viewOrder },
  })
}

/** One incident for each cause: what Stripe refuses for one shopper, it refuses for the next. */
async function reportRefusal(
  { database }: PaymentDeps,
  orderId: number,
  { code, rawType, param, message }: Stripe.errors.StripeError,
): Promise<void> {
  await openIncident(database.prisma, {
    kind: 'checkout_refused',
    subject: [code ?? rawType ?? 'refused', param].filter(Boolean).join(' '),
    orderId,
    message: `Stripe refused a checkout session: ${message}`,
  })
}

function paidInAccount({ key }: OrderFacts): Problem {
  const { inAccountTitle, inAccount, signIn } = t().checkout.guest
  return new Problem(403, 'order_of_account', inAccountTitle, inAccount, {
    action: { href: loginHref(`/orders/${key}`), label: signIn },
  })
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
  if (order.isCanceled) {
    throw new Problem(409, 'order_canceled', t().checkout.canceledTitle, t().checkout.canceled, options)
  }
  if (order.needsAttention !== null || holdsUnmatched(order)) {
    throw new Problem(
      409,
      'order_under_review',
      t().checkout.underReviewTitle,
      t().checkout.underReview,
      options,
    )
  }
}
