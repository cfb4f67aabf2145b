import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/database/client.js'
import { IDLE_SECONDS, SILENCE_SECONDS } from '../../src/database/session.js'
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js'

let own: TestDatabase
let database: Database

beforeAll(async () => {
  own = await createTestDatabase()
  database = openDatabase(own.url)
})

afterAll(async () => {
  await database.close()
  await own.drop()
})

/** Terminates the shop's connections, as a server restart or a failover does. */
async function breakConnections(): Promise<number> {
  const client = new pg.Client({ connectionString: own.url })
  await client.connect()
  const { rowCount } = await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'till'`,
  )
  await client.end()
  return rowCount ?? 0
}

test('Prisma and the pool use the same database', async () => {
  const { rows } = await database.pool.query<{ name: string }>('SELECT current_database() AS name')
  expect(await database.prisma.$queryRaw`SELECT current_database() AS name`).toEqual(rows)
})

test.each([
  ['Prisma', ({ prisma }: Database) => prisma.$queryRaw`SELECT 1 AS one`],
  ['the pool', async ({ pool }: Database) => (await pool.query<{ one: number }>('SELECT 1 AS one')).rows],
])('idle connections of %s that break are replaced', async (_, ask) => {
  const idle = openDatabase(own.url)
  await ask(idle)
  const broken = new Promise((resolve) => idle.pool.once('remove', resolve))
  await breakConnections()
  await broken
  expect(await ask(idle)).toEqual([{ one: 1 }])
  await idle.close()
})

test('a connection that breaks in a transaction fails only that transaction', async () => {
  const broken = database.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1`
    await breakConnections()
    await tx.$queryRaw`SELECT 1`
  })
  await expect(broken).rejects.toThrow()
  expect(await database.prisma.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }])
})

test('a connection that breaks while checked out and idle does not end the process', async () => {
  const client = await database.pool.connect()
  await client.query('SELECT 1')
  const ended = new Promise<void>((resolve) => client.once('end', resolve))
  await breakConnections()
  await ended
  await expect(client.query('SELECT 1')).rejects.toThrow()
  client.release(true)
})

test('transactions beyond the pool size wait for a free connection', async () => {
  const narrow = openDatabase(own.url, { max: 2 })
  const transactions = Array.from({ length: 20 }, (_, i) =>
    narrow.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT pg_sleep(0.05)::text`
      return i
    }),
  )
  expect(await Promise.all(transactions)).toHaveLength(20)
  expect(narrow.pool.totalCount).toBeLessThanOrEqual(2)
  await narrow.close()
})

test('a server that does not answer causes an error within nine seconds', async () => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address() as { port: number }
  const dead = openDatabase(`postgresql://till:till@127.0.0.1:${address.port}/till`)
  const begun = performance.now()
  await expect(dead.prisma.$queryRaw`SELECT 1`).rejects.toThrow()
  expect(performance.now() - begun).toBeLessThan(9000)
  await dead.close()
  sockets.forEach((socket) => socket.destroy())
  silent.close()
})

test('closing leaves no connection, and can be repeated', async () => {
  const other = openDatabase(own.url)
  await other.prisma.$queryRaw`SELECT 1`
  await Promise.all([other.close(), other.close()])
  await expect(other.pool.query('SELECT 1')).rejects.toThrow()
  await expect.poll(() => connectionsOf(database)).toBe(1)
})

test('webhooks have a connection of their own, even when all others are taken', async () => {
  const busy = openDatabase(own.url, { max: 4 })
  const taken = await Promise.all([1, 2, 3].map(() => busy.pool.connect()))
  expect(await busy.webhooks.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }])
  expect(busy.open()).toBe(4)
  for (const client of taken) client.release()
  await busy.close()
  await expect(busy.webhooks.$queryRaw`SELECT 1`).rejects.toThrow()
})

test('the connection of webhooks stays open while nothing is delivered', { timeout: 60_000 }, async () => {
  const quiet = openDatabase(own.url)
  const session = () => quiet.webhooks.$queryRaw`SELECT pg_backend_pid() AS pid`
  const first = await session()
  // Longer than unused connections are kept, and than one may be silent.
  await wait((IDLE_SECONDS + SILENCE_SECONDS) * 1000)
  expect(await session()).toEqual(first)
  await quiet.close()
})

test('webhooks share the connections of all when there are few', async () => {
  const small = openDatabase(own.url, { max: 2 })
  expect(await small.webhooks.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }])
  expect(small.pool.totalCount).toBe(1)
  await small.close()
})

async function connectionsOf({ pool }: Database): Promise<number> {
  const { rowCount } = await pool.query(`SELECT FROM pg_stat_activity WHERE datname = current_database()`)
  return rowCount ?? 0
}
