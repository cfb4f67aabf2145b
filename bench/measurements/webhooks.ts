// Delivers distinct events that settle one order each. The shop answers after the commit.
import type { Bench } from '../main.js'
import type { Child } from '../child.js'
import { cpuRows, withCpuCost, type CpuCost } from '../cpu-cost.js'
import { sampleSession, signedDeliveries, type Session } from '../deliveries.js'
import { load, type Load } from '../load.js'
import { insertOrders, inventOrders, requireSettled } from '../orders.js'
import type { Stage } from '../stage.js'
import { quantile } from '../statistics.js'
import type { Row, Section } from '../table.js'

/** Deliveries to each process before measuring, so that V8 has compiled the hot code. */
export const WARM_UP = 10_000
/** Deliveries in flight. Stripe waits for each response, so a burst means many at once. */
export const BURST = 32
export const CALM = 8
/** A shop on a quiet day: nothing to share a commit with. */
const ALONE = 1
const COUNTS = [BURST, CALM, ALONE]

export interface Run extends CpuCost {
  perSecond: number
  p50: number
  p99: number
}

/** Delivers events and checks their effects. */
export type Deliver = (connections: number, count: number) => Promise<Run>

/** Measures one process of each. */
export async function webhooks(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const sample = await sampleSession(stage)
  const shop = shopDeliveries(stage, sample, await stage.startShop())
  const other = stage.other && shopDeliveries(stage.other, sample, await stage.other.startShop())
  const floor = await floorDeliveries(stage, sample, 'each', 1)

  let shopRate = (await shop.deliver(BURST, WARM_UP)).perSecond
  let otherRate = other === null ? 0 : (await other.deliver(BURST, WARM_UP)).perSecond
  let floorRate = (await floor.deliver(BURST, WARM_UP)).perSecond
  const runs = {
    shop: new Map<number, Run[]>(),
    other: new Map<number, Run[]>(),
    floor: new Map<number, Run[]>(),
  }
  for (let round = 0; round < bench.rounds; round++) {
    for (const connections of COUNTS) {
      const turns = [
        async () => {
          const run = await shop.deliver(connections, Math.ceil(shopRate * bench.seconds))
          shopRate = run.perSecond
          add(runs.shop, connections, run)
        },
        async () => {
          if (other === null) return
          const run = await other.deliver(connections, Math.ceil(otherRate * bench.seconds))
          otherRate = run.perSecond
          add(runs.other, connections, run)
        },
        async () => {
          // The floor is steady: it needs half the time.
          const run = await floor.deliver(connections, Math.ceil((floorRate * bench.seconds) / 2))
          floorRate = run.perSecond
          add(runs.floor, connections, run)
        },
      ]
      // The order changes each round, because whatever runs second has warm caches.
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn()
    }
  }
  await shop.stop()
  await other?.stop()
  await floor.stop()
  return COUNTS.map((connections) =>
    section(
      connections,
      runs.shop.get(connections) ?? [],
      runs.other.get(connections),
      runs.floor.get(connections) ?? [],
    ),
  )
}

function add(runs: Map<number, Run[]>, connections: number, run: Run): void {
  runs.set(connections, [...(runs.get(connections) ?? []), run])
}

function section(connections: number, shop: Run[], other: Run[] | undefined, floor: Run[]): Section {
  const row = (what: string, unit: Row['unit'], key: keyof Run, compared: boolean): Row => ({
    what,
    unit,
    shop: shop.map((run) => run[key]),
    other: other?.map((run) => run[key]),
    floor: floor.map((run) => run[key]),
    compared,
  })
  return {
    title: connections === ALONE ? 'Webhooks, one after the other' : `Webhooks, ${connections} at once`,
    rows: [
      row('deliveries', '/s', 'perSecond', true),
      row('time to 200, p50', 'ms', 'p50', true),
      row('time to 200, p99', 'ms', 'p99', true),
      ...cpuRows(shop, floor, other),
    ],
    notes: [
      'shop: event kept, order paid, PurchaseHistory and mail rows written; all counted in the database after each run',
      'floor: node:http and pg, signature checked, one INSERT of the event',
    ],
  }
}

/** Delivers to the shop, which stores the event, marks the order as paid, and writes PurchaseHistory and mail rows. */
export function shopDeliveries(
  stage: Stage,
  sample: Session,
  shop: Child,
): { deliver: Deliver; stop: Child['stop'] } {
  return {
    stop: () => shop.stop(),
    async deliver(connections, count) {
      const orders = await insertOrders(stage.database, count)
      const requests = signedDeliveries(stage, sample, orders)
      const run = await measured(shop.pid, stage, () => load(shop.port, connections, requests, 200))
      await requireSettled(stage.database, orders)
      return run
    },
  }
}

/** Delivers to a floor, which commits deliveries one by one or in groups. */
export async function floorDeliveries(
  stage: Stage,
  sample: Session,
  mode: 'each' | 'group',
  processes: number,
): Promise<{ deliver: Deliver; stop: Child['stop'] }> {
  const { floorDatabase } = stage
  await floorDatabase.query(
    'CREATE TABLE IF NOT EXISTS delivery (id text PRIMARY KEY, payload jsonb NOT NULL)',
  )
  const floor = await stage.startFloor('webhook', [
    '{database}',
    stage.webhookSecret,
    mode,
    String(processes),
  ])
  return {
    stop: () => floor.stop(),
    async deliver(connections, count) {
      await floorDatabase.query('TRUNCATE delivery')
      const requests = signedDeliveries(stage, sample, inventOrders(count))
      const run = await measured(floor.pid, stage, () => load(floor.port, connections, requests, 200))
      const { rows } = await floorDatabase.query<{ count: number }>('SELECT count(*)::int FROM delivery')
      if (rows[0]?.count !== count)
        throw new Error(`The floor was sent ${count} deliveries but stored ${rows[0]?.count}.`)
      return run
    },
  }
}

async function measured(server: number, stage: Stage, work: () => Promise<Load>): Promise<Run> {
  const { result, cost } = await withCpuCost({ server, postgres: stage.postgresPid }, work)
  const times = result.answers.map((answer) => answer.milliseconds)
  return {
    ...cost,
    perSecond: result.answers.length / result.seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  }
}
