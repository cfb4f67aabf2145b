// What most measurements need: the development PostgreSQL, a local Stripe, and shops in production mode.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { seedCatalog } from '../src/catalog/seed.js'
import { openDatabase } from '../src/database/client.js'
import { runningPostgres, startPostgres } from 'dev-postgres'
import { migrate } from '../src/database/migrations.js'
import { shopAppId } from '../src/settings/shop-identity.js'
import { atTheEnd } from './cleanup.js'
import { freePort, startNode, untilAnswers, type Child } from './child.js'
import { startFloor, type Floor } from './floor.js'
import { newDataFolder } from './folders.js'
import { shopEnvironment } from './shop-environment.js'

export interface Stage {
  /** URL of the shop's database. */
  databaseUrl: string
  /** The shop's database. */
  database: pg.Client
  /** The floors' database, on the same server. */
  floorDatabase: pg.Client
  /** Pid of PostgreSQL's main process. */
  postgresPid: number
  /** `app` in the metadata of the shop's sessions. */
  appId: string
  secretKey: string
  webhookSecret: string
  sessionSecret: string
  sandboxUrl: string
  /** Starts a shop in production mode and waits until it answers. `apiBase` replaces the sandbox. */
  startShop(options?: { apiBase?: string; processes?: number }): Promise<Child>
  /** Starts a floor and waits until it answers. `{database}` in its arguments becomes the floors' database. */
  startFloor(floor: Floor, words: string[]): Promise<Child>
}

/** Enough that no run sells out. */
const STOCK = 100_000_000

export async function openStage(nodeFlags: string[]): Promise<Stage> {
  const folder = await newDataFolder()
  const postgres = await startPostgres({ dir: folder.path })
  atTheEnd(() => postgres.stop())
  const server = await runningPostgres(folder.path)
  const appId = await fillDatabase(postgres.url)
  const database = await connect(postgres.url)
  await requireDurable(database)
  await database.query('CREATE DATABASE floor')
  const floorUrl = new URL(postgres.url)
  floorUrl.pathname = '/floor'
  const floorDatabase = await connect(floorUrl.href)

  const sandbox = startSandbox(await freePort())
  await untilAnswers(sandbox, '/')
  const secretKey = `sk_test_${randomBytes(12).toString('hex')}`
  const webhookSecret = `whsec_${randomBytes(16).toString('hex')}`
  const sessionSecret = randomBytes(32).toString('hex')
  const sandboxUrl = `http://127.0.0.1:${sandbox.port}`

  return {
    databaseUrl: postgres.url,
    database,
    floorDatabase,
    postgresPid: server?.pid ?? 0,
    appId,
    secretKey,
    webhookSecret,
    sessionSecret,
    sandboxUrl,
    async startShop({ apiBase = sandboxUrl, processes = 1 } = {}) {
      const port = await freePort()
      const environment = shopEnvironment({
        NODE_ENV: 'production',
        PORT: String(port),
        BASE_URL: `http://127.0.0.1:${port}`,
        DATABASE_URL: postgres.url,
        STRIPE_SECRET_KEY: secretKey,
        STRIPE_WEBHOOK_SECRET: webhookSecret,
        STRIPE_API_BASE: apiBase,
        WEB_CONCURRENCY: String(processes),
        SESSION_SECRET: sessionSecret,
      })
      const shop = startNode([...nodeFlags, 'dist/main.js'], port, environment)
      await untilAnswers(shop, '/readyz')
      return shop
    },
    startFloor: (floor, words) =>
      startFloor(
        floor,
        words.map((word) => (word === '{database}' ? floorUrl.href : word)),
      ),
  }
}

function startSandbox(port: number): Child {
  return startNode(['packages/stripe-sandbox/bin/stripe-sandbox.mjs', '--port', String(port)], port)
}

async function fillDatabase(url: string): Promise<string> {
  await migrate(url)
  const { prisma, close } = openDatabase(url, { max: 2 })
  await seedCatalog(prisma)
  await prisma.product.updateMany({ data: { stock: STOCK } })
  const appId = await shopAppId(prisma)
  await close()
  return appId
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'till bench' })
  await client.connect()
  atTheEnd(() => client.end())
  return client
}

/** Refuses to measure a server whose commits would not survive a power failure. */
async function requireDurable(database: pg.Client): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await database.query<Record<string, string>>(`SHOW ${setting}`)
    if (rows[0]?.[setting] !== 'on') throw new Error(`The server under test has ${setting} off.`)
  }
}
