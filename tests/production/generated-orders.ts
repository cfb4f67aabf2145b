// Orders in a site's database with random histories at Stripe, whose events the traffic delivers.
import fc from 'fast-check'
import { expect } from 'vitest'
import { openDatabase } from '../../src/database/client.js'
import { shopAppId } from '../../src/settings/shop-identity.js'
import type { SignedEvent } from '../../src/webhooks/verify.js'
import {
  ledgerAt,
  readOutcome,
  readStock,
  storeOrder,
  type Ledger,
  type StoredOrder,
} from '../reliability/ledger.js'
import { anyPlan, outcomeOf, type Plan } from '../reliability/order-lives.js'
import { mixed, randomFrom } from '../reliability/plan-events.js'
import type { Site } from './site.js'
import type { Traffic } from './traffic.js'

/** More than any run needs. */
const MOST = 200

export class GeneratedOrders {
  private constructor(
    readonly ledger: Ledger,
    private readonly traffic: Traffic,
    private readonly plans: Plan[],
    private readonly random: () => number,
  ) {}

  /** For a site whose database has this tree's schema. */
  static async open({ pooler }: Site, traffic: Traffic, seed: number): Promise<GeneratedOrders> {
    const database = openDatabase(pooler.url, { max: 2 })
    const appId = await shopAppId(database.prisma)
    // Stripe does not know these sessions, and their deadline is over: nobody asks about them for an hour.
    await database.pool.query(
      `ALTER TABLE "CheckoutAttempt" ALTER "checkedAt" SET DEFAULT now() + interval '1 hour'`,
    )
    await database.close()
    const ledger = await ledgerAt(pooler.url, appId, () => Promise.resolve())
    const plans = fc.sample(anyPlan, { numRuns: MOST, seed }).map(withoutOurRefunds)
    return new GeneratedOrders(ledger, traffic, plans, randomFrom(seed))
  }

  /** Stores orders, and begins to send what Stripe reports of them: shuffled, and some of it repeatedly. */
  async send(count: number): Promise<StoredOrder[]> {
    const orders: StoredOrder[] = []
    for (const plan of this.plans.splice(0, count)) orders.push(await storeOrder(this.ledger, plan))
    const events = orders.flatMap(({ occurrences }) =>
      occurrences.filter((one): one is SignedEvent => 'type' in one),
    )
    this.traffic.send(mixed(events, this.random, 4).flat())
    return orders
  }

  /** Every order is as Stripe's reports say, and every unit that is held is missing from stock. */
  async expectOutcomes(orders: readonly StoredOrder[]): Promise<void> {
    for (const { id, plan, order } of orders)
      expect(await readOutcome(this.ledger, id), JSON.stringify(plan)).toEqual(outcomeOf(plan, order.names))
    const stock = await readStock(this.ledger)
    expect(stock?.gone).toBe(stock?.held)
  }

  close(): Promise<void> {
    return this.ledger.close()
  }
}

/** The shop would send its own refunds to Stripe, which does not know these payments. */
function withoutOurRefunds(plan: Plan): Plan {
  const sessions = plan.sessions.map((session) => ({
    ...session,
    refunds: session.refunds.map((refund) => ({ ...refund, ours: null })),
  }))
  return { ...plan, sessions }
}
