// Opens the database: one connection pool for Prisma and raw SQL, and prepared statements for the hot ones.
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient, type Prisma } from '../generated/prisma/client.js'
import { readUrl } from './connection-url.js'
import {
  adaptToPooler,
  checkPooledSession,
  connectionOptions,
  IDLE_SECONDS,
  setUpSession,
} from './session.js'

/** One connection pool, shared by Prisma and by the few queries that Prisma cannot express. */
export interface Database {
  prisma: PrismaClient
  pool: pg.Pool
  /** The most connections that this process opens. */
  max: number
  /**
   * Checks, behind a connection pooler, what the pooler does not keep. Call when the shop starts.
   * @returns a sentence for the log about limits that are missing, or null
   * @throws SessionError that says what to run, when the shop would read or write wrong values
   */
  checkSession: () => Promise<string | null>
  /** Waits CLOSE_SECONDS for queries that run, then cuts their connections. */
  close: () => Promise<void>
}

/** The client that `prisma.$transaction(async (tx) => …)` passes to its function. */
export type Transaction = Prisma.TransactionClient

const DEFAULT_MAX = 10
const CLOSE_SECONDS = 1

/**
 * Opens the database. The first query connects. If the server does not answer, that query fails after five seconds.
 *
 * @param options.max maximum number of connections, 10 by default; the URL's connection_limit can lower it
 * @param options.onQuery called with the text of every statement that Prisma sends
 */
export function openDatabase(
  url: string,
  options: { max?: number; onQuery?: (sql: string) => void } = {},
): Database {
  const settings = readUrl(url)
  const max = Math.min(options.max ?? DEFAULT_MAX, settings.connectionLimit ?? Infinity)
  const open = new Set<pg.PoolClient>()
  const idle = new Set<pg.PoolClient>()
  let pooled = settings.pooled

  const pool = new pg.Pool({
    // Connections that fall silent do so together, after a failover or behind a firewall that forgot them.
    ...connectionOptions(() => cut(idle)),
    connectionString: url,
    enableChannelBinding: settings.channelBinding,
    max,
    idleTimeoutMillis: IDLE_SECONDS * 1000,
    application_name: 'till',
    verify: (client, done) => {
      setUpSession(client, 'limited').then((behindPooler) => {
        pooled = behindPooler || settings.pooled
        if (pooled) adaptToPooler(client)
        done()
      }, done)
    },
  })
  // Node exits on an "error" event without a listener, and a connection that breaks emits one. Nothing else is needed:
  // the query that was using it fails, and the pool replaces the connection.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    open.add(client)
  })
  pool.on('acquire', (client) => idle.delete(client))
  pool.on('release', (_error, client) => idle.add(client))
  pool.on('remove', (client) => {
    open.delete(client)
    idle.delete(client)
  })
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: statementName }),
    // A purchase may wait longer for a free connection than Prisma's default of 2 s, but not forever.
    transactionOptions: { maxWait: 10_000, timeout: 15_000 },
    ...(options.onQuery && { log: [{ emit: 'event' as const, level: 'query' as const }] }),
  })
  const { onQuery } = options
  if (onQuery) prisma.$on('query' as never, ({ query }: { query: string }) => onQuery(query))

  const checkSession = async () => {
    await pool.query('SELECT 1')
    return pooled ? checkPooledSession(pool, max) : null
  }

  let closing: Promise<void> | undefined
  const close = async () => {
    const ended = prisma.$disconnect().then(() => pool.end())
    await Promise.race([ended, wait(CLOSE_SECONDS * 1000, undefined, { ref: false })])
    cut(open)
  }
  return { prisma, pool, max, checkSession, close: () => (closing ??= close()) }
}

/** Closes connections without waiting for the server. Queries on them fail. */
function cut(clients: Iterable<pg.PoolClient>): void {
  for (const client of clients) (client as pg.Client).connection.stream.destroy(new ClosedByUsError())
}

/** A connection that was closed on our side. */
class ClosedByUsError extends Error {
  override name = 'ClosedByUsError'
  readonly code = 'ECONNRESET'
  constructor() {
    super('The connection to the database was closed.')
  }
}

/** Marks a raw statement that should be prepared. */
const PREPARED = '/* prepared */'

/**
 * Returns a name for statements marked PREPARED, which PostgreSQL then parses once per connection. Used for the webhook
 * statements: they are long, their text is fixed, and they run many times a second. The name is made from the text, so
 * that it means the same statement in every process. Connections through a pooler drop it.
 */
function statementName({ sql }: { sql: string }): string {
  if (!sql.includes(PREPARED)) return ''
  const known = statementNames.get(sql) ?? `till_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`
  statementNames.set(sql, known)
  return known
}

const statementNames = new Map<string, string>()
