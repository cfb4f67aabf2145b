// An upgrade without downtime: the previous release sells while this tree's migrations run, then beside this tree's
// shop. Sessions opened by one settle under the other; nothing is lost, duplicated or refused.
import { rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import Stripe from 'stripe'
import { createSandbox } from 'stripe-sandbox'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildRelease, previousRelease, seedRelease, type Release } from '../../scripts/release.js'
import { projectRoot } from '../../src/config.js'
import { openDatabase } from '../../src/database/client.js'
import { migrate } from '../../src/database/migrations.js'
import { createEmptyDatabase, engine } from '../support/postgres/test-database.js'
import { newDataDir, spawnShop, untilOpen, type ShopProcess } from '../support/shop-process.js'
import { freePort } from '../support/free-port.js'
import { openMailbox } from '../support/mailbox.js'
import { Balancer } from './balancer.js'
import {
  checkPurchases,
  ENDINGS,
  Shoppers,
  signIn,
  statusOf,
  shownStatuses,
  type Product,
  type Purchase,
} from './purchases.js'

/** Concurrent shoppers. */
const CROWD = 2
/** Pause between two purchases of a shopper. */
const PAUSE_MS = 200
/** Purchases of the crowd in each part of the upgrade. */
const IN_EACH_PART = 5
const STOCK = 1000

const WEBHOOK_SECRET = 'whsec_of_the_shop_that_is_upgraded'

const cleanups: (() => unknown)[] = []
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

let release: Release
let folder: string
beforeAll(async () => {
  release = await previousRelease()
  folder = await buildRelease(release)
}, 300_000)

it('the previous release keeps selling under the new schema and beside the new shop', async ({
  onTestFailed,
}) => {
  const { url: databaseUrl, drop } = await createEmptyDatabase()
  cleanups.push(drop)
  await seedRelease(folder, databaseUrl)
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  cleanups.push(() => client.end())
  await client.query('UPDATE "Product" SET stock = $1', [STOCK])

  const sandbox = await createSandbox({ port: 0, delayedMethodSeconds: 3, retryDelays: [1, 1, 1] })
  cleanups.push(() => sandbox.close())
  const { hostname: host, port } = new URL(sandbox.url)
  const stripe = new Stripe(sandbox.secretKey, { host, port, protocol: 'http' })
  const mailbox = await openMailbox()
  cleanups.push(() => mailbox.close())
  const balancer = new Balancer()
  await balancer.listen(await freePort())
  cleanups.push(() => balancer.close())
  await sandbox.addWebhookEndpoint({ url: `${balancer.url}/stripe/webhook`, secret: WEBHOOK_SECRET })

  const start = async (tree: string): Promise<ShopProcess> => {
    const dataDir = newDataDir()
    const environment = {
      NODE_ENV: 'production',
      BASE_URL: balancer.url,
      DATABASE_URL: databaseUrl,
      STRIPE_SECRET_KEY: sandbox.secretKey,
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      STRIPE_API_BASE: sandbox.url,
      SESSION_SECRET: '0123456789abcdef0123456789abcdef',
      SMTP_URL: mailbox.url,
      MAIL_FROM: 'Till <till@till.example>',
      OPERATOR_EMAIL: 'operator@till.example',
      LOG_LEVEL: 'warn',
    }
    const shop = await spawnShop(dataDir, environment, { tree })
    cleanups.push(async () => {
      shop.process.kill('SIGKILL')
      await shop.ended
      rmSync(dataDir, { recursive: true, force: true })
    })
    onTestFailed(() => console.error(`Errors of ${shop.url} (${tree}):`, errorsIn(shop.output()).slice(0, 5)))
    await untilOpen(shop)
    return shop
  }
  const statuses = async (purchases: readonly Purchase[]) => {
    const emails = purchases.map(({ email }) => email)
    const { rows } = await client.query<{ email: string; status: string }>(
      'SELECT email, status::text FROM "Order" WHERE email = ANY ($1)',
      [emails],
    )
    const byEmail = new Map(rows.map(({ email, status }) => [email, status]))
    return emails.map((email) => byEmail.get(email))
  }
  const settled = (purchases: readonly Purchase[]) =>
    expect.poll(() => statuses(purchases), { timeout: 60_000 }).toEqual(purchases.map(statusOf))

  // The previous release on its own schema.
  const first = await start(folder)
  balancer.sendTo(first)
  // A cart has one currency.
  const { rows: products } = await client.query<Product>(
    `SELECT id, "unitAmount" FROM "Product" WHERE active AND currency = 'usd' ORDER BY id`,
  )
  const shoppers = new Shoppers(stripe, products)
  /** Opens one purchase for each outcome, up to Stripe's page. */
  const openEach = async (shop: ShopProcess) => {
    const opened: Purchase[] = []
    for (const ending of ENDINGS) opened.push(await shoppers.open(shop.url, ending))
    return opened
  }
  const crowd = startCrowd(shoppers, balancer.url)
  // An error of a shopper has already failed the test.
  cleanups.push(() => crowd.stop().catch(() => undefined))
  const openedBefore = await openEach(first)
  await crowd.more(IN_EACH_PART)

  // The previous release on this tree's schema, then on one with columns that later migrations may add.
  const applied = await migrate(databaseUrl)
  await widen(client)
  const openedBetween = await openEach(first)
  await crowd.more(IN_EACH_PART)
  // A process of the previous release that starts now accepts migrations it does not know.
  const previous = await start(folder)
  balancer.sendTo(previous)
  await stop(first)
  await crowd.more(IN_EACH_PART)

  // This tree's shop beside it. Events of sessions that the previous release opened go to this tree's shop.
  const current = await start(projectRoot)
  balancer.sendTo(current)
  const openedByPrevious = [...openedBefore, ...openedBetween]
  await Promise.all(openedByPrevious.map((purchase) => shoppers.finish(current.url, purchase)))
  await settled(openedByPrevious)
  // The reverse: events of sessions that this tree's shop opened go to the previous release.
  balancer.sendTo(previous)
  const openedByCurrent = await openEach(current)
  await Promise.all(openedByCurrent.map((purchase) => shoppers.finish(previous.url, purchase)))
  await settled(openedByCurrent)
  for (const shop of [previous, current]) {
    for (const purchase of [...openedBefore, ...openedByCurrent]) {
      await signIn(shop.url, purchase)
      expect(await shownStatuses(shop.url, purchase)).toEqual([statusOf(purchase)])
    }
  }
  balancer.sendTo(previous, current)
  await crowd.more(IN_EACH_PART)

  // Every event is delivered again to both. Then the previous release stops.
  const sent = await redeliver(stripe, [previous.url, current.url])
  const last = await openEach(previous)
  balancer.sendTo(current)
  await stop(previous)
  await Promise.all(last.map((purchase) => shoppers.finish(current.url, purchase)))
  await crowd.more(IN_EACH_PART)
  await crowd.stop()
  await settled(shoppers.purchases)
  await sandbox.idle()

  const database = openDatabase(databaseUrl, { max: 2 })
  cleanups.push(() => database.close())
  await checkPurchases(database, shoppers.purchases, products, STOCK)
  const mails = await database.prisma.mail.count()
  // A process that stopped in the middle of a batch may have claimed some for five minutes.
  await expect.poll(() => mailbox.mails.length, { timeout: 360_000 }).toBe(mails)

  const events = await listEvents(stripe)
  const rows = await database.prisma.stripeEvent.findMany({
    select: { id: true, outcome: true, handledAt: true },
  })
  const handled = rows.filter(({ outcome, handledAt }) => /done|ignored/.test(outcome) && handledAt !== null)
  expect(handled.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort())
  expect(rows).toHaveLength(handled.length)

  const answers = balancer.webhookAnswers
  console.log(
    `${engine()}: ${release.name} → this tree, migrations applied: ${applied.join(', ') || 'none'}; ${shoppers.purchases.length} purchases, ` +
      `${events.length} events, ${sent} sent again, answers to webhooks ${JSON.stringify(answers)}`,
  )
  expect(Object.keys(answers).sort()).toEqual(
    [first, previous, current].map(({ url }) => `${url} 200`).sort(),
  )
  for (const shop of [first, previous, current]) expect(errorsIn(shop.output())).toEqual([])
}, 960_000)

/** Stops the shop as a deployment does: pending requests are answered first. */
async function stop(shop: ShopProcess): Promise<void> {
  shop.process.kill('SIGTERM')
  expect(await shop.ended, shop.output()).toBe(0)
}

/** Shoppers who buy one product after another, with every outcome. */
function startCrowd(shoppers: Shoppers, shop: string) {
  let made = 0
  let stopping = false
  const failures: unknown[] = []
  const work = async (first: number) => {
    for (let turn = first; !stopping; turn++) {
      try {
        const purchase = await shoppers.open(shop, ENDINGS[turn % ENDINGS.length] ?? 'paid')
        await shoppers.finish(shop, purchase)
        made++
        await wait(PAUSE_MS)
      } catch (error) {
        failures.push(error)
        return
      }
    }
  }
  const working = Promise.all(Array.from({ length: CROWD }, (_none, index) => work(index * 2)))
  return {
    /** Resolves after this many more purchases. @throws the error of a shopper */
    async more(count: number): Promise<void> {
      const target = made + count
      while (made < target) {
        if (failures.length > 0) throw failures[0]
        await wait(50)
      }
    },
    async stop(): Promise<void> {
      stopping = true
      await working
      if (failures.length > 0) throw failures[0]
    },
  }
}

/**
 * Adds columns as a later migration may. One statement per table, so that none waits for a lock while holding
 * another.
 */
async function widen(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  )
  for (const { name } of rows)
    await client.query(
      `ALTER TABLE "${name}" ADD COLUMN "addedLater" text, ADD COLUMN "countedLater" int NOT NULL DEFAULT 0`,
    )
}

async function listEvents(stripe: Stripe): Promise<Stripe.Event[]> {
  return stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })
}

/** Delivers every event in Stripe's list to each shop. @returns number of deliveries */
async function redeliver(stripe: Stripe, shops: readonly string[]): Promise<number> {
  const deliveries = (await listEvents(stripe)).flatMap((event) => shops.map((shop) => ({ event, shop })))
  const answers: number[] = []
  for (let start = 0; start < deliveries.length; start += 20)
    answers.push(
      ...(await Promise.all(
        deliveries.slice(start, start + 20).map(async ({ event, shop }) => {
          const payload = JSON.stringify(event)
          const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET })
          const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
          const { status } = await fetch(`${shop}/stripe/webhook`, { method: 'POST', headers, body: payload })
          return status
        }),
      )),
    )
  expect(new Set(answers)).toEqual(new Set([200]))
  return answers.length
}

/** Errors in a shop's log: the only place where a failing background loop shows. */
function errorsIn(log: string): string[] {
  return log.split('\n').filter((line) => /"level":(50|60|"error"|"fatal")/.test(line))
}
