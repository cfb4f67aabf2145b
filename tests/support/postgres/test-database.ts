// Creates databases for tests on their suite's server.
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { administer, dropDatabase } from './databases.js'
import type { Engine } from './engines.js'

export interface TestDatabase {
  url: string
  drop: () => Promise<void>
}

/** Advisory lock shared by all test files: PostgreSQL cannot copy one database twice at the same time. */
const COPY_LOCK = 18150001

/**
 * Creates a migrated, empty database on the engine that this suite tests. Takes about 30 ms: usual is one per
 * test file, one per test is fine.
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

/** Creates a database without tables, for tests of the migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const { url } = server()
  const name = `till_test_${randomBytes(6).toString('hex')}`
  await administer(url, (client) => client.query(`CREATE DATABASE ${name}`))
  return databaseAt(url, name)
}

/** The engine that this suite tests. */
export const engine = (): Engine => inject('engine')

function server(): { url: string; template: string } {
  // Undefined, despite its type, if the configuration lacks the global setup.
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
  return { url: address.href, drop: () => administer(serverUrl, (client) => dropDatabase(client, name)) }
}
