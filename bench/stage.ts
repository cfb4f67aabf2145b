// What most measurements need: the development PostgreSQL, a local Stripe, and shops in production mode.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import pg from 'pg'
import { runningPostgres, startPostgres } from 'dev-postgres'
import { repositoryRoot, seedRelease } from '../scripts/release.js'
import { atTheEnd } from './cleanup.js'
import { freePort, startNode, untilAnswers, type Child } from './child.js'
import { startFloor, type Floor } from './floor.js'
import { copyDataSet, dataSetServer, emptyDatabase, type SizeName } from './data-set/data-set.js'
import { newDataFolder } from './folders.js'
import { shopEnvironment } from './shop-environment.js'

/** A release that this tree is compared with. */
export interface OtherRelease {
  name: string
  /** Where it was built. */
  folder: string
}

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
  /** The release to compare with: its own shop, database and `appId`; the rest is the same. */
  other: Stage | null
}

/** Enough that no run sells out. */
const STOCK = 1_000_000

/** A stage on a server of its own with new databases. */
export async function openStage(nodeFlags: string[], against: OtherRelease | null): Promise<Stage> {
  const folder = await newDataFolder()
  const postgres = await startPostgres({ dir: folder.path })
  atTheEnd(() => postgres.stop())
  const administration = await connect(postgres.url)
  const createDatabase = async (name: string) => {
    await administration.query(`CREATE DATABASE ${name}`)
    const url = new URL(postgres.url)
    url.pathname = `/${name}`
    return url.href
  }
  const createShop = async (release: string, name: string) => {
    const url = await createDatabase(name)
    await seedRelease(release, url)
    return url
  }
  const [floorUrl, shopUrl] = [await createDatabase('floor'), await createShop(repositoryRoot, 'shop')]
  const otherUrl = against === null ? null : await createShop(against.folder, 'other')
  return openOn(folder.path, { floorUrl, shopUrl, otherUrl }, nodeFlags, against)
}

/** A stage on a copy of the data set of this size. */
export async function openDataSetStage(nodeFlags: string[], size: SizeName): Promise<Stage> {
  const { folder } = await dataSetServer()
  const [floorUrl, shopUrl] = [await emptyDatabase(), await copyDataSet(size)]
  return openOn(folder, { floorUrl, shopUrl, otherUrl: null }, nodeFlags, null)
}

interface Urls {
  floorUrl: string
  shopUrl: string
  /** Of the release to compare with. */
  otherUrl: string | null
}

async function openOn(
  folder: string,
  { floorUrl, shopUrl, otherUrl }: Urls,
  nodeFlags: string[],
  against: OtherRelease | null,
): Promise<Stage> {
  const server = await runningPostgres(folder)
  const floorDatabase = await connect(floorUrl)
  await requireDurable(floorDatabase)

  const sandbox = startSandbox(await freePort())
  await untilAnswers(sandbox, '/')
  const secretKey = `sk_test_${randomBytes(12).toString('hex')}`
  const webhookSecret = `whsec_${randomBytes(16).toString('hex')}`
  const sessionSecret = randomBytes(32).toString('hex')
  const sandboxUrl = `http://127.0.0.1:${sandbox.port}`

  const smtpUrl = await openSilentMailServer()

  const shopOf = async (release: string, databaseUrl: string) => {
    const database = await connect(databaseUrl)
    const startShop: Stage['startShop'] = async ({ apiBase = sandboxUrl, processes = 1 } = {}) => {
      const port = await freePort()
      const environment = shopEnvironment({
        NODE_ENV: 'production',
        PORT: String(port),
        BASE_URL: `http://127.0.0.1:${port}`,
        DATABASE_URL: databaseUrl,
        STRIPE_SECRET_KEY: secretKey,
        STRIPE_WEBHOOK_SECRET: webhookSecret,
        STRIPE_API_BASE: apiBase,
        WEB_CONCURRENCY: String(processes),
        SESSION_SECRET: sessionSecret,
        SMTP_URL: smtpUrl,
        MAIL_FROM: 'Till <till@till.example>',
      })
      const shop = startNode([...nodeFlags, 'dist/main.js'], port, environment, release)
      await untilAnswers(shop, '/readyz')
      return shop
    }
    return { databaseUrl, database, appId: await prepareShop(database), startShop }
  }
  const shared = {
    floorDatabase,
    postgresPid: server?.pid ?? 0,
    secretKey,
    webhookSecret,
    sessionSecret,
    sandboxUrl,
    startFloor: (floor: Floor, words: string[]) =>
      startFloor(
        floor,
        words.map((word) => (word === '{database}' ? floorUrl : word)),
      ),
    other: null,
  }
  const stage = { ...shared, ...(await shopOf(repositoryRoot, shopUrl)) }
  if (against === null || otherUrl === null) return stage
  const other = { ...shared, ...(await shopOf(against.folder, otherUrl)) }
  return { ...stage, other }
}

/** Accepts connections and says nothing: sending mail, which production requires, is not measured. */
async function openSilentMailServer(): Promise<string> {
  const server = createServer((socket) => socket.unref()).unref()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

function startSandbox(port: number): Child {
  return startNode(['packages/stripe-sandbox/bin/stripe-sandbox.mjs', '--port', String(port)], port)
}

/**
 * Fills up the stock. In SQL, because this tree's Prisma client may not fit the other release's tables.
 * @returns what the shop marks its sessions with
 */
async function prepareShop(database: pg.Client): Promise<string> {
  await database.query('UPDATE "Product" SET stock = $1 WHERE coalesce(stock, 0) < $1', [STOCK])
  await database.query('INSERT INTO "Shop" DEFAULT VALUES ON CONFLICT DO NOTHING')
  const { rows } = await database.query<{ appId: string }>(`SELECT 'till-' || "appId" AS "appId" FROM "Shop"`)
  return rows[0]?.appId ?? ''
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
