// Settles the sessions of a period that the database does not have, or has as they were earlier. Lost orders are rebuilt first.
import type Stripe from 'stripe'
import { closeSession } from '../checkout/checkout-session.js'
import { PaymentService, type Period } from '../payments/payment-service.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { sessionReport, type SessionReport } from '../payments/session-report.js'
import { settle } from '../payments/settle.js'
import { appOf } from '../payments/stripe-object.js'
import { lostOrder, type LostOrder } from './lost-session.js'
import { addSession, lockKey, rebuildOrder, type LostRate } from './rebuild-order.js'
import type { Counts } from './repairs.js'

/** What became of a session: the count that it is added to. Null: nothing. */
type Became = 'orders' | 'sessions' | 'changed' | 'unmatched' | null

/** @param each is called for each session that is to be settled, with the work; it counts what became of it */
export async function settleSessions(
  deps: PaymentDeps,
  period: Period,
  each: (what: string, work: () => Promise<keyof Counts | null>) => Promise<void>,
): Promise<void> {
  const sessions = await PaymentService.listSessions(period, deps.stripe)
  const own = sessions.filter((session) => appOf(session) === deps.stripe.appId)
  const known = await knownSessions(deps, own)
  for (const session of own) {
    const { status } = sessionReport(session, new Date())
    if (known.get(session.id) === status) continue
    await each(`session ${session.id}`, () => settleSession(deps, session.id))
  }
}

/** The stored status of each session that the database has. */
async function knownSessions(
  { database: { prisma } }: PaymentDeps,
  sessions: readonly Stripe.Checkout.Session[],
): Promise<ReadonlyMap<string, string>> {
  const attempts = await prisma.checkoutAttempt.findMany({
    where: { stripeSessionId: { in: sessions.map(({ id }) => id) } },
    select: { stripeSessionId: true, status: true },
  })
  return new Map(attempts.map(({ stripeSessionId, status }) => [stripeSessionId ?? '', status]))
}

/** Settles one session as it is now, after its order was rebuilt if that is missing. Safe to repeat. */
export async function settleSession(deps: PaymentDeps, sessionId: string): Promise<Became> {
  const { session, lines } = await PaymentService.retrieveWholeSession(sessionId, deps.stripe)
  const report = sessionReport(session, timeOf(session, deps))
  // A visit to a payment link that was not paid is nothing. One that was becomes an order in settlement.
  if (report.paymentLinkId !== null && (report.status === 'open' || report.status === 'expired')) return null
  const lost = report.paymentLinkId === null ? lostOrder(session, lines, report) : 'it is a payment link’s'
  const rate = typeof lost === 'string' ? null : await rateOf(deps, lost)
  const became = await deps.database.prisma.$transaction(async (tx): Promise<Became> => {
    let written: Became = 'changed'
    if (typeof lost !== 'string') {
      await lockKey(tx, lost.key)
      const order = await tx.order.findUnique({ where: { key: lost.key }, select: { id: true } })
      const orderId = order?.id ?? (await rebuildOrder(tx, lost, rate, report))
      if (typeof orderId === 'string') deps.log.warn({ session: sessionId, reason: orderId }, 'not rebuilt')
      else {
        const added = await addSession(tx, orderId, lost, report)
        written = order === null ? 'orders' : added ? 'sessions' : 'changed'
      }
    }
    const { settlements } = await settle(tx, { reports: [report] }, deps)
    const [settlement] = settlements
    if (settlement?.kind === 'settled') return written
    return settlement?.kind === 'quarantined' && settlement.moneyKept ? 'unmatched' : null
  })
  if (report.status === 'open') await close(deps, report)
  return became
}

/** Nobody holds its units any more. If it was paid just now, it is settled. */
async function close(deps: PaymentDeps, { sessionId }: SessionReport): Promise<void> {
  const stored = await deps.database.prisma.checkoutAttempt.findUnique({
    where: { stripeSessionId: sessionId },
    select: { status: true },
  })
  if (stored?.status === 'expired') await closeSession(deps, sessionId)
}

/** When it became what it is, as far as Stripe says. Its event says it exactly, and the earlier of two times counts. */
function timeOf(session: Stripe.Checkout.Session, { stripe }: PaymentDeps): Date {
  const { payment_intent: intent } = session
  const charge = typeof intent === 'object' ? intent?.latest_charge : null
  if (typeof charge === 'object' && charge !== null) return new Date(charge.created * 1000)
  // Nothing was charged: a discount paid for all of it.
  return session.payment_status === 'no_payment_required' || session.status === 'expired'
    ? new Date(session.created * 1000)
    : stripe.clock.now()
}

async function rateOf({ database, stripe }: PaymentDeps, { delivery }: LostOrder): Promise<LostRate | null> {
  if (delivery?.stripeRateId == null) return null
  const rate = await PaymentService.retrieveShippingRate(delivery.stripeRateId, stripe)
  if (rate === null) return null
  const id = Number(rate.metadata['shipping_rate_id'] ?? 0)
  const own =
    Number.isSafeInteger(id) && id > 0 && id < 2 ** 31
      ? await database.prisma.shippingRate.findUnique({ where: { id }, select: { id: true } })
      : null
  const { minimum, maximum } = rate.delivery_estimate ?? {}
  return {
    shippingRateId: own?.id ?? null,
    name: rate.display_name,
    minDays: minimum?.value ?? null,
    maxDays: maximum?.value ?? null,
  }
}
