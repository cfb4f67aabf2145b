// Tells whoever watches an order when its state changes. All watched orders of a process are looked at together.
import type { Database } from '../database/client.js'
import type { OrderStatus } from '../generated/prisma/enums.js'
import type { Logger } from '../http/logging.js'
import { Problem, tooMany } from '../http/problem.js'
import type { OrderState } from './view-models.js'
import { stateOf } from './order-view.js'

const EVERY_SECONDS = 1
/** A process that is asked for more says no; their pages look again by themselves, as they did before. */
const MOST = 1000
/** A browser opens six connections to a host at most: the others are for pages. */
const MOST_OF_ONE_SHOPPER = 3
const RETRY_SECONDS = 30

export interface Watcher {
  /** Called with each new state. */
  tell: (state: OrderState) => void
  /** Called when the shop stops. */
  end: () => void
}

interface Watched extends Watcher {
  key: string
  userId: number
  known: OrderState
}

export class OrderWatch {
  private readonly watchers = new Set<Watched>()
  private timer: NodeJS.Timeout | undefined
  private look: Promise<void> = Promise.resolve()
  private stopped = false

  constructor(
    private readonly database: Pick<Database, 'pool'>,
    private readonly log: Logger,
  ) {}

  /**
   * Watches an order from now on.
   * @param known the state in which the watcher saw it
   * @returns what ends it
   * @throws Problem when there is no room for another watcher
   */
  add(order: { key: string; userId: number }, known: OrderState, watcher: Watcher): () => void {
    const { key, userId } = order
    const ofShopper = [...this.watchers].filter((other) => other.userId === userId).length
    if (ofShopper >= MOST_OF_ONE_SHOPPER)
      throw tooMany('You are watching your orders in several windows already.', RETRY_SECONDS)
    if (this.stopped || this.watchers.size >= MOST)
      throw new Problem(503, 'too_many_watchers', 'Too many are watching', 'The page looks by itself.', {
        retryAfter: RETRY_SECONDS,
      })
    const watched = { ...watcher, key, userId, known }
    this.watchers.add(watched)
    this.schedule()
    return () => void this.watchers.delete(watched)
  }

  /** Ends every watcher, and resolves when nothing is asked of the database any more. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    for (const watcher of this.watchers) watcher.end()
    this.watchers.clear()
    await this.look
  }

  /** One look at a time, a second after the one before; none while nobody watches. */
  private schedule(): void {
    if (this.timer !== undefined || this.stopped || this.watchers.size === 0) return
    this.timer = setTimeout(() => {
      this.look = this.lookAtAll().finally(() => {
        this.timer = undefined
        this.schedule()
      })
    }, EVERY_SECONDS * 1000)
  }

  private async lookAtAll(): Promise<void> {
    try {
      const states = await this.statesOf([...new Set([...this.watchers].map(({ key }) => key))])
      for (const watcher of this.watchers) {
        const state = states.get(watcher.key)
        if (state === undefined || state === watcher.known) continue
        watcher.known = state
        watcher.tell(state)
      }
    } catch (error) {
      this.log.warn({ err: error }, 'watched orders could not be looked at; the next look may find them')
    }
  }

  private async statesOf(keys: string[]): Promise<Map<string, OrderState>> {
    const { rows } = await this.database.pool.query<{
      key: string
      status: OrderStatus
      needsAttention: string | null
    }>('SELECT key, status, "needsAttention" FROM "Order" WHERE key = ANY($1)', [keys])
    return new Map(rows.map((row) => [row.key, stateOf(row)]))
  }
}
