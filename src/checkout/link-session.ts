// Settles the session that a shopper returns from, if a payment link opened it and its event has not arrived.
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { PaymentService } from '../payments/payment-service.js'
import { isFromStripe } from '../payments/stripe-client.js'
import { appOf } from '../payments/stripe-object.js'
import { settleSession } from './checkout-session.js'
import type { CheckoutDeps } from './pay.js'

/** How long the page waits for Stripe. It says the same without an answer. */
const STRIPE_TIMEOUT_MS = 5000
const SESSION_ID = /^cs_(?:test|live)_\w{1,200}$/

/**
 * Anyone can name any session: only completed ones of our own links count, and nothing is told about them. Does nothing if the
 * session is known here, when Stripe can't be reached, or after too many questions: its event, or catching up, will do.
 */
export async function settleLinkSession(
  deps: CheckoutDeps,
  sessionId: unknown,
  network: string,
): Promise<void> {
  if (typeof sessionId !== 'string' || !SESSION_ID.test(sessionId)) return
  if (await isKnown(deps, sessionId)) return
  try {
    await deps.limits.count('linkSession', network, t().checkout.tooManyCheckouts)
    const session = await PaymentService.retrieveCheckoutSession(sessionId, deps.stripe, STRIPE_TIMEOUT_MS)
    const isOurs = appOf(session) === deps.stripe.appId && session.payment_link !== null
    if (isOurs && session.status === 'complete') await settleSession(deps, session)
  } catch (error) {
    if (!(error instanceof Problem) && !isFromStripe(error)) throw error
    deps.log.info({ err: error, session: sessionId }, 'a session of a payment link was not settled here')
  }
}

async function isKnown({ database: { prisma } }: CheckoutDeps, sessionId: string): Promise<boolean> {
  const [attempt, unmatched] = await Promise.all([
    prisma.checkoutAttempt.findUnique({ where: { stripeSessionId: sessionId }, select: { id: true } }),
    prisma.unmatchedPayment.findUnique({ where: { id: sessionId }, select: { id: true } }),
  ])
  return attempt !== null || unmatched !== null
}
