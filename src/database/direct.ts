// Sends raw statements straight through the driver. Prisma's client around the two statements of a settlement took a third of
// the CPU of a delivery (`npm run bench:webhooks`).
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { Prisma } from '../generated/prisma/client.js'

/** What Prisma's clients, their transactions and this module have in common. */
export interface RawReader {
  $queryRaw<Rows = unknown>(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): PromiseLike<Rows>
}

/**
 * Returns a reader that sends each statement as a transaction of its own, prepared under a name when it is marked
 * PREPARED. Its values must be texts, numbers, booleans, null, or arrays of them.
 * @param onQuery called with the text of every statement
 */
export function directReader(pool: pg.Pool, onQuery?: (sql: string) => void): RawReader {
  return {
    async $queryRaw<Rows>(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<Rows> {
      const statement = query instanceof Prisma.Sql ? query : Prisma.sql(query, ...values)
      const text = statement.text
      onQuery?.(text)
      const { rows } = await pool.query({ name: statementName(text), text, values: statement.values })
      return rows as Rows
    },
  }
}

/** Marks a raw statement that should be prepared. */
const PREPARED = '/* prepared */'

const statementNames = new Map<string, string>()

/**
 * Returns a name for statements marked PREPARED, which PostgreSQL then parses once per connection. Used for the webhook
 * statements: they are long, their text is fixed, and they run many times a second. The name is made from the text, so
 * that it means the same statement in every process. Connections through a pooler drop it.
 */
export function statementName(sql: string): string {
  if (!sql.includes(PREPARED)) return ''
  const known =
    statementNames.get(sql) ?? `till_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`
  statementNames.set(sql, known)
  return known
}
