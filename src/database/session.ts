// Sets what the shop relies on in every database session, whatever the server, database or role has as its defaults.
//
// Behind a connection pooler in transaction mode, the next transaction may use another session of the server. PgBouncer
// restores the settings in CARRIED there, but none of the others. Those are set again in each transaction, and come from
// the role for statements outside of one. A pooler is recognized by its process id, which is not the server's.
import { Socket } from 'node:net'
import type pg from 'pg'

/** The server ends a statement after this. Less than SILENCE_SECONDS, so that a slow statement keeps its connection. */
const STATEMENT_SECONDS = 8
/** The server gives up waiting for another transaction's lock after this. */
const LOCK_SECONDS = 5
/** The server ends a transaction whose client sends nothing for this long. */
const IDLE_IN_TRANSACTION_SECONDS = 10
/** A connection on which nothing arrives for this long is closed: a server can fall silent without closing it. */
export const SILENCE_SECONDS = 9
/** How long a new connection may take, or a query may wait for one. */
const CONNECT_SECONDS = 5
/** Unused connections are closed after this. With SILENCE_SECONDS, none outlives a failover by more than 14 seconds. */
export const IDLE_SECONDS = 5
/** How often a connection that is kept without being used shows that the server is there. Less than SILENCE_SECONDS. */
export const HEARTBEAT_SECONDS = 4

/** How text and times are exchanged. PgBouncer keeps these for each of its clients. */
const CARRIED = { TimeZone: 'UTC', DateStyle: 'ISO, MDY', standard_conforming_strings: 'on' }

/** Lost behind a pooler. */
const RULES = { search_path: 'public', default_transaction_isolation: 'read committed' }
const LIMITS = {
  statement_timeout: `${STATEMENT_SECONDS}s`,
  lock_timeout: `${LOCK_SECONDS}s`,
  idle_in_transaction_session_timeout: `${IDLE_IN_TRANSACTION_SECONDS}s`,
}
/** For migrations: an index may take hours to build. Waiting for their lock is limited elsewhere. */
const NO_LIMITS = { statement_timeout: '0', lock_timeout: '0', idle_in_transaction_session_timeout: '0' }

export type Limits = 'limited' | 'unlimited'

const settingsOf = (limits: Limits) => ({ ...RULES, ...(limits === 'limited' ? LIMITS : NO_LIMITS) })

/** Options of node-postgres for connections whose statements may take as long as they need. */
export const unlimitedOptions = {
  connectionTimeoutMillis: CONNECT_SECONDS * 1000,
  keepAlive: true,
  keepAliveInitialDelayMillis: IDLE_SECONDS * 1000,
} as const satisfies pg.ClientConfig

/**
 * Options of node-postgres for a connection that notices a silent server.
 * @param onSilence called when the connection is closed for that reason
 */
export function limitedOptions(onSilence: () => void): pg.ClientConfig {
  return {
    ...unlimitedOptions,
    stream: () => {
      const socket = new Socket()
      socket.setTimeout(SILENCE_SECONDS * 1000, () => {
        socket.destroy(new SilentDatabaseError())
        onSilence()
      })
      return socket
    },
  }
}

/** The database sent nothing for SILENCE_SECONDS. */
class SilentDatabaseError extends Error {
  override name = 'SilentDatabaseError'
  /** As the system's own error for a connection that went silent. */
  readonly code = 'ETIMEDOUT'
  constructor() {
    super(`The database did not answer within ${SILENCE_SECONDS} seconds.`)
  }
}

/**
 * Sets up a new connection, in one statement.
 * @returns whether a pooler is between us and the server
 */
export async function setUpSession(client: pg.ClientBase, limits: Limits): Promise<boolean> {
  // Not in the types of node-postgres: the process id that the server gave when we connected.
  const { processID } = client as unknown as { processID: number | null }
  const isDirect = `pg_backend_pid() = ${processID ?? 0}`
  const set = ([name, value]: [string, string]) => `set_config('${name}', '${value}', false)`
  // A pooler's other clients would inherit what is set here, so only CARRIED is set through one.
  const ifDirect = (pair: [string, string]) => `CASE WHEN ${isDirect} THEN ${set(pair)} END`
  const settings = [
    ...Object.entries(CARRIED).map(set),
    ...Object.entries(settingsOf(limits)).map(ifDirect),
  ].join(', ')
  const { rows } = await client.query<{ direct: boolean }>(`SELECT ${isDirect} AS direct, ${settings}`)
  return rows[0]?.direct !== true
}

/** Begins a transaction behind a pooler, with all settings, in one message. */
const BEGIN_POOLED = [
  'BEGIN ISOLATION LEVEL READ COMMITTED',
  ...Object.entries({ ...CARRIED, search_path: RULES.search_path, ...LIMITS }).map(
    ([name, value]) => `SET LOCAL ${name} = '${value}'`,
  ),
].join('; ')

/**
 * Adapts a connection that goes through a pooler. Whoever uses it may name statements and begin transactions as usual:
 * the names are dropped, because the next transaction may run where the statement was never prepared.
 */
export function adaptToPooler(client: pg.ClientBase): void {
  const send = client.query.bind(client) as (query: unknown, ...rest: unknown[]) => unknown
  const adapted = (query: unknown, ...rest: unknown[]) => {
    if (typeof query !== 'object' || query === null || !('text' in query)) return send(query, ...rest)
    const { text } = query
    return send({ ...query, name: undefined, text: text === 'BEGIN' ? BEGIN_POOLED : text }, ...rest)
  }
  client.query = adapted as typeof client.query
}

/** What the shop can work with. */
const WORKABLE: Readonly<Record<string, RegExp>> = {
  TimeZone: /^(Etc\/)?(UTC|UCT|GMT|Universal|Zulu|Greenwich)$/i,
  DateStyle: /^ISO\b/,
  standard_conforming_strings: /^on$/,
  search_path: /^public$/,
  default_transaction_isolation: /^read committed$/,
}

interface Setting {
  name: string
  value: string
  role: string
}

/**
 * Checks what statements outside of transactions find behind a pooler.
 *
 * @returns a sentence when only limits are missing, or null
 * @throws Error with the statement to run, when the shop would read or write wrong values
 */
export async function checkPooledSession(pool: pg.Pool, max: number): Promise<string | null> {
  const found = await readOnAnotherSession(pool, max)
  const broken = found.filter(({ name, value }) => name in WORKABLE && !WORKABLE[name]?.test(value))
  if (broken.length > 0) throw new SessionError(explain(broken))
  // Other limits than ours are the operator's choice.
  const missing = found.filter(({ name, value }) => name in LIMITS && value === '0')
  return missing.length > 0 ? explain(missing) : null
}

/** A setting of the database that the shop can't work with. The message says what to run. */
export class SessionError extends Error {
  override name = 'SessionError'
}

/** Reads the settings on a session of the server that we have not set up, if the pooler gives us a second one. */
async function readOnAnotherSession(pool: pg.Pool, max: number): Promise<Setting[]> {
  const reader = await pool.connect()
  // Occupies one session, so that the reader gets another.
  const holder = max > 1 ? await pool.connect() : null
  try {
    await holder?.query('BEGIN')
    const read = reader.query<Setting>(
      `SELECT name, quote_ident(current_user) AS role,
         CASE WHEN name = 'search_path' THEN coalesce(current_schema(), '') ELSE current_setting(name) END AS value
       FROM unnest($1::text[]) AS name`,
      [Object.keys({ ...CARRIED, ...RULES, ...LIMITS })],
    )
    const noOther = setTimeout(() => void holder?.query('ROLLBACK').catch(() => undefined), 2000)
    const { rows } = await read.finally(() => clearTimeout(noOther))
    return rows
  } finally {
    // Closing it also ends its transaction.
    holder?.release(true)
    reader.release()
  }
}

function explain(settings: Setting[]): string {
  const wanted: Record<string, string> = { ...CARRIED, ...RULES, ...LIMITS }
  const list = settings.map(({ name, value }) => `${name} is ${value || 'empty'}`).join(', ')
  const commands = settings.map(
    ({ name, role }) => `ALTER ROLE ${role} SET ${name} = '${wanted[name] ?? ''}';`,
  )
  return (
    `The connection pooler in front of the database does not keep these settings, and the role has others: ${list}. ` +
    `Run ${commands.join(' ')} Then restart the pooler, so that it opens new sessions.`
  )
}
