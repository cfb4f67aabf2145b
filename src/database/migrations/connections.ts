// Opens the schema engine's connections: to a database, and to the temporary shadow databases it asks for.
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { randomUUID } from 'node:crypto'
import { adapterOf, INFO } from './adapter.js'
import { connect, type MigrationConnection } from './connect.js'

/** A database connection for the schema engine, and a factory for its adapters. */
export interface Connections extends MigrationConnection {
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
  const { client, pooled } = await connect(url)
  let broken: Error | undefined
  client.on('error', (error) => (broken = error))

  async function connectToShadowDb(): Promise<SqlDriverAdapter> {
    const name = `till_shadow_${randomUUID()}`
    // Not WITH (FORCE): PostgreSQL 18 refuses that while autovacuum works on the database, if the user isn't a superuser.
    const drop = () => client.query(`DROP DATABASE IF EXISTS "${name}"`)
    await client.query(`CREATE DATABASE "${name}"`)
    const address = new URL(url)
    address.pathname = `/${name}`
    try {
      const { client: shadow } = await connect(address.href)
      return adapterOf(shadow, false, async () => {
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
    pooled,
    broken: () => broken,
    // The engine may connect and dispose several times. It always gets the same connection, which `close` ends.
    factory: {
      ...INFO,
      connect: () => Promise.resolve(adapterOf(client, pooled, () => Promise.resolve())),
      connectToShadowDb,
    },
    close: () => client.end(),
  }
}
