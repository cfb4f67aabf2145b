// Opens the database: one connection pool for Prisma and raw SQL, and one connection for webhooks.
import { setTimeout as wait } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient, type Prisma } from '../generated/prisma/client.js'
import { readUrl } from '../database-url.js'
import { directReader, statementName, type RawReader } from './direct.js'
import { openPool } from './pool.js'
import { checkPooledSession } from './session.js'

/** One connection pool, shared by Prisma and by the few queries that Prisma cannot express, and a connection for webhooks. */
export interface Database {
  prisma: PrismaClient
  /** Raw statements without a transaction, where Prisma's own time counts. */
  direct: RawReader
  /** The same for what webhooks settle, on a connection that nothing else uses: a new one takes ten times as long at first. */
  webhooks: RawReader
  pool: pg.Pool
  /** The most connections that this process opens. */
  max: number
  /** How many are open now. */
  open: () => number
  /** Whether a statement failed in the last seconds because the disk is full. */
  isFull: () => boolean
  /** Replaces every connection as soon as it is idle: a session may have begun while the database was read-only. */
  renew: () => void
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
/** With fewer connections, webhooks share those of all. */
const MIN_TO_RESERVE_ONE = 4
const CLOSE_SECONDS = 0.5

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
  const max = Math.min(options.max ?? DEFAULT_MAX, readUrl(url).connectionLimit ?? Infinity)
  const reserved = max >= MIN_TO_RESERVE_ONE ? 1 : 0
  const shared = openPool(url, max - reserved)
  const forWebhooks = reserved > 0 ? openPool(url, reserved, { keep: true }) : shared
  const { pool } = shared
  const pools = [...new Set([shared, forWebhooks])]
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => statementName(sql) }),
    // A purchase may wait longer for a free connection than Prisma's default of 2 s, but not forever.
    transactionOptions: { maxWait: 10_000, timeout: 15_000 },
    ...(options.onQuery && { log: [{ emit: 'event' as const, level: 'query' as const }] }),
  })
  const { onQuery } = options
  if (onQuery) prisma.$on('query' as never, ({ query }: { query: string }) => onQuery(query))

  const checkSession = async () => {
    await pool.query('SELECT 1')
    return shared.isPooled() ? checkPooledSession(pool, max - reserved) : null
  }
  let closing: Promise<void> | undefined
  const close = async () => {
    const ended = prisma.$disconnect().then(() => Promise.all(pools.map((one) => one.pool.end())))
    await Promise.race([ended, wait(CLOSE_SECONDS * 1000, undefined, { ref: false })])
    for (const { cut } of pools) cut()
  }
  return {
    prisma,
    direct: directReader(pool, onQuery),
    webhooks: directReader(forWebhooks.pool, onQuery),
    pool,
    max,
    open: () => pools.reduce((sum, one) => sum + one.pool.totalCount, 0),
    isFull: () => pools.some(({ isFull }) => isFull()),
    renew: () => {
      for (const { renew } of pools) renew()
    },
    checkSession,
    close: () => (closing ??= close()),
  }
}
