// Repairs the shop after a backup was restored: learns from Stripe what happened since, step by step, and resumes when interrupted.
import type { Repair } from '../generated/prisma/client.js'
import { openIncident } from '../incidents/incidents.js'
import { isDatabaseAway } from '../database/errors.js'
import { Problem } from '../http/problem.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { isFromStripe, isRefusal, stripeProblem } from '../payments/stripe-client.js'
import { catchUp, KEPT_DAYS, OVERLAP_SECONDS } from '../webhooks/catch-up.js'
import type { Inbox } from '../webhooks/inbox.js'
import { replayEvent } from '../webhooks/replay-events.js'
import { eraseAgain } from './erase-again.js'
import { holdMails } from './held-mails.js'
import {
  claimRepair,
  countsOf,
  keepProgress,
  PHASES,
  releaseRepair,
  RepairTakenError,
  type Counts,
  type Phase,
} from './repairs.js'
import { settleDisputes, settleRefunds } from './settle-lists.js'
import { settleSession, settleSessions } from './settle-sessions.js'
import { reportOf } from './report.js'

export interface RepairDeps extends PaymentDeps {
  inbox: Inbox
}

/** A session can be open for a day: one that was opened before the backup may have been paid since. */
const SESSION_HOURS = 25
/** Sessions of so many hours are listed at once, the oldest first. */
const SLICE_HOURS = 6
/** After so many objects the claim is renewed. */
const RENEW_EVERY = 10

type Each = (what: string, work: () => Promise<keyof Counts | null>) => Promise<void>

/**
 * Goes on with the oldest repair, for one step. Safe in many processes at once: each repair is claimed, and everything that it does
 * can be done twice.
 * @returns how many steps were done: none if there is nothing to repair, or another process does
 * @throws Problem 503 when Stripe can't be reached; the step is done again then
 */
export async function repairInTurn(deps: RepairDeps): Promise<number> {
  const { prisma } = deps.database
  const claimed = await claimRepair(prisma)
  if (claimed === null) return 0
  const step = new Step(deps, claimed)
  try {
    await step.run()
    return 1
  } catch (error) {
    if (error instanceof RepairTakenError) return 0
    throw stripeProblem(error)
  } finally {
    await releaseRepair(prisma, step.repair).catch(() => undefined)
  }
}

/** One step of a repair: a slice of its sessions, or one of the phases that follow. */
class Step {
  private readonly counts: Counts
  private done = 0

  constructor(
    private readonly deps: RepairDeps,
    /** As it is stored now. */
    public repair: Repair,
  ) {
    this.counts = countsOf(repair)
  }

  async run(): Promise<void> {
    const { id, phase, cursor } = this.repair
    switch (phase as Phase) {
      case 'sessions':
        return this.sessions()
      case 'events':
        await this.events()
        break
      case 'refunds':
        await settleRefunds(this.deps, this.wholePeriod(), this.each)
        break
      case 'disputes':
        await settleDisputes(this.deps, this.wholePeriod(), this.each)
        break
      case 'erasures':
        await eraseAgain(this.deps, this.repair.since, this.each)
        break
      case 'mails':
        return this.finish()
    }
    const next = PHASES[PHASES.indexOf(phase as Phase) + 1] ?? 'mails'
    this.repair = await keepProgress(this.deps.database.prisma, this.repair, {
      phase: next,
      cursor: '',
      counts: this.counts,
    })
    this.deps.log.info({ repair: id, phase, cursor, ...this.counts }, 'repaired from Stripe')
  }

  /** Runs work on one object. What Stripe or the object itself has wrong must not keep the rest from being repaired. */
  private readonly each: Each = async (what, work) => {
    try {
      const became = await work()
      if (became !== null) this.counts[became] += 1
    } catch (error) {
      if (isDatabaseAway(error) || (isFromStripe(error) && !isRefusal(error))) throw error
      if (error instanceof Problem && error.status === 503) throw error
      this.counts.failed += 1
      this.deps.log.error({ err: error, repair: this.repair.id, what }, 'an object could not be repaired')
    }
    this.done += 1
    if (this.done % RENEW_EVERY === 0)
      this.repair = await keepProgress(this.deps.database.prisma, this.repair)
  }

  private async sessions(): Promise<void> {
    const { since, cursor, id } = this.repair
    const from = cursor === '' ? new Date(since.getTime() - SESSION_HOURS * 3_600_000) : new Date(cursor)
    const now = this.deps.stripe.clock.later()
    const end = new Date(Math.min(from.getTime() + SLICE_HOURS * 3_600_000, now.getTime() + 60_000))
    await settleSessions(this.deps, { from, to: end }, this.each)
    const isLast = end > now
    this.repair = await keepProgress(this.deps.database.prisma, this.repair, {
      ...(isLast ? { phase: 'events', cursor: '' } : { cursor: end.toISOString() }),
      counts: this.counts,
    })
    this.deps.log.info({ repair: id, phase: 'sessions', upTo: end, ...this.counts }, 'repaired from Stripe')
  }

  /** Their times are exact, and some of them tell what no list does. */
  private async events(): Promise<void> {
    const { database, stripe } = this.deps
    const { prisma } = database
    const began = Date.now()
    const { since, createdAt } = this.repair
    const { missed, failed } = await catchUp(this.deps, earlier(since, OVERLAP_SECONDS))
    this.counts.events += missed
    if (failed === 0) {
      const upTo = began + (stripe.clock.skew() ?? 0) - OVERLAP_SECONDS * 1000
      await prisma.shop.updateMany({ data: { caughtUpTo: new Date(upTo) } })
    }
    // What arrived before its order was rebuilt.
    const early = await prisma.stripeEvent.findMany({
      where: { outcome: 'quarantined', receivedAt: { gte: createdAt } },
      select: { id: true },
    })
    for (const event of early)
      await this.each(`event ${event.id}`, async () => {
        await replayEvent(this.deps, event.id)
        return null
      })
    const unmatched = await prisma.unmatchedPayment.findMany({
      where: { orderId: null, createdAt: { gte: createdAt } },
      select: { id: true },
    })
    for (const { id } of unmatched)
      await this.each(`session ${id}`, async () => {
        const became = await settleSession(this.deps, id)
        return became === 'unmatched' ? null : became
      })
  }

  /** Tells the operator, and lets everything that waited go on. */
  private async finish(): Promise<void> {
    const { repair, counts, deps } = this
    await deps.database.prisma.$transaction(async (tx) => {
      counts.mails += await holdMails(tx, repair)
      const finished = await keepProgress(tx, repair, { counts })
      await openIncident(tx, {
        kind: 'shop_repaired',
        subject: String(repair.id),
        orderId: null,
        message: reportOf(finished, this.isIncomplete()),
      })
      await tx.repair.update({ where: { id: repair.id }, data: { finishedAt: new Date() } })
    })
    deps.log.warn({ repair: repair.id, ...counts }, 'the shop is repaired')
  }

  private wholePeriod() {
    return {
      from: earlier(this.repair.since, OVERLAP_SECONDS),
      to: new Date(this.deps.stripe.clock.later().getTime() + 60_000),
    }
  }

  /** Whether something happened so long ago that Stripe's events of it are gone. */
  private isIncomplete(): boolean {
    const oldest = this.deps.stripe.clock.now().getTime() - KEPT_DAYS * 86_400_000
    return this.repair.since.getTime() < oldest
  }
}

function earlier(time: Date, seconds: number): Date {
  return new Date(time.getTime() - seconds * 1000)
}
