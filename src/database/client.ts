// Opens the database: one connection pool for Prisma and raw SQL, and prepared statements for the hot ones.
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient, type Prisma } from '../generated/prisma/client.js'

/** One connection pool, shared by Prisma and by the few queries that Prisma cannot express. */
export interface Database {
  prisma: PrismaClient
  pool: pg.Pool
  close: () => Promise<void>
}

/** The client that `prisma.$transaction(async (tx) => …)` passes to its function. */
export type Transaction = Prisma.TransactionClient

/**
 * Opens the database. The first query connects. If the server does not answer, that query fails after five seconds.
 *
 * @param options.max maximum number of connections, 10 by default
 * @param options.onQuery called with the text of every statement that Prisma sends
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
  // Node exits on an "error" event without a listener, and a connection that breaks emits one. Nothing else is needed:
  // the query that was using it fails, and the pool replaces the connection.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, isPooled(url) ? {} : { statementNameGenerator: statementName }),
    // A purchase may wait longer for a free connection than Prisma's default of 2 s, but not forever.
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

const statementNames = new Map<string, string>()

/**
 * Returns a name for statements marked PREPARED, which PostgreSQL then parses once per connection. Used for the webhook
 * statements: they are long, their text is fixed, and they run many times a second.
 */
function statementName({ sql }: { sql: string }): string {
  if (!sql.includes(PREPARED)) return ''
  const known = statementNames.get(sql) ?? `till_${statementNames.size}`
  statementNames.set(sql, known)
  return known
}

/** Marks a raw statement that should be prepared. */
const PREPARED = '/* prepared */'

/** With transaction pooling, the next transaction may use a connection where the statement was never prepared. */
function isPooled(url: string): boolean {
  return new URL(url).searchParams.get('pgbouncer') === 'true'
}
