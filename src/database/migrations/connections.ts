// Opens the schema engine's connections: to a database, and to the temporary shadow databases it asks for.
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { adapterOf, INFO } from './adapter.js'

/** A database connection for the schema engine, and a factory for its adapters. */
export interface Connections {
  client: pg.Client
  /** The error that broke the connection, if one did. */
  broken: () => Error | undefined
  factory: SqlMigrationAwareDriverAdapterFactory
  close: () => Promise<void>
}

/**
 * Connects to the database.
 * @throws Error that names the server when it does not answer
 */
export async function openConnections(url: string): Promise<Connections> {
  const client = await connect(url)
  let broken: Error | undefined
  client.on('error', (error) => (broken = error))

  async function connectToShadowDb(): Promise<SqlDriverAdapter> {
    const name = `till_shadow_${randomUUID()}`
    const drop = () => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
    await client.query(`CREATE DATABASE "${name}"`)
    const address = new URL(url)
    address.pathname = `/${name}`
    try {
      const shadow = await connect(address.href)
      return adapterOf(shadow, async () => {
        await shadow.end()
        await drop()
      })
    } catch (error) {
      await drop()
      throw error
    }
  }

  return {
    client,
    broken: () => broken,
    // The engine may connect and dispose several times. It always gets the same connection, which `close` ends.
    factory: {
      ...INFO,
      connect: () => Promise.resolve(adapterOf(client, () => Promise.resolve())),
      connectToShadowDb,
    },
    close: () => client.end(),
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...{
      connectionString: url,
      application_name: 'till migrations',
      connectionTimeoutMillis: 5000,
      keepAlive: true,
    },
  })
  // Node exits on an "error" event without a listener. The query that needs a broken connection fails anyway.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query("SET timezone = 'UTC'")
    return client
  } catch (cause) {
    const server = `${client.host}:${client.port}, database ${String(client.database)}`
    throw new Error(`The database does not answer (${server}): ${reason(cause)}`, { cause })
  }
}

/** A host name with several addresses fails with an AggregateError that has no message of its own. */
function reason(error: unknown): string {
  return error instanceof AggregateError
    ? error.errors.map(reason).join('; ')
    : error instanceof Error
      ? error.message
      : String(error)
}
