// Databases of their own for tests, on the server of their suite.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import type { Engine } from './engines.js'

export interface TestDatabase {
  url: string
  drop: () => Promise<void>
}

/** An advisory lock of all test files: PostgreSQL can't copy one database twice at the same moment. */
const COPY_LOCK = 18150001

/**
 * A new database with all migrations applied and no rows, on the engine that this suite tests. Takes some 30 ms: one per
 * test file is usual, one per test is fine.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, template } = server()
  const name = `till_test_${randomBytes(6).toString('hex')}`
  await administer(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [COPY_LOCK])
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  })
  return databaseAt(url, name)
}

/** A database without tables, for tests of the migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const { url } = server()
  const name = `till_test_${randomBytes(6).toString('hex')}`
  await administer(url, (client) => client.query(`CREATE DATABASE ${name}`))
  return databaseAt(url, name)
}

/** The engine that this suite tests. */
export const engine = (): Engine => inject('engine')

function server(): { url: string; template: string } {
  // Undefined, whatever its type says, when the configuration lacks the global setup.
  const provided = inject('postgres') as { url: string; template: string } | undefined
  if (!provided)
    throw new Error(
      'No server for the tests: vitest must run with tests/support/postgres/global-setup.ts (vitest.config.ts).',
    )
  return provided
}

function databaseAt(serverUrl: string, name: string): TestDatabase {
  const address = new URL(serverUrl)
  address.pathname = `/${name}`
  // FORCE: an aborted test may have left connections.
  const drop = async () => {
    await administer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  }
  return { url: address.href, drop }
}

async function administer<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 })
  await client.connect()
  return work(client).finally(() => client.end())
}
