import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { adapterOf, INFO } from './adapter.js'

/** The schema engine's way to a database, and to the shadow databases it asks for beside it. */
export interface Connections {
  client: pg.Client
  /** What broke the connection, if something did. */
  broken: () => Error | undefined
  factory: SqlMigrationAwareDriverAdapterFactory
  close: () => Promise<void>
}

/** @throws Error saying which server did not answer */
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
    // The engine may open and dispose of the database several times; for us it is one connection.
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
  // What breaks the connection fails the query that needs it; an "error" that nobody hears would end the process.
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

/** A name with several addresses fails once for each, and then the error itself says nothing. */
function reason(error: unknown): string {
  return error instanceof AggregateError
    ? error.errors.map(reason).join('; ')
    : error instanceof Error
      ? error.message
      : String(error)
}
