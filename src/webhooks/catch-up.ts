// Finds events that never reached us in Stripe's list of events and sends them through the same inbox.
import type Stripe from 'stripe'
import { recordAudit } from '../audit/record-audit.js'
import type { Database } from '../database/client.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Logger } from '../http/logging.js'
import { Problem } from '../http/problem.js'
import { openIncidentOnce } from '../incidents/incidents.js'
import { PaymentService } from '../payments/payment-service.js'
import { isRepairing } from '../settings/repairing.js'
import { stripeProblem, type StripeContext } from '../payments/stripe-client.js'
import { appOf } from '../payments/stripe-object.js'
import { SUBSCRIBED_TYPES } from './dispatch.js'
import type { Inbox } from './inbox.js'
import { parseEvent, type SignedEvent } from './verify.js'

export interface CatchUpDeps {
  database: Database
  stripe: StripeContext
  inbox: Inbox
  log: Logger
}

/** If any process began to catch up less than this ago, no other does. */
const EVERY_SECONDS = 300
/** After a failure, sooner: at the loop's next turn. */
const AGAIN_SECONDS = 30
/** An event may appear in Stripe's list some time after it was created. */
export const OVERLAP_SECONDS = 600
/** Stripe keeps events for 30 days. */
export const KEPT_DAYS = 30
const CHUNK = 50

export interface CaughtUp {
  since: Date
  /** Events in Stripe's list since then. */
  listed: number
  /** How many of these were new to us. */
  missed: number
  /** How many of the missed events could not be handled. They are retried like any other. */
  failed: number
}

/**
 * Lets the next process that asks catch up at once. Called when the shop starts: nobody listened before. All of its processes
 * ask, and one does it.
 */
export async function catchUpSoon(prisma: PrismaClient): Promise<void> {
  await prisma.shop.updateMany({ data: { caughtUpAt: null } })
}

/**
 * Catches up, unless another process did recently. Safe in many processes at once: the inbox handles an event once, even if
 * two processes find it.
 * @returns null when there was nothing to do
 */
export async function catchUpInTurn(deps: CatchUpDeps): Promise<CaughtUp | null> {
  const { prisma } = deps.database
  // The repair reads the list itself, once it knows the orders that the events are about.
  if (await isRepairing(prisma)) return null
  // By the database's clock, because those of several machines may differ.
  const count = await prisma.$executeRaw`
    UPDATE "Shop" SET "caughtUpAt" = now() WHERE "caughtUpAt" IS NULL
      OR "caughtUpAt" NOT BETWEEN now() - ${EVERY_SECONDS} * interval '1 second' AND now() + interval '1 minute'`
  if (count === 0) return null
  const began = Date.now()
  const since = await missingSince(deps.database)
  let caughtUp: CaughtUp | null = null
  try {
    if (since !== null) caughtUp = await catchUp(deps, since)
  } catch (error) {
    await prisma.$executeRaw`
      UPDATE "Shop" SET "caughtUpAt" = now() - ${EVERY_SECONDS - AGAIN_SECONDS} * interval '1 second'`
    throw error
  }
  // Stripe dates its events by its own clock, which is known by now if Stripe has answered.
  const upTo = began + (deps.stripe.clock.skew() ?? 0) - OVERLAP_SECONDS * 1000
  // An event that could not be handled may not be stored either, so the next run must find it again.
  if (caughtUp === null || caughtUp.failed === 0)
    await prisma.shop.updateMany({
      data: { caughtUpTo: new Date(upTo) },
    })
  return caughtUp
}

/** From when on events may be missing. Null for a shop without orders and payment links: no event can be about it. */
async function missingSince({ prisma }: Database): Promise<Date | null> {
  const shop = await prisma.shop.findFirst({ select: { caughtUpTo: true } })
  if (shop?.caughtUpTo) return shop.caughtUpTo
  const select = { createdAt: true }
  const order = await prisma.order.findFirst({ orderBy: { id: 'asc' }, select })
  const link = await prisma.paymentLink.findFirst({ orderBy: { createdAt: 'asc' }, select })
  const times = [order, link].flatMap((first) => (first === null ? [] : [first.createdAt.getTime()]))
  return times.length === 0 ? null : new Date(Math.min(...times) - OVERLAP_SECONDS * 1000)
}

/**
 * Reads Stripe's list of events since a time and handles those that are new to us, the oldest first.
 * @throws Problem 503 when Stripe can't be reached
 */
export async function catchUp(deps: CatchUpDeps, since: Date): Promise<CaughtUp> {
  const oldest = new Date(deps.stripe.clock.now().getTime() - KEPT_DAYS * 86_400_000)
  const from = since < oldest ? oldest : since
  const events = await listEvents(deps, from)
  const result = { since: from, listed: events.length, missed: 0, failed: 0 }
  for (let start = 0; start < events.length; start += CHUNK) {
    const missed = await withoutKnown(deps.database, events.slice(start, start + CHUNK))
    result.missed += missed.length
    const answers = await Promise.allSettled(missed.map((event) => deps.inbox.receive(event)))
    result.failed += answers.filter(({ status }) => status === 'rejected').length
  }
  if (result.missed > 0) deps.log.warn(result, 'caught up with missed events')
  return result
}

/** Catches up because an operator asks for it. @throws Problem 503 when Stripe can't be reached */
export async function fetchMissed(deps: CatchUpDeps, since: Date): Promise<CaughtUp> {
  const caughtUp = await catchUp(deps, since)
  await recordAudit(deps.database.prisma, {
    action: 'events.fetched',
    subject: 'events',
    subjectId: 'missed',
  })
  return caughtUp
}

async function listEvents(deps: CatchUpDeps, since: Date): Promise<SignedEvent[]> {
  const { stripe } = deps
  const events: SignedEvent[] = []
  try {
    for await (const event of PaymentService.listEvents(since, SUBSCRIBED_TYPES, stripe)) {
      try {
        events.push(parseEvent(JSON.stringify(event)))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        await reportUnreadable(deps, event, error)
      }
    }
  } catch (error) {
    throw stripeProblem(error)
  }
  return events.reverse()
}

/** Without its fields, the event can't be stored. The list names it again and again: it is reported once. */
async function reportUnreadable(
  { database, stripe, log }: CatchUpDeps,
  { id, type, data }: Pick<Stripe.Event, 'id' | 'type'> & { data?: { object?: unknown } },
  error: Problem,
): Promise<void> {
  log.error({ err: error, event: id }, 'an event in Stripe’s list could not be read')
  const object = data?.object
  const app = typeof object === 'object' && object !== null ? appOf(object) : null
  if (app !== null && app !== stripe.appId) return
  await openIncidentOnce(database.prisma, {
    kind: 'event_unreadable',
    subject: id,
    orderId: null,
    message: `${type}: ${error.detail}`,
  })
}

async function withoutKnown({ prisma }: Database, events: SignedEvent[]): Promise<SignedEvent[]> {
  const known = await prisma.stripeEvent.findMany({
    where: { id: { in: events.map(({ id }) => id) } },
    select: { id: true },
  })
  const ids = new Set(known.map(({ id }) => id))
  return events.filter(({ id }) => !ids.has(id))
}
