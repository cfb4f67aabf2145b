// Each event once. Deliveries that wait at the same moment are handled together, in one transaction: a set of one when it
// is quiet, of many in a burst, so that the cost of a commit is shared.
import { setImmediate as immediate } from 'node:timers/promises'
import { isDatabaseAway } from '../database/errors.js'
import { Problem } from '../http/problem.js'
import type { Logger } from '../http/logging.js'
import type { Outcome } from '../payments/handled-event.js'
import { backlogOf, claimDue, saveFailed } from './event-rows.js'
import { handleEvents, type EventResult, type HandleDeps } from './handle-events.js'
import type { SignedEvent } from './verify.js'

export interface InboxDeps extends HandleDeps {
  log: Logger
  /** A set of that many events was committed. */
  onCommit: (size: number) => void
}

/** Events of one transaction at most. */
const MOST_IN_SET = 64
/** How long the next set of a burst is gathered at most: who has just been answered sends the next event at once. */
const GATHER_MILLISECONDS = 5
/** Deliveries that may wait; more are told to come again later. */
const MOST_WAITING = 1000

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

  /** Deliveries that wait for their turn. */
  get size(): number {
    return this.waiting.length
  }

  /** For how long events have been due that are not handled: here, and in the table that all processes share. */
  async secondsBehind(): Promise<number> {
    const [first] = this.waiting
    const here = first ? (performance.now() - first.since) / 1000 : 0
    const { overdueSeconds } = await backlogOf(this.deps.database)
    return Math.max(here, overdueSeconds)
  }

  /**
   * Handles an event, unless that was done before. Resolves when the effect is committed.
   * @throws Problem 503 when too many wait; what its handler threw, once the row says that the event waits for another try
   */
  receive(event: SignedEvent): Promise<EventResult> {
    if (this.waiting.length >= MOST_WAITING) {
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

  /** Handles again what is due. Returns how many events were tried. */
  async retryDue(): Promise<number> {
    const due = await this.deps.database.prisma.$transaction((tx) => claimDue(tx, 20))
    // The failure is in the row and in the log; the next event must not wait for it.
    await Promise.all(due.map((event) => this.receive(event).catch(() => undefined)))
    return due.length
  }

  private async work(): Promise<void> {
    // One set at a time: while it is written, the next one gathers.
    if (this.isWorking) return
    this.isWorking = true
    // In a burst the next set is waited for before any of it is here; else it would begin with the first that comes.
    let expected = 0
    for (;;) {
      await this.gather(expected)
      const set = this.waiting.splice(0, MOST_IN_SET)
      if (set.length === 0) break
      await this.handleSet(set)
      // As many as are under way now will be here again in a moment, while a burst lasts.
      expected = set.length > 1 ? Math.min(set.length + this.waiting.length, MOST_IN_SET) : 0
    }
    this.isWorking = false
  }

  /** Until that many wait, but not for long: a burst is a few sets, not many small ones. */
  private async gather(expected: number): Promise<void> {
    // What has arrived on other connections by now is read first.
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
      if (only && others.length === 0) await this.fail(only, error)
      else if (isDatabaseAway(error)) for (const { reject } of set) reject(error)
      // One bad event hurts nobody: each is tried alone, in a transaction of its own.
      else for (const waiting of set) await this.handleSet([waiting])
    }
  }

  private answer({ event, resolve, reject }: Waiting, handled: EventResult | undefined): void {
    if (!handled) {
      reject(new Error(`Nothing became of event ${event.id}.`))
      return
    }
    if (!handled.known) logOutcome(this.deps.log, event, handled.outcome)
    resolve(handled)
  }

  private async fail({ event, reject }: Waiting, error: unknown): Promise<void> {
    const { database, log } = this.deps
    try {
      if (!isDatabaseAway(error)) await database.prisma.$transaction((tx) => saveFailed(tx, event, error))
    } catch (rowError) {
      // Not even the row can be kept: the answer makes Stripe try again.
      log.error({ err: rowError, event: event.id }, 'an event could not be kept for a retry')
    }
    reject(error)
  }
}

function logOutcome(log: Logger, event: SignedEvent, outcome: Outcome): void {
  const line = { event: event.id, type: event.type, ...outcome }
  if (outcome.kind === 'quarantined') log.error(line, 'an event needs an operator')
  else log.info(line, 'event handled')
}
