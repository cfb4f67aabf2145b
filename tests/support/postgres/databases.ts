// Creates and drops databases on a server.
import pg from 'pg'

/** Runs `work` on a connection of its own. */
export async function administer<T>(
  connectionString: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 })
  await client.connect()
  return work(client).finally(() => client.end())
}

/** Drops a database, and ends the connections that an aborted test may have left. */
export async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== INSUFFICIENT_PRIVILEGE) throw error
    // PostgreSQL 18 lets only a superuser use FORCE while autovacuum works on the database. Without FORCE, it ends autovacuum.
    await client.query(`DROP DATABASE IF EXISTS ${name}`)
  }
}

const INSUFFICIENT_PRIVILEGE = '42501'
