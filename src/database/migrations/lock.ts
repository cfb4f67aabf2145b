// Lets one process at a time migrate a database, and says who keeps the others waiting.
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { connect, type MigrationConnection } from './connect.js'

/** The advisory lock that Prisma's schema engine takes. A session that holds it can take it again. */
const ENGINE_LOCK = 72707369
/** Behind a pooler, a migration's own transaction holds this one too: it may outlive the process that sent it. */
const SCRIPT_LOCK = 72707370

const POLL_MILLISECONDS = 200
const REPORT_AFTER_SECONDS = 2
/** How long a pooler may take to give the migrations a second session. */
const SECOND_SESSION_SECONDS = 10

export interface LockOptions {
  /** The start fails when another process holds the lock for longer than this. */
  waitSeconds: number
  /** Called once, when the wait takes longer than REPORT_AFTER_SECONDS. */
  onWait: (message: string) => void
}

/**
 * Runs `work` while no other process migrates this database.
 *
 * The lock belongs to the connection that migrates, so it lasts as long as a migration whose process was killed. Behind a
 * pooler, such a lock would stay behind in a session that others use next. There, a transaction on a connection of its
 * own holds it, and a migration takes SCRIPT_LOCK.
 *
 * The lock is asked for again and again instead of waited for: a waiting statement would block CREATE INDEX CONCURRENTLY.
 *
 * @throws Error that names the holder
 */
export async function withMigrationLock<T>(
  url: string,
  { client, pooled }: MigrationConnection,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (!pooled) {
    await untilLocked(client, 'pg_try_advisory_lock', ENGINE_LOCK, options)
    return work().finally(() =>
      client.query(`SELECT pg_advisory_unlock(${ENGINE_LOCK})`).catch(() => undefined),
    )
  }
  const { client: holder } = await connect(url)
  try {
    const begin = 'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0'
    await untilLocked(holder, 'pg_try_advisory_xact_lock', ENGINE_LOCK, options, begin)
    await assertSecondSession(client, Math.min(SECOND_SESSION_SECONDS, options.waitSeconds))
    // Taken and released in one statement: nobody's migration is still running.
    await untilLocked(client, 'pg_try_advisory_xact_lock', SCRIPT_LOCK, options)
    return await work()
  } finally {
    // Before the pooler notices that the client is gone, the next process may have begun to wait.
    await holder.query('ROLLBACK').catch(() => undefined)
    await holder.end()
  }
}

/** Behind a pooler with one session, which the lock's transaction occupies, the migrations would wait for it in vain. */
async function assertSecondSession(client: pg.Client, seconds: number): Promise<void> {
  const answer = client.query('SELECT').then(() => true)
  const isGiven = await Promise.race([answer, wait(seconds * 1000, false, { ref: false })])
  if (isGiven) return
  // It is answered once the lock's transaction ends, or fails with the connection.
  answer.catch(() => undefined)
  throw new Error(
    `The connection pooler in front of the database gave the migrations no second session within ${seconds} seconds. ` +
      'Set DATABASE_DIRECT_URL to the address of the server itself, or give the pooler a larger pool.',
  )
}

/** Whether this is the engine's own request for the lock, which would wait for our transaction behind a pooler. */
export function asksForLock(sql: string): boolean {
  return /^\s*SELECT pg_advisory_lock\(72707369\)/i.test(sql)
}

/** Takes SCRIPT_LOCK until the script's transaction ends, and sets what a pooler loses. */
export function withScriptLock(script: string): string {
  // CONCURRENTLY can't run in a transaction, so it must be the only statement of its migration.
  return /\bCONCURRENTLY\b/i.test(script)
    ? script
    : `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(${SCRIPT_LOCK});\n${script}`
}

/** @param begin starts a transaction for each try, which stays open when the lock was taken */
async function untilLocked(
  client: pg.Client,
  attempt: 'pg_try_advisory_lock' | 'pg_try_advisory_xact_lock',
  lock: number,
  options: LockOptions,
  begin?: string,
): Promise<void> {
  const began = Date.now()
  let reported = false
  for (;;) {
    if (begin) await client.query(begin)
    const { rows } = await client.query<{ locked: boolean }>(`SELECT ${attempt}(${lock}) AS locked`)
    if (rows[0]?.locked) return
    // A transaction that only waits would occupy one of the pooler's sessions.
    if (begin) await client.query('ROLLBACK')
    const seconds = (Date.now() - began) / 1000
    if (seconds >= options.waitSeconds)
      throw new Error(
        `Another process has held the lock for migrations for more than ${options.waitSeconds} seconds: ${await holderOf(client, lock)}`,
      )
    if (!reported && seconds >= REPORT_AFTER_SECONDS) {
      reported = true
      options.onWait(
        `Waiting for another process that migrates this database: ${await holderOf(client, lock)}`,
      )
    }
    await wait(POLL_MILLISECONDS)
  }
}

/** Who holds the lock, and how to end it. */
async function holderOf(client: pg.Client, lock: number): Promise<string> {
  const { rows } = await client.query<{ pid: number; text: string }>(
    `SELECT DISTINCT pid, format('process %s of the database (application "%s", user %s, from %s, connected since %s, last active %s, %s)',
       pid, application_name, usename, coalesce(client_addr::text, 'this machine'),
       date_trunc('second', backend_start), date_trunc('second', state_change), state) AS text
     FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1::bigint::oid
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [lock],
  )
  if (rows.length === 0) return 'it has just ended, or the user may not see it in pg_stat_activity.'
  const commands = rows.map(({ pid }) => `SELECT pg_terminate_backend(${pid});`)
  return `${rows.map(({ text }) => text).join('; ')}. If it does not migrate any more, end it with ${commands.join(' ')}`
}
