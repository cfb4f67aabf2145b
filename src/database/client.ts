// Opens the database: one connection pool for Prisma and raw SQL.
import { setTimeout as wait } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient, type Prisma } from '../generated/prisma/client.js'
import { readUrl } from '../database-url.js'
import { directReader, statementName, type RawReader } from './direct.js'
import { openPool } from './pool.js'
import { checkPooledSession } from './session.js'

/** One connection pool, shared by Prisma and by the few queries that Prisma cannot express. */
export interface Database {
  prisma: PrismaClient
  /** Raw statements without a transaction, where Prisma's own time counts. */
  direct: RawReader
  pool: pg.Pool
  /** The most connections that this process opens. */
  max: number
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
  const { pool, isPooled, isFull, renew, cut } = openPool(url, max)
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
    return isPooled() ? checkPooledSession(pool, max) : null
  }
  let closing: Promise<void> | undefined
  const close = async () => {
    const ended = prisma.$disconnect().then(() => pool.end())
    await Promise.race([ended, wait(CLOSE_SECONDS * 1000, undefined, { ref: false })])
    cut()
  }
  return {
    prisma,
    direct: directReader(pool, onQuery),
    pool,
    max,
    isFull,
    renew,
    checkSession,
    close: () => (closing ??= close()),
  }
}
