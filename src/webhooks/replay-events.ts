// Handles events again, for operators. One that never arrived is fetched from Stripe first.
import { recordAudit } from '../audit/record-audit.js'
import { isDatabaseAway } from '../database/errors.js'
import type { EventOutcome } from '../generated/prisma/enums.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService } from '../payments/payment-service.js'
import { stripeProblem } from '../payments/stripe-client.js'
import { storedEvent, type StoredEvent } from './event-rows.js'
import { handleEvents } from './handle-events.js'
import { keepFailed } from './keep-failed.js'
import { eraseBodyIfOld } from '../retention/erase-bodies.js'
import { parseEvent, type SignedEvent } from './verify.js'

/**
 * Handles an event again. Replaying a handled event changes nothing but its outcome.
 * @throws Problem when it never arrived and Stripe does not have it; what its handler threw, after it was stored
 */
export async function replayEvent(deps: PaymentDeps, id: string): Promise<EventOutcome> {
  const row = await deps.database.prisma.stripeEvent.findUnique({ where: { id } })
  const outcome = row ? await replayStored(deps, row) : await replay(deps, await fetchEvent(deps, id))
  await recordAudit(deps.database.prisma, { action: 'event.replayed', subject: 'event', subjectId: id })
  return outcome
}

async function fetchEvent({ stripe }: PaymentDeps, id: string): Promise<SignedEvent> {
  const event = await PaymentService.retrieveEvent(id, stripe).catch((error: unknown) => {
    throw stripeProblem(error)
  })
  return parseEvent(JSON.stringify(event))
}

async function replayStored(deps: PaymentDeps, row: StoredEvent): Promise<EventOutcome> {
  const outcome = await replay(deps, storedEvent(row))
  const { eventDays } = await deps.settings()
  await eraseBodyIfOld(deps.database.prisma, row.id, eventDays)
  return outcome
}

async function replay(deps: PaymentDeps, event: SignedEvent): Promise<EventOutcome> {
  const { appId, livemode } = deps.stripe
  try {
    const [handled] = await handleEvents({ ...deps, appId, livemode }, [event], { replay: true })
    return handled?.outcome.kind ?? 'unhandled'
  } catch (error) {
    if (!isDatabaseAway(error))
      await deps.database.prisma.$transaction((tx) => keepFailed({ appId, livemode }, tx, event, error))
    throw error
  }
}

export interface Replayed {
  events: { id: string; type: string; outcome: string }[]
  /** Whether there are more that were not replayed this time. */
  more: boolean
  /** Quarantined events that are not replayed: their money is recorded, or their incident is resolved. */
  skipped: number
}

/** Events of one call. A thousand take less than a minute. */
const AT_ONCE = 1000

/**
 * Handles again the events that are unhandled, were given up, or were quarantined and have an open incident. Those that were
 * tried least often come first.
 */
export async function replayFailed(deps: PaymentDeps, atOnce = AT_ONCE): Promise<Replayed> {
  const { prisma } = deps.database
  // Without an open incident, a quarantined event's money is recorded, or an operator has dealt with it.
  const quarantined = await prisma.incident.findMany({
    where: { kind: 'event_quarantined', resolvedAt: null },
    select: { subject: true },
  })
  // Outcomes are no parameters: see event-list.ts.
  const rows = await prisma.$queryRaw<StoredEvent[]>`
    SELECT id, type, created, livemode, "apiVersion", payload FROM "StripeEvent"
    WHERE outcome IN ('unhandled', 'failed')
      OR outcome = 'quarantined' AND id = ANY(${quarantined.map(({ subject }) => subject)}::text[])
    ORDER BY attempts, "receivedAt" LIMIT ${atOnce + 1}`
  const events: Replayed['events'] = []
  for (const row of rows.slice(0, atOnce)) {
    const outcome = await replayStored(deps, row).catch((error: unknown) => String(error))
    events.push({ id: row.id, type: row.type, outcome })
  }
  if (events.length > 0)
    await recordAudit(prisma, { action: 'events.replayed', subject: 'events', subjectId: 'failed' })
  const [left] = await prisma.$queryRaw<{ skipped: number }[]>`
    SELECT count(*)::int AS skipped FROM "StripeEvent"
    WHERE outcome = 'quarantined' AND id <> ALL(${events.map(({ id }) => id)}::text[])`
  return { events, more: rows.length > atOnce, skipped: left?.skipped ?? 0 }
}
