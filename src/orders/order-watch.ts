// Notifies the open pages of an order when its state changes, and ends them when their session ends or their visitor may no
// longer see the order. Two queries a second check all that a process watches.
import { validSessions } from '../accounts/sessions.js'
import type { Database } from '../database/client.js'
import type { Logger } from '../http/logging.js'
import { Problem, tooMany } from '../http/problem.js'
import { t } from '../messages/index.js'
import type { OrderState } from './view-models.js'
import { stateOf, type Labeled } from './order-label.js'
import type { Visitor } from './visitor.js'

const EVERY_SECONDS = 1
/** Per process. Pages that are refused check for changes by themselves. */
const MAX_WATCHERS = 1000
/** Browsers open at most six connections to a host: the others are left for pages. */
const MAX_WATCHERS_PER_SHOPPER = 3
const RETRY_SECONDS = 30

export interface Watcher {
  /** Called with each new state. */
  sendState: (state: OrderState) => void
  /** Called when the visitor may no longer see the order, and when the shop stops. */
  end: () => void
}

/** An order, and who watches it. */
export interface WatchedOrder extends Visitor {
  key: string
  /** The session of the page. The order is watched only as long as it is valid. */
  sessionId?: string
}

interface Watched extends Watcher, WatchedOrder {
  known: OrderState
}

/** What a check reads of an order. */
interface Checked {
  state: OrderState
  userId: number | null
  guestHash: string | null
  /** The hashes of the tokens of its links. */
  links: string[]
}

export class OrderWatch {
  private readonly watchers = new Set<Watched>()
  private timer: NodeJS.Timeout | undefined
  private check: Promise<void> = Promise.resolve()
  private stopped = false

  constructor(
    private readonly database: Pick<Database, 'pool'>,
    private readonly log: Logger,
  ) {}

  /**
   * Starts watching an order.
   * @param known the state that the watcher already knows
   * @returns a function that stops watching
   * @throws Problem when there are too many watchers
   */
  add(order: WatchedOrder, known: OrderState, watcher: Watcher): () => void {
    const { key, userId, guestHash } = order
    const ofNobody = userId === null && guestHash === null
    const ofShopper = [...this.watchers].filter(
      (other) => other.userId === userId && other.guestHash === guestHash && (!ofNobody || other.key === key),
    ).length
    if (ofShopper >= MAX_WATCHERS_PER_SHOPPER) throw tooMany(t().orders.tooManyWindows, RETRY_SECONDS)
    if (this.stopped || this.watchers.size >= MAX_WATCHERS)
      throw new Problem(503, 'too_many_watchers', t().orders.updatesBusyTitle, t().orders.updatesBusy, {
        retryAfter: RETRY_SECONDS,
      })
    const watched: Watched = { ...order, ...watcher, known }
    this.watchers.add(watched)
    this.schedule()
    return () => void this.watchers.delete(watched)
  }

  /** Ends all watchers and waits for the query that is running. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    for (const watcher of this.watchers) watcher.end()
    this.watchers.clear()
    await this.check
  }

  /** Checks a second after the previous check ended, and only while somebody is watching. */
  private schedule(): void {
    if (this.timer !== undefined || this.stopped || this.watchers.size === 0) return
    this.timer = setTimeout(() => {
      this.check = this.checkAll().finally(() => {
        this.timer = undefined
        this.schedule()
      })
    }, EVERY_SECONDS * 1000)
  }

  private async checkAll(): Promise<void> {
    try {
      const watchers = [...this.watchers]
      const [orders, sessions] = await Promise.all([
        this.read([...new Set(watchers.map(({ key }) => key))]),
        validSessions(this.database.pool, [...new Set(watchers.flatMap(({ sessionId }) => sessionId ?? []))]),
      ])
      for (const watcher of watchers) {
        const order = orders.get(watcher.key)
        const isOver = watcher.sessionId !== undefined && !sessions.has(watcher.sessionId)
        if (isOver || order === undefined || !isVisible(order, watcher)) {
          this.watchers.delete(watcher)
          watcher.end()
        } else if (order.state !== watcher.known) {
          watcher.known = order.state
          watcher.sendState(order.state)
        }
      }
    } catch (error) {
      this.log.warn({ err: error }, 'could not check the watched orders; trying again')
    }
  }

  private async read(keys: string[]): Promise<Map<string, Checked>> {
    const { rows } = await this.database.pool.query<Labeled & Omit<Checked, 'state'> & { key: string }>(
      `SELECT key, "userId", "guestHash", ARRAY(SELECT "tokenHash" FROM "OrderAccess" a WHERE a."orderId" = o.id) AS links, status, "needsAttention", "holdsUnmatched", "deliveryCountry", fulfilment, "canceledAt",
        coalesce((SELECT json_agg(json_build_object('status', r.status)) FROM "Return" r WHERE r."orderId" = o.id), '[]') AS returns
      FROM "Order" o WHERE key = ANY($1)`,
      [keys],
    )
    return new Map(rows.map((row) => [row.key, { ...row, state: stateOf(row) }]))
  }
}

/** As `visibleTo` finds orders. */
function isVisible(order: Checked, { userId, guestHash, orderLinks }: Visitor): boolean {
  return (
    (userId !== null && order.userId === userId) ||
    (guestHash !== null && order.guestHash === guestHash) ||
    order.links.some((link) => orderLinks.includes(link))
  )
}
