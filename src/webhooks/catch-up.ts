// Events that never reached us: Stripe is asked for its list, and what is not in ours goes through the same inbox.
import type { Database } from '../database/client.js'
import type { Logger } from '../http/logging.js'
import { Problem } from '../http/problem.js'
import { PaymentService } from '../payments/payment-service.js'
import { stripeProblem, type StripeContext } from '../payments/stripe-client.js'
import { HANDLED_TYPES } from './dispatch.js'
import type { Inbox } from './inbox.js'
import { parseEvent, type SignedEvent } from './verify.js'

export interface CatchUpDeps {
  database: Database
  stripe: StripeContext
  inbox: Inbox
  log: Logger
}

/** A process that began so recently does it for all. */
const EVERY_SECONDS = 300
/** An event may take its time from Stripe's books to Stripe's list. */
const OVERLAP_SECONDS = 600
/** Stripe keeps events for 30 days. */
const KEPT_DAYS = 30
const AT_ONCE = 50

export interface CaughtUp {
  /** Events in Stripe's list since then. */
  since: Date
  listed: number
  /** Of these, what we had not heard of. */
  missed: number
  /** Of these, what could not be handled: it is tried again by itself. */
  failed: number
}

/**
 * Catches up, unless another process did a moment ago. Safe in many processes at once: an event that two of them find is
 * one all the same.
 * @returns null when there was nothing to do
 */
export async function catchUpInTurn(deps: CatchUpDeps): Promise<CaughtUp | null> {
  const { prisma } = deps.database
  const { count } = await prisma.shop.updateMany({
    where: {
      OR: [{ caughtUpAt: null }, { caughtUpAt: { lt: new Date(Date.now() - EVERY_SECONDS * 1000) } }],
    },
    data: { caughtUpAt: new Date() },
  })
  if (count === 0) return null
  const began = new Date()
  const since = await unheardSince(deps.database)
  const caughtUp = since === null ? null : await catchUp(deps, since)
  // What could not be handled may not even be stored: it is looked for again.
  if (caughtUp === null || caughtUp.failed === 0)
    await prisma.shop.updateMany({
      data: { caughtUpTo: new Date(began.getTime() - OVERLAP_SECONDS * 1000) },
    })
  return caughtUp
}

/** Null for a shop without orders: nothing that Stripe could tell is about it. */
async function unheardSince({ prisma }: Database): Promise<Date | null> {
  const shop = await prisma.shop.findFirst({ select: { caughtUpTo: true } })
  if (shop?.caughtUpTo) return shop.caughtUpTo
  const first = await prisma.order.findFirst({ orderBy: { id: 'asc' }, select: { createdAt: true } })
  return first?.createdAt ?? null
}

/**
 * Reads Stripe's list of events since a time, the oldest first, and handles what is new to us.
 * @throws Problem 503 when Stripe can't be reached
 */
export async function catchUp(deps: CatchUpDeps, since: Date): Promise<CaughtUp> {
  const oldest = new Date(Date.now() - KEPT_DAYS * 86_400_000)
  const from = since < oldest ? oldest : since
  const events = await listed(deps, from)
  const result = { since: from, listed: events.length, missed: 0, failed: 0 }
  for (let start = 0; start < events.length; start += AT_ONCE) {
    const missed = await unheard(deps.database, events.slice(start, start + AT_ONCE))
    result.missed += missed.length
    const answers = await Promise.allSettled(missed.map((event) => deps.inbox.receive(event)))
    result.failed += answers.filter(({ status }) => status === 'rejected').length
  }
  if (result.missed > 0) deps.log.warn(result, 'events had been missed, and were caught up with')
  return result
}

async function listed({ stripe, log }: CatchUpDeps, since: Date): Promise<SignedEvent[]> {
  const events: SignedEvent[] = []
  try {
    for await (const event of PaymentService.listEvents(since, HANDLED_TYPES, stripe)) {
      try {
        events.push(parseEvent(JSON.stringify(event)))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        log.error({ err: error, event: event.id }, 'an event of Stripe’s list could not be read')
      }
    }
  } catch (error) {
    throw stripeProblem(error)
  }
  return events.reverse()
}

async function unheard({ prisma }: Database, events: SignedEvent[]): Promise<SignedEvent[]> {
  const known = await prisma.stripeEvent.findMany({
    where: { id: { in: events.map(({ id }) => id) } },
    select: { id: true },
  })
  const ids = new Set(known.map(({ id }) => id))
  return events.filter(({ id }) => !ids.has(id))
}
