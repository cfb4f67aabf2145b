// What the shop acknowledged survives the loss of its database, its pooler and its machines: two machines behind TLS, a primary
// with a synchronous standby, signed events, purchases and sign-ins, and one fault after the other. With an asynchronous standby,
// the same checks find loss.
import { afterEach, expect, it } from 'vitest'
import { audit } from './audit.js'
import { GeneratedOrders } from './generated-orders.js'
import { openScenario, type Scenario } from './scenario.js'
import type { Site } from './site.js'
import { mountSmallDisk, type SmallDisk } from './small-disk.js'
import { judge, type Row } from './verdict.js'

/** Generated orders whose events arrive around a fault. */
const ORDERS_PER_FAULT = 12
/** Acknowledged events before a fault, and after the standby was parted from the primary. */
const BEFORE = 15
const AFTER_PARTING = 30

const MINUTES = 60_000

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** What happens to the site, and what its operator does then. */
interface Fault {
  name: string
  /** Seconds from its beginning in which requests may fail. */
  within: number
  strike: (scenario: Scenario, at: number) => Promise<void>
}

/** As docs/5-scale-it.md says. */
async function failOver({ databases, pooler }: Site): Promise<void> {
  await databases.promote()
  pooler.lead(databases.primary.port)
}

const diskFull = (disk: SmallDisk): Fault => ({
  name: 'disk of the primary full, then freed',
  within: 30,
  strike: async ({ site: { databases }, traffic }, at) => {
    disk.fill()
    await traffic.untilFailing(at)
    disk.free()
    // A server that could not write its log has ended.
    if (!databases.primary.isRunning()) await databases.primary.start()
  },
})

const FAULTS: Fault[] = [
  {
    name: 'primary killed, standby promoted',
    within: 30,
    strike: async ({ site, traffic }, at) => {
      await site.databases.primary.kill()
      await traffic.untilFailing(at)
      await failOver(site)
      await site.databases.addStandby()
    },
  },
  {
    name: 'primary silent, standby promoted',
    within: 40,
    strike: async ({ site, traffic }, at) => {
      const silent = site.databases.primary
      silent.silence()
      await traffic.untilFailing(at)
      await failOver(site)
      await site.databases.addStandby()
      // Nobody hears from it again: its commits would wait for a standby that has left.
      await silent.kill()
    },
  },
  {
    name: 'both machines restarted in turn',
    within: 0,
    strike: async ({ site }) => {
      for (const machine of site.machines) {
        expect(await machine.stop()).toBe(0)
        await machine.start()
      }
    },
  },
  { name: 'PgBouncer restarted', within: 15, strike: ({ site }) => site.pooler.restart() },
  {
    name: 'a machine killed',
    within: 15,
    strike: async ({ site: { machines } }) => {
      await machines[0].kill()
      await machines[0].start()
    },
  },
]

it(
  'with a synchronous standby, no fault loses or doubles what was acknowledged',
  async ({ onTestFailed }) => {
    const disk = mountSmallDisk()
    if (disk) cleanups.push(() => disk.unmount())
    const options = { synchronous: true, ...(disk && { folderOfPrimary: disk.folder }) }
    const scenario = await openScenario('synchronous standby', options, cleanups)
    onTestFailed(scenario.keepHistory)
    const { site, traffic, seed } = scenario
    const orders = await GeneratedOrders.open(site, traffic, seed)
    cleanups.push(() => orders.close())

    const table: Row[] = []
    for (const { name, within, strike } of disk ? [diskFull(disk), ...FAULTS] : FAULTS) {
      const began = traffic.history.now()
      const sent = await orders.send(ORDERS_PER_FAULT)
      traffic.start()
      await traffic.untilAccepted('event', BEFORE)
      const at = traffic.history.now()
      await strike(scenario, at)
      await traffic.untilCalm()
      await traffic.finish(60)
      table.push(await judge(name, { began, at, within }, traffic, orders))
      await orders.expectOutcomes(sent)
    }
    console.table(table)
  },
  15 * MINUTES,
)

it(
  'with an asynchronous standby, the same checks find loss',
  async ({ onTestFailed }) => {
    const scenario = await openScenario('asynchronous standby', { synchronous: false }, cleanups)
    onTestFailed(scenario.keepHistory)
    const { site, traffic, seed } = scenario
    const orders = await GeneratedOrders.open(site, traffic, seed)
    cleanups.push(() => orders.close())
    await orders.send(2 * ORDERS_PER_FAULT)
    traffic.start()
    await traffic.untilAccepted('event', BEFORE)
    site.databases.part()
    await traffic.untilAccepted('event', AFTER_PARTING)
    const at = traffic.history.now()
    await site.databases.primary.kill()
    await traffic.untilFailing(at)
    await failOver(site)
    await traffic.stop()
    const { lost } = await audit(orders.ledger.database.pool, traffic, { patienceSeconds: 0 })
    const sent = traffic.history.exchanges.length
    console.log(`asynchronous standby: ${lost.length} of what was acknowledged in ${sent} requests is lost`)
    expect(lost.filter((one) => one.startsWith('an event'))).not.toEqual([])
  },
  5 * MINUTES,
)
