// Reads from the database's catalog what a backup must say about it: tables, columns, sequences and migrations.
import type pg from 'pg'
import { FORMAT, LEFT_OUT, type Description } from './format.js'

/**
 * @param client in the transaction whose snapshot is backed up
 * @param till the shop's version
 */
export async function describeDatabase(client: pg.ClientBase, till: string): Promise<Description> {
  const { rows } = await client.query<{ at: Date; server: string }>(
    `SELECT now() AS at, current_setting('server_version') AS server`,
  )
  const [{ at, server } = { at: new Date(), server: '' }] = rows
  const tables = (await tablesOf(client)).filter(({ name }) => !LEFT_OUT.includes(name))
  return {
    ...{ format: FORMAT, till, server, at: at.toISOString() },
    migrations: await appliedMigrations(client),
    tables,
    sequences: await sequencesOf(client),
  }
}

/** Every table of the shop, with the columns that are not computed by the server. */
export async function tablesOf(client: pg.ClientBase): Promise<Description['tables']> {
  const { rows } = await client.query<Description['tables'][number]>(`
    SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::text::regnamespace AND c.relkind = 'r'
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname`)
  return rows
}

/** The names of the migrations that are applied, oldest first. None for a database without tables. */
export async function appliedMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows: found } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`,
  )
  if (found[0]?.exists !== true) return []
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM "_prisma_migrations"
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  )
  return rows.map(({ name }) => name)
}

async function sequencesOf(client: pg.ClientBase): Promise<Description['sequences']> {
  const { rows } = await client.query<Description['sequences'][number]>(
    `SELECT sequencename::text AS name, last_value::text AS last FROM pg_sequences
     WHERE schemaname = current_schema() ORDER BY sequencename`,
  )
  return rows
}
