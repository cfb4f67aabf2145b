import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient, type Prisma } from '../generated/prisma/client.js'

/** One pool of connections, used by Prisma and by the few queries that Prisma has no words for. */
export interface Database {
  prisma: PrismaClient
  pool: pg.Pool
  close: () => Promise<void>
}

/** What `prisma.$transaction(async (tx) => …)` hands to its function. */
export type Transaction = Prisma.TransactionClient

/**
 * Opens the database. Nothing connects before the first query; a database that does not answer is an error after
 * five seconds, never a hang.
 *
 * @param options.max connections at most, 10 unless told otherwise
 * @param options.onQuery hears the text of every statement that Prisma sends
 */
export function openDatabase(
  url: string,
  options: { max?: number; onQuery?: (sql: string) => void } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    application_name: 'till',
  })
  // A connection that breaks emits "error", and an "error" that nobody hears ends the process. The query that was
  // using it fails by itself, and the pool replaces it.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, isPooled(url) ? {} : { statementNameGenerator: preparedName }),
    // Waiting for one of few connections is no reason to fail a purchase; a transaction that lasts is.
    transactionOptions: { maxWait: 10_000, timeout: 15_000 },
    ...(options.onQuery && { log: [{ emit: 'event' as const, level: 'query' as const }] }),
  })
  const { onQuery } = options
  if (onQuery) prisma.$on('query' as never, ({ query }: { query: string }) => onQuery(query))

  let closing: Promise<void> | undefined
  const close = async () => {
    await prisma.$disconnect()
    await pool.end()
  }
  return { prisma, pool, close: () => (closing ??= close()) }
}

const names = new Map<string, string>()

/**
 * A statement that says so in a comment is planned once for each connection and not each time: those of a delivery, which
 * are long, fixed and many a second.
 */
function preparedName({ sql }: { sql: string }): string {
  if (!sql.includes(PREPARED)) return ''
  const known = names.get(sql) ?? `till_${names.size}`
  names.set(sql, known)
  return known
}

/** In a raw statement: to be prepared. */
const PREPARED = '/* prepared */'

/** Behind a pooler that gives each transaction another connection, what is prepared on one is not known on the next. */
function isPooled(url: string): boolean {
  return new URL(url).searchParams.get('pgbouncer') === 'true'
}
