// Handles deliveries in sets: those that wait at the same moment share one commit. A set has one event when traffic is calm
// and many in a burst.
import { setImmediate as immediate } from 'node:timers/promises'
import { isDatabaseAway } from '../database/errors.js'
import { Problem } from '../http/problem.js'
import type { Logger } from '../http/logging.js'
import type { Outcome } from '../payments/handled-event.js'
import { backlogOf, claimDue } from './event-rows.js'
import { handleEvents, type EventResult, type HandleDeps } from './handle-events.js'
import { keepFailed } from './keep-failed.js'
import type { SignedEvent } from './verify.js'

export interface InboxDeps extends HandleDeps {
  log: Logger
  /** Called with the size of each set that was committed. */
  onCommit: (size: number) => void
}

/** Events in one set, at most. */
const MAX_SET_SIZE = 64
/** How long to wait for a burst's next set to fill: senders that were just answered send their next event at once. */
const GATHER_MILLISECONDS = 5
/** Waiting deliveries, at most. Further ones are answered 503. */
const MAX_WAITING = 1000

interface Waiting {
  event: SignedEvent
  since: number
  resolve: (handled: EventResult) => void
  reject: (error: unknown) => void
}

export class Inbox {
  private waiting: Waiting[] = []
  private isWorking = false
  private whenGathered: (() => void) | undefined

  constructor(private readonly deps: InboxDeps) {}

  /** How many deliveries wait. */
  get size(): number {
    return this.waiting.length
  }

  /** Whether deliveries are being handled, or wait. */
  get isBusy(): boolean {
    return this.isWorking
  }

  /** For how long the oldest unhandled event has waited: here, or as an overdue retry in the database. */
  async secondsBehind(): Promise<number> {
    const [first] = this.waiting
    const here = first ? (performance.now() - first.since) / 1000 : 0
    const { overdueSeconds } = await backlogOf(this.deps.database)
    return Math.max(here, overdueSeconds)
  }

  /**
   * Handles an event, unless it was handled before. Resolves when its effects are committed.
   * @throws Problem 503 when too many wait; what its handler threw, after the event was stored for a retry
   */
  receive(event: SignedEvent): Promise<EventResult> {
    if (this.waiting.length >= MAX_WAITING) {
      throw new Problem(
        503,
        'too_many_events',
        'Too many events at once',
        'More events wait than can be handled now: send it again later.',
        { retryAfter: 10 },
      )
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ event, since: performance.now(), resolve, reject })
      this.whenGathered?.()
      void this.work()
    })
  }

  /** Retries the events that are due. Returns how many were tried. */
  async retryDue(): Promise<number> {
    const due = await this.deps.database.prisma.$transaction((tx) => claimDue(tx, 20))
    // A failure is stored in the event's row. It must not stop the other retries.
    await Promise.all(due.map((event) => this.receive(event).catch(() => undefined)))
    return due.length
  }

  private async work(): Promise<void> {
    // One set at a time. While it is written, the next one fills.
    if (this.isWorking) return
    this.isWorking = true
    // In a burst, wait for the next set to fill. Otherwise it would start with the first event that arrives.
    let expected = 0
    for (;;) {
      await this.gather(expected)
      const set = this.waiting.splice(0, MAX_SET_SIZE)
      if (set.length === 0) break
      await this.handleSet(set)
      // While a burst lasts, about as many events as are in progress now will arrive again at once.
      expected = set.length > 1 ? Math.min(set.length + this.waiting.length, MAX_SET_SIZE) : 0
    }
    this.isWorking = false
  }

  /** Waits, for a short time, until that many deliveries are here: a few large sets are cheaper than many small ones. */
  private async gather(expected: number): Promise<void> {
    // Reads first what has arrived on other connections by now.
    await immediate()
    if (this.waiting.length >= expected) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHER_MILLISECONDS)
      this.whenGathered = () => {
        if (this.waiting.length < expected) return
        clearTimeout(timer)
        resolve()
      }
    })
    this.whenGathered = undefined
  }

  private async handleSet(set: readonly Waiting[]): Promise<void> {
    try {
      const handled = await handleEvents(
        this.deps,
        set.map(({ event }) => event),
      )
      this.deps.onCommit(set.length)
      set.forEach((waiting, index) => this.answer(waiting, handled[index]))
    } catch (error) {
      const [only, ...others] = set
      // The deliveries that still wait would fail in the same way.
      if (isDatabaseAway(error)) for (const { reject } of [...set, ...this.waiting.splice(0)]) reject(error)
      else if (only && others.length === 0) await this.fail(only, error)
      // One bad event must not fail the others: handle each alone.
      else for (const waiting of set) await this.handleSet([waiting])
    }
  }

  private answer({ event, resolve, reject }: Waiting, handled: EventResult | undefined): void {
    if (!handled) {
      reject(new Error(`Event ${event.id} has no result.`))
      return
    }
    if (!handled.known) logOutcome(this.deps.log, event, handled.outcome)
    resolve(handled)
  }

  private async fail({ event, reject }: Waiting, error: unknown): Promise<void> {
    const { database, log } = this.deps
    try {
      await database.prisma.$transaction((tx) => keepFailed(this.deps, tx, event, error))
    } catch (rowError) {
      // Stripe retries, because the delivery is answered with an error.
      log.error({ err: rowError, event: event.id }, 'an event could not be stored for a retry')
    }
    reject(error)
  }
}

function logOutcome(log: Logger, event: SignedEvent, outcome: Outcome): void {
  const line = { event: event.id, type: event.type, ...outcome }
  if (outcome.kind === 'quarantined') log.error(line, 'an event needs an operator')
  else log.info(line, 'event handled')
}
