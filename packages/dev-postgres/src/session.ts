import pg from 'pg'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADMIN_ROLE, readCredentials } from './credentials.js'
import { isCode } from './errno.js'

/**
 * Every process that uses the server holds one connection with this advisory lock, shared, for as long as it lives.
 * Who closes asks for the lock alone: to have it means to be the last, and a newcomer who is refused it knows that
 * the server is about to stop. The number is nothing but unlikely to be anyone else's.
 */
export const USERS_LOCK = 7455276

/** Refused, not yet or no longer listening, or gone between two words. */
const NOT_SERVING = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '08006']

/** Connects to the server that listens on `port` and registers as its user; undefined: it is not serving (any more). */
export async function join(cluster: string, port: number): Promise<pg.Client | undefined> {
  const { adminPassword } = await readCredentials(cluster)
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port, user: ADMIN_ROLE, password: adminPassword, database: 'postgres' },
    ...{ application_name: 'till keeper', connectionTimeoutMillis: 5000, ssl: false },
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ joined: boolean }>(
      'SELECT pg_try_advisory_lock_shared($1) AS joined',
      [USERS_LOCK],
    )
    if (rows[0]?.joined === true) return client
  } catch (error) {
    await leave(client)
    if (isCode(error, ...NOT_SERVING) || /Connection terminated/.test(String(error))) return undefined
    const reason = isCode(error, '28P01')
      ? `does not accept the password in ${cluster}/till.json`
      : String(error)
    throw new Error(`The embedded PostgreSQL on port ${port}: ${reason}`, { cause: error })
  }
  await leave(client)
  return undefined
}

/** True when nobody else uses the server, and then nobody can begin to until this connection ends. */
export async function isLast(client: pg.Client): Promise<boolean> {
  // In this order: two who close at once must not both see the other one's shared lock.
  await client.query('SELECT pg_advisory_unlock_shared($1)', [USERS_LOCK])
  const { rows } = await client.query<{ alone: boolean }>('SELECT pg_try_advisory_lock($1) AS alone', [
    USERS_LOCK,
  ])
  if (rows[0]?.alone !== true) return false
  // The connections that this process closed a moment ago may still be ending; others (a psql) are there to stay.
  for (const end = Date.now() + 1000; ;) {
    const others = await client.query(
      `SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    )
    if (others.rowCount === 0) return true
    if (Date.now() > end) return false
    await sleep(20)
  }
}

export const leave = (client: pg.Client) => client.end().catch(() => undefined)
