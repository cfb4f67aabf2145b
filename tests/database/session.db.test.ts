import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/database/client.js'
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

test.each([
  ['TimeZone', 'UTC'],
  ['DateStyle', 'ISO, MDY'],
  ['client_encoding', 'UTF8'],
  ['search_path', 'public'],
  ['default_transaction_isolation', 'read committed'],
  ['statement_timeout', '8s'],
  ['lock_timeout', '5s'],
  ['idle_in_transaction_session_timeout', '10s'],
])('%s is %s, for Prisma and for the pool', async (name, value) => {
  const sql = `SELECT current_setting('${name}') AS value`
  expect((await database.pool.query(sql)).rows).toEqual([{ value }])
  expect(await database.prisma.$queryRawUnsafe(sql)).toEqual([{ value }])
})

test('a prepared statement has the same name in every process', async () => {
  const name = async (connections: Database) => {
    await connections.prisma.$queryRaw`/* prepared */ SELECT 1 AS one`
    const { rows } = await connections.pool.query<{ name: string }>('SELECT name FROM pg_prepared_statements')
    return rows.map((row) => row.name)
  }
  const [one, two] = [openDatabase(own.url, { max: 1 }), openDatabase(own.url, { max: 1 })]
  await two.prisma.$queryRaw`/* prepared */ SELECT 2 AS two`
  const [first] = await name(one)
  expect(first).toMatch(/^till_[0-9a-f]{32}$/)
  expect(await name(two)).toContain(first)
  await Promise.all([one.close(), two.close()])
})

test('connection_limit in the URL lowers the number of connections', () => {
  const few = openDatabase(`${own.url}?connection_limit=3`)
  expect([few.max, few.pool.options.max]).toEqual([3, 3])
  return few.close()
})
