// Databases of shops of several sizes, built once and kept in a cache folder. Measurements work on copies.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, chmod } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { removePostgres, startPostgres, type Postgres } from 'dev-postgres'
import { projectRoot } from '../../src/config.js'
import { openDatabase } from '../../src/database/client.js'
import { migrationsFolder, readMigrations } from '../../src/database/migrations/folder.js'
import { countNumbers } from '../../src/numbers/count-numbers.js'
import { indexOrders } from '../../src/orders/index-orders.js'
import { repositoryRoot, seedRelease } from '../../scripts/release.js'
import { atTheEnd } from '../cleanup.js'
import { fillDatabase, readStep, STEPS, type Size } from './build.js'
import { requireConsistent } from './check.js'

/** The small shop sells the demo products alone: 26 variants. The large one has 100,000. */
export const SIZES = {
  small: { orders: 10_000, customers: 2_000, products: 0, events: 30_000 },
  medium: { orders: 100_000, customers: 20_000, products: 5_000, events: 300_000 },
  large: { orders: 1_000_000, customers: 200_000, products: 50_000, events: 3_000_000 },
} as const satisfies Record<string, Size>

export type SizeName = keyof typeof SIZES

/** Orders that one statement writes into the table for searches. */
const SEARCH_BATCH = 20_000

/** How long a turn adds up numbers. */
const NUMBERS_MS = 10_000

/** Of databases that are copies: followed by the id of the process that uses them. */
const COPY = 'copy_'

interface DataSetServer {
  postgres: Postgres
  /** Where its data is. */
  folder: string
  /** Creates and drops databases. */
  administration: pg.Client
}

let server: Promise<DataSetServer> | undefined

/** Opens the server of the data sets, in a folder that is named after their builder. Those of earlier builders are deleted. */
export function dataSetServer(): Promise<DataSetServer> {
  return (server ??= openServer())
}

async function openServer(): Promise<DataSetServer> {
  const parent = process.env['BENCH_CACHE'] ?? path.join(projectRoot, '.bench')
  const name = await version()
  await mkdir(parent, { recursive: true })
  for (const other of await readdir(parent)) {
    if (other === name) continue
    await removePostgres(path.join(parent, other))
    await rm(path.join(parent, other), { recursive: true, force: true })
  }
  const folder = path.join(parent, name)
  await mkdir(folder, { recursive: true })
  // As root, the database server runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o755)
  const postgres = await startPostgres({
    dir: folder,
    settings: { max_wal_size: '4GB', max_connections: '200' },
  })
  atTheEnd(() => postgres.stop())
  const administration = new pg.Client({ connectionString: postgres.url })
  await administration.connect()
  atTheEnd(() => administration.end())
  await dropAbandoned(administration)
  return { postgres, folder, administration }
}

/** Changes with the builder. */
async function version(): Promise<string> {
  const hash = createHash('sha256')
  for (const step of STEPS) hash.update(await readStep(step))
  hash.update(await readFile(new URL('build.ts', import.meta.url)))
  return hash.update(JSON.stringify(SIZES)).digest('hex').slice(0, 16)
}

/**
 * Makes a database with the data set of this size. The first call ever builds it, which takes minutes.
 * @returns its URL. It is dropped when the bench ends
 */
export async function copyDataSet(size: SizeName): Promise<string> {
  const { postgres, administration } = await dataSetServer()
  await buildOnce(administration, postgres.url, size)
  return createCopy(administration, postgres.url, `data_${size}`, size)
}

/** Makes an empty database on the same server, for floors. It is dropped when the bench ends. */
export async function emptyDatabase(): Promise<string> {
  const { postgres, administration } = await dataSetServer()
  return createCopy(administration, postgres.url, 'template1', 'empty')
}

let copies = 0

async function createCopy(database: pg.Client, url: string, from: string, what: string): Promise<string> {
  const name = `${COPY}${process.pid}_${what}_${(copies += 1)}`
  // The other strategy writes every page to the log.
  await database.query(`CREATE DATABASE ${name} TEMPLATE ${from} STRATEGY file_copy`)
  atTheEnd(() => database.query(`DROP DATABASE ${name} WITH (FORCE)`))
  return urlOf(url, name)
}

/** Drops copies of benches that were killed. */
async function dropAbandoned(database: pg.Client): Promise<void> {
  const { rows } = await database.query<{ datname: string }>(
    `SELECT datname FROM pg_database WHERE datname LIKE '${COPY}%'`,
  )
  for (const { datname } of rows)
    if (!isRunning(Number(/\d+/.exec(datname)?.[0])))
      await database.query(`DROP DATABASE ${datname} WITH (FORCE)`)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A database has its name once it is complete. Another process that needs it meanwhile waits. */
async function buildOnce(database: pg.Client, url: string, size: SizeName): Promise<void> {
  await database.query(`SELECT pg_advisory_lock(hashtext('data set'))`)
  try {
    if (await isBuilt(database, url, size)) return
    const began = performance.now()
    const say = (line: string) => process.stdout.write(`${line}\n`)
    say(`\nBuilding the ${size} data set, once …`)
    await database.query('DROP DATABASE IF EXISTS building WITH (FORCE)')
    await database.query('CREATE DATABASE building')
    const buildingUrl = urlOf(url, 'building')
    await seedRelease(repositoryRoot, buildingUrl)
    await using(buildingUrl, (client) => fillDatabase(client, SIZES[size], say))
    await fillSearch(buildingUrl)
    await requireConsistent(buildingUrl)
    await database.query(`ALTER DATABASE building RENAME TO data_${size}`)
    say(`  in all: ${Math.round((performance.now() - began) / 1000)} s`)
  } finally {
    await database.query(`SELECT pg_advisory_unlock(hashtext('data set'))`)
  }
}

/**
 * Whether the data set is there. Newer migrations are applied to it, as in a shop that is upgraded. One with a migration that
 * is not in this tree is dropped.
 */
async function isBuilt(database: pg.Client, url: string, size: SizeName): Promise<boolean> {
  const name = `data_${size}`
  const found = await database.query('SELECT FROM pg_database WHERE datname = $1', [name])
  if (found.rowCount === 0) return false
  const known = (await readMigrations(migrationsFolder)).migrationDirectories.map(({ path }) => path)
  const applied = await using(urlOf(url, name), async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'SELECT migration_name AS name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL',
    )
    return rows.map((row) => row.name)
  })
  if (applied.some((migration) => !known.includes(migration))) {
    await database.query(`DROP DATABASE ${name} WITH (FORCE)`)
    return false
  }
  if (known.some((migration) => !applied.includes(migration))) {
    await seedRelease(repositoryRoot, urlOf(url, name))
    await fillSearch(urlOf(url, name))
    await using(urlOf(url, name), (client) => client.query('VACUUM (ANALYZE)'))
  }
  return true
}

/** Does at once what the shop does in the background: writes what operators find orders by, and adds up the numbers. */
async function fillSearch(url: string): Promise<void> {
  const database = openDatabase(url, { max: 1 })
  const { prisma } = database
  try {
    const { orderId: done = 0 } = (await prisma.orderSearchProgress.findUnique({ where: { id: 1 } })) ?? {}
    const { _max: last } = await prisma.order.aggregate({ _max: { id: true } })
    for (let id = done; id < (last.id ?? 0); id += SEARCH_BATCH)
      await indexOrders(
        prisma,
        Array.from({ length: SEARCH_BATCH }, (_, index) => id + 1 + index),
      )
    const purchases = await prisma.purchaseHistory.aggregate({ _max: { id: true } })
    await prisma.orderSearchProgress.update({
      where: { id: 1 },
      data: { orderId: last.id ?? 0, purchaseId: purchases._max.id ?? 0 },
    })
    while ((await countNumbers(prisma, 'UTC', NUMBERS_MS))?.isBehind !== false);
    await database.pool.query(
      'VACUUM (ANALYZE) "OrderSearch", "DayNumbers", "DayProduct", "YearProduct", "CumulativeProduct"',
    )
  } finally {
    await database.close()
  }
}

async function using<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return work(client).finally(() => client.end())
}

function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}
