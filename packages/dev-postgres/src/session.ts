// Registers this process as a user of the server, and tells whether it is the last one.
import pg from 'pg'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADMIN_ROLE, readCredentials } from './credentials.js'
import { isCode } from './errno.js'

/**
 * Each process that uses the server keeps one connection that holds this advisory lock, shared. A process that leaves
 * asks for the lock exclusively. If it gets it, it is the last and stops the server; a new process that is then refused
 * the shared lock waits for the next server. The number is arbitrary.
 */
export const USERS_LOCK = 7455276

/** The server is not listening yet, is shutting down, or closed the connection. */
const NOT_SERVING = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '08006']

/** Connects to the server on `port` and registers this process. Undefined: the server accepts no users now. */
export async function join(cluster: string, port: number): Promise<pg.Client | undefined> {
  const { name, adminPassword } = await readCredentials(cluster)
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port, user: ADMIN_ROLE, password: adminPassword, database: 'postgres' },
    ...{ application_name: 'dev-postgres', connectionTimeoutMillis: 5000, ssl: false },
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
      ? `does not accept the password in ${cluster}/${name}.json`
      : String(error)
    throw new Error(`PostgreSQL on port ${port}: ${reason}`, { cause: error })
  }
  await leave(client)
  return undefined
}

/** True when no one else uses the server. Then no process can register until this connection ends. */
export async function isLast(client: pg.Client): Promise<boolean> {
  // Release first: two processes that leave at once must not both be refused because of the other's shared lock.
  await client.query('SELECT pg_advisory_unlock_shared($1)', [USERS_LOCK])
  const { rows } = await client.query<{ alone: boolean }>('SELECT pg_try_advisory_lock($1) AS alone', [
    USERS_LOCK,
  ])
  if (rows[0]?.alone !== true) return false
  // Connections this process has just closed may take a moment to end. Others, such as a psql, stay: not the last.
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
