// An upgrade from the last release, one machine after the other behind TLS: the first applies the migrations while the other
// sells on. No request fails, and nothing that either release acknowledged is lost.
import { afterEach, beforeAll, expect, it } from 'vitest'
import { buildRelease, previousRelease, seedRelease } from '../../scripts/release.js'
import { administer } from '../support/postgres/databases.js'
import { GeneratedOrders } from './generated-orders.js'
import { openScenario } from './scenario.js'
import { judge } from './verdict.js'

const MINUTES = 60_000
/** Purchases in each part of the upgrade. */
const PURCHASES = 4
/** Generated orders whose events arrive at the end. */
const ORDERS = 12

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

let tree: string
let name: string
beforeAll(async () => {
  const release = await previousRelease()
  name = `both machines upgraded from ${release.name}`
  tree = await buildRelease(release)
}, 15 * MINUTES)

it(
  'a rolling upgrade fails no request',
  async ({ onTestFailed }) => {
    const scenario = await openScenario(name, { synchronous: true, fill, tree }, cleanups)
    onTestFailed(scenario.keepHistory)
    const { site, traffic, seed } = scenario
    const began = traffic.history.now()
    traffic.start()
    await traffic.untilAccepted('orders', PURCHASES)
    const at = traffic.history.now()
    for (const machine of site.machines) {
      expect(await machine.stop()).toBe(0)
      await machine.start()
      await traffic.untilAccepted('orders', PURCHASES)
    }
    const orders = await GeneratedOrders.open(site, traffic, seed)
    cleanups.push(() => orders.close())
    const sent = await orders.send(ORDERS)
    await traffic.untilAccepted('event', ORDERS)
    await traffic.untilCalm()
    await traffic.finish(60)
    console.table([await judge(name, { began, at, within: 0 }, traffic, orders)])
    await orders.expectOutcomes(sent)
  },
  10 * MINUTES,
)

/** The last release's own sample products, none of which needs delivery or is sold out soon. */
async function fill(databaseUrl: string): Promise<number> {
  await seedRelease(tree, databaseUrl)
  const { rows } = await administer(databaseUrl, (client) =>
    client.query<{ id: number }>(
      `UPDATE "Product" SET stock = 1000 WHERE id = (SELECT min(id) FROM "Product" WHERE active) RETURNING id`,
    ),
  )
  return rows[0]?.id ?? 0
}
