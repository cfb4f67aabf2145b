// Kills two shop processes, restarts the database and cuts connections under a stream of events, some never delivered.
// Afterwards the tables match what was paid, no event answered with 200 is missing, and undelivered ones were found in
// Stripe's list.
import { rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { removePostgres, runningPostgres, startPostgres } from 'dev-postgres'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, expect, inject, it } from 'vitest'
import { openDatabase } from '../../src/database/client.js'
import { migrate } from '../../src/database/migrations.js'
import { shopAppId } from '../../src/settings/shop-identity.js'
import type { SignedEvent } from '../../src/webhooks/verify.js'
import { findPostgres } from '../support/postgres/engines.js'
import { startInstalled, type RestartableServer } from '../support/postgres/installed-postgres.js'
import { engine } from '../support/postgres/test-database.js'
import { makeServerFolder } from '../support/postgres/server-folder.js'
import { newDataDir, spawnShop, untilOpen, type ShopProcess } from '../support/shop-process.js'
import { openProxy } from '../support/cuttable-proxy.js'
import { startPgBouncer } from '../support/pgbouncer.js'
import { freePort } from '../support/free-port.js'
import { Deliverer } from './deliverer.js'
import { EventList, LISTED_AFTER_MS } from './event-list.js'
import { ledgerAt, readOutcome, readStock, storeOrder, type StoredOrder } from './ledger.js'
import { anyPlan, outcomeOf } from './order-lives.js'
import { randomFrom, shuffled } from './plan-events.js'

const ROUNDS = 30
const ORDERS_IN_ROUND = 6
const GRACEFUL_STOPS = 4
/** The share of events that are never delivered. */
const NEVER_DELIVERED = 0.05
/** The limit in docs/5-scale-it.md, and a common grace period. */
const STOP_SECONDS = 10

const WEBHOOK_SECRET = 'whsec_of_the_shop_in_the_chaos'

/** As in production, except that commits are not flushed to disk: killed processes lose nothing by that. */
const HONEST = { fsync: 'off', synchronous_commit: 'on', max_connections: '200' }

const cleanups: (() => unknown)[] = []
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

async function startServer(): Promise<RestartableServer> {
  if (engine() === 'embedded-18') return startDevelopment()
  const bin = findPostgres()
  if (bin === undefined) throw new Error('This needs a PostgreSQL 15 that it may restart: install one.')
  return startInstalled(bin, HONEST)
}

/** The development PostgreSQL. This process restarts it whenever it ends. */
async function startDevelopment(): Promise<RestartableServer> {
  const dir = makeServerFolder('chaos')
  const { url } = await startPostgres({ dir, settings: HONEST, log: console.error })
  const pid = async () => (await runningPostgres(dir))?.pid
  return {
    url,
    restart: async (how) => {
      const before = await pid()
      if (before === undefined) throw new Error('There is no server to restart.')
      process.kill(before, how)
      for (let now = await pid(); now === undefined || now === before; now = await pid()) await wait(20)
    },
    stop: async () => {
      await removePostgres(dir)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

it(`${ROUNDS} kills, database restarts, cut connections and graceful stops lose nothing and duplicate nothing`, async () => {
  const seed = Date.now() % 1_000_000
  console.log(`${engine()}: seed ${seed}`)
  const random = randomFrom(seed)
  const server = await startServer()
  cleanups.push(() => server.stop())
  await createDatabase(server.url)
  const databaseUrl = withDatabase(server.url, 'chaos')
  await migrate(databaseUrl)

  // By default, PgBouncer waits fifteen seconds before it connects again to a server that was restarted.
  const bouncer = inject('pgbouncer') ? await startPgBouncer(server.url, { server_login_retry: '1' }) : null
  cleanups.push(() => bouncer?.stop())
  const port = bouncer?.port ?? Number(new URL(databaseUrl).port)
  const proxy = await openProxy({ host: '127.0.0.1', port })
  cleanups.push(() => proxy.close())
  const proxied = new URL(databaseUrl)
  proxied.port = String(proxy.port)
  const [first, second, stripePort] = [await freePort(), await freePort(), await freePort()]
  const list = new EventList()
  await list.listen(stripePort)
  cleanups.push(() => list.close())
  const environment = {
    DATABASE_URL: proxied.href,
    STRIPE_SECRET_KEY: 'sk_test_shopinthechaos',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_BASE: `http://127.0.0.1:${stripePort}`,
    SESSION_SECRET: 'a secret of the tests that is long enough',
    OPERATOR_EMAIL: 'operator@till.example',
    LOG_LEVEL: 'warn',
  }
  const start = async (port: number) => {
    const dataDir = newDataDir()
    const shop = await spawnShop(dataDir, { ...environment, PORT: String(port) })
    cleanups.push(async () => {
      shop.process.kill('SIGKILL')
      await shop.ended
      rmSync(dataDir, { recursive: true, force: true })
    })
    return shop
  }
  const shops: [ShopProcess, ShopProcess] = [await start(first), await start(second)]
  await Promise.all(shops.map(untilOpen))

  const database = openDatabase(databaseUrl, { max: 2 })
  const appId = await shopAppId(database.prisma)
  await database.close()
  const ledger = await ledgerAt(databaseUrl, appId, () => Promise.resolve())
  cleanups.push(() => ledger.close())
  const deliverer = new Deliverer(
    shops.map(({ url }) => url),
    WEBHOOK_SECRET,
    random,
  )
  cleanups.push(() => deliverer.close())

  const orders: StoredOrder[] = []
  const plans = fc.sample(anyPlan, { numRuns: (ROUNDS + GRACEFUL_STOPS) * ORDERS_IN_ROUND, seed })
  const events = new Set<string>()
  const dropped = new Set<string>()
  /** Creates orders and sends their events in random order: each event one to five times, or never. */
  const moreEvents = async () => {
    const batch: StoredOrder[] = []
    for (const plan of plans.splice(0, ORDERS_IN_ROUND)) batch.push(await storeOrder(ledger, plan))
    orders.push(...batch)
    const occurrences = batch.flatMap((order) =>
      order.occurrences.filter((one): one is SignedEvent => 'type' in one),
    )
    list.enter(occurrences)
    const deliveries = occurrences.flatMap((event) => {
      events.add(event.id)
      if (random() < NEVER_DELIVERED) {
        dropped.add(event.id)
        return []
      }
      return Array.from({ length: 1 + Math.floor(random() ** 2 * 5) }, () => event)
    })
    deliverer.send(shuffled(deliveries, random))
  }
  /** Simulates five minutes without a read: the next process to start reads Stripe's list. */
  const letCatchUp = () => ledger.database.pool.query('UPDATE "Shop" SET "caughtUpAt" = NULL')

  let restarts = 0
  let cuts = 0
  let returning: Promise<unknown> = Promise.resolve()
  for (let round = 0; round < ROUNDS; round++) {
    await moreEvents()
    await wait(random() * 300)
    if (round % 6 === 5) {
      // A start without a database fails by intention.
      await returning
      await server.restart(random() < 0.5 ? 'SIGQUIT' : 'SIGINT')
      await bouncer?.untilConnected(databaseUrl)
      restarts++
    }
    if (round % 3 === 1) {
      proxy.cut()
      await wait(random() * 200)
      proxy.join()
      cuts++
    }
    // One process is always up, as behind a load balancer.
    await returning
    if (round % 4 === 3) await letCatchUp()
    const victim = random() < 0.5 ? 0 : 1
    shops[victim].process.kill('SIGKILL')
    await shops[victim].ended
    shops[victim] = await start(victim === 0 ? first : second)
    returning = untilOpen(shops[victim])
  }
  await returning

  // Stopped as in a deployment, during deliveries.
  const stops: number[] = []
  for (let stop = 0; stop < GRACEFUL_STOPS; stop++) {
    await moreEvents()
    await wait(100)
    const victim = stop % 2 === 0 ? 0 : 1
    const began = Date.now()
    shops[victim].process.kill('SIGTERM')
    expect(await shops[victim].ended, shops[victim].output()).toBe(0)
    stops.push((Date.now() - began) / 1000)
    shops[victim] = await start(victim === 0 ? first : second)
    await untilOpen(shops[victim])
  }
  await deliverer.drained(120)

  const { prisma } = ledger.database
  const missing = async () => {
    const stored = await prisma.stripeEvent.findMany({ select: { id: true } })
    const ids = new Set(stored.map(({ id }) => id))
    return [...events].filter((id) => !ids.has(id))
  }
  // Only events dropped since the list was last read may be missing; the next process finds them.
  const { counts, answered } = deliverer
  const before = await missing()
  expect(before.filter((id) => !dropped.has(id))).toEqual([])
  await wait(LISTED_AFTER_MS)
  await letCatchUp()
  shops[0].process.kill('SIGKILL')
  await shops[0].ended
  shops[0] = await start(first)
  await expect.poll(missing, { timeout: 60_000, interval: 500 }).toEqual([])
  console.log(
    `${engine()}: ${orders.length} orders, ${events.size} events; ${answered.size} delivered, ${counts.accepted} deliveries accepted of ${counts.tries} tries ` +
      `(else ${JSON.stringify(counts.others)}); ${dropped.size} never delivered, found in Stripe's list: ${dropped.size - before.length} between kills, ` +
      `${before.length} at the end (list read ${list.read} times); ${ROUNDS + 1} kills, ${restarts} restarts of the database, ${cuts} cuts; ` +
      `stopped in ${stops.map((seconds) => seconds.toFixed(1)).join(', ')} s`,
  )
  expect(Math.max(...stops)).toBeLessThan(STOP_SECONDS)
  expect(answered.size + dropped.size).toBe(events.size)
  // The list was also read between the kills, not only at the end.
  expect(dropped.size - before.length).toBeGreaterThan(0)

  // The background loops handle the events that failed at first.
  await expect
    .poll(() => prisma.stripeEvent.count({ where: { handledAt: null } }), { timeout: 60_000, interval: 500 })
    .toBe(0)
  for (const { id, plan, order } of orders)
    expect(await readOutcome(ledger, id), `seed ${seed}: ${JSON.stringify(plan)}`).toEqual(
      outcomeOf(plan, order.names),
    )
  const stock = await readStock(ledger)
  expect(stock?.gone).toBe(stock?.held)
})

async function createDatabase(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  await client.query('CREATE DATABASE chaos').finally(() => client.end())
}

function withDatabase(url: string, name: string): string {
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}
