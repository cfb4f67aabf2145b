// Restores a backup into an empty database: the schema that it had, its rows in one transaction, then today's migrations.
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams'
import { connect } from '../database/migrations/connect.js'
import { migrationsFolder, readMigrations } from '../database/migrations/folder.js'
import { migrate } from '../database/migrations.js'
import { appliedMigrations, tablesOf } from './describe-database.js'
import { BackupError, type Checksums, type Description } from './format.js'
import { readBackup } from './read-backup.js'
import { quoted, withoutLimits } from './write-backup.js'

/**
 * Numbers that are skipped in every sequence, because the shop may have given them away after the backup. A new product with the
 * number of a lost one would be taken for it when the orders since the backup are rebuilt.
 */
const SKIPPED_NUMBERS = 10_000n

export interface RestoreOptions {
  /** Where migrations are applied: not through a connection pooler. */
  url: string
  file: string
  /** The shop was stopped before the backup and did not run since, as when it moves: nothing is missing. */
  moved: boolean
  /** When the lost database stopped. */
  lostAt: Date
}

export interface Restored {
  description: Description
  rows: number
  /** Migrations that were applied after the rows were there. */
  migrated: string[]
}

/**
 * Verifies the file first, and touches nothing if it is damaged. All rows are written in one transaction: an interrupted restore
 * leaves an empty shop, in which it can be repeated.
 * @throws BackupError
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { url, file } = options
  const { description, checksums } = await readBackup(file)
  await assertKnown(description)
  const { client } = await connect(url, 'till restore')
  try {
    await assertEmpty(client, description)
    const names = new Set(description.migrations)
    await migrate(url, migrationsFolder, {}, names)
    await client.query('BEGIN')
    await withoutLimits(client)
    await loadAll(client, options, description, checksums)
    await client.query('COMMIT')
    await client.query('ANALYZE')
  } finally {
    await client.end().catch(() => undefined)
  }
  const rows = Object.values(checksums).reduce((sum, table) => sum + table.rows, 0)
  return { description, rows, migrated: await migrate(url) }
}

/** A backup of a newer release has migrations that this one lacks. */
async function assertKnown({ migrations, till }: Description): Promise<void> {
  const { migrationDirectories } = await readMigrations(migrationsFolder)
  const known = new Set(migrationDirectories.map((migration) => migration.path))
  const unknown = migrations.find((name) => !known.has(name))
  if (unknown !== undefined)
    throw new BackupError(
      `The backup was written by release ${till}, whose migration ${unknown} this release does not have. Restore it with that release or a newer one.`,
    )
}

/** An earlier restore that was interrupted leaves the tables of the same backup, without rows. */
async function assertEmpty(client: pg.Client, { migrations }: Description): Promise<void> {
  const where = `${String(client.database)} at ${client.host}:${client.port}`
  const tables = await tablesOf(client)
  if (tables.length === 0) return
  const names = new Set(tables.map(({ name }) => name))
  const isShop = ['Shop', 'User', 'Product', 'Order'].every((name) => names.has(name))
  const { rows } = isShop
    ? await client.query<{ used: boolean }>(
        `SELECT EXISTS (SELECT FROM "Shop") OR EXISTS (SELECT FROM "User") OR EXISTS (SELECT FROM "Product")
           OR EXISTS (SELECT FROM "Order") AS used`,
      )
    : { rows: [{ used: true }] }
  const applied = isShop ? await appliedMigrations(client) : []
  const known = new Set(migrations)
  if (rows[0]?.used === true || applied.some((name) => !known.has(name)))
    throw new BackupError(
      `The database ${where} is not empty, and a backup is restored into an empty one only. Nothing was changed. Create another database and name it in DATABASE_URL; for the development database, move its folder away first.`,
    )
}

/** Foreign keys and triggers come back with the transaction's end: the rows are as the shop left them, in whatever order. */
async function loadAll(
  client: pg.Client,
  { file, moved, lostAt }: RestoreOptions,
  description: Description,
  expected: Checksums,
): Promise<void> {
  // A shop that was started meanwhile has written this row, or waits for this transaction.
  const { rowCount } = await client
    .query('LOCK TABLE "Shop" IN ACCESS EXCLUSIVE MODE')
    .then(() => client.query('SELECT FROM "Shop"'))
  if (rowCount !== 0)
    throw new BackupError('A shop was started on this database meanwhile. Nothing was restored.')
  const tables = await tablesOf(client)
  const own = tables.filter(({ name }) => name !== '_prisma_migrations')
  const all = own.map(({ name }) => quoted(name))
  const keys = await foreignKeys(client)
  for (const { table, name } of keys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`)
  for (const table of all) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
  // Migrations write some rows.
  await client.query(`TRUNCATE ${all.join(', ')}`)
  const loader = new Loader(client)
  await readBackup(file, (table, bytes) => loader.add(table, bytes, description))
  const loaded = await loader.end()
  for (const [table, { rows }] of Object.entries(expected))
    if (loaded.get(table) !== rows)
      throw new BackupError(`The database took ${loaded.get(table) ?? 0} of ${rows} rows of "${table}".`)
  for (const { table, name, definition } of keys)
    await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`)
  for (const table of all) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
  await setSequences(client, description, moved)
  if (!moved) await markRestored(client, description, lostAt)
}

interface ForeignKey {
  table: string
  name: string
  definition: string
}

async function foreignKeys(client: pg.Client): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(`
    SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::text::regnamespace ORDER BY 1, 2`)
  return rows
}

/** Writes pieces through COPY, one table after the other. */
class Loader {
  private readonly rows = new Map<string, number>()
  private open: { table: string; stream: CopyStreamQuery; ended: Promise<void> } | null = null

  constructor(private readonly client: pg.Client) {}

  async add(table: string, bytes: Buffer, { tables }: Description): Promise<void> {
    if (this.open?.table !== table) {
      await this.finish()
      const columns = tables.find(({ name }) => name === table)?.columns ?? []
      const sql = `COPY ${quoted(table)} (${columns.map(quoted).join(', ')}) FROM STDIN`
      const stream = this.client.query(copyFrom(sql))
      const ended = finished(stream)
      ended.catch(() => undefined)
      this.open = { table, stream, ended }
    }
    const { stream, ended } = this.open
    if (!stream.write(bytes)) await Promise.race([once(stream, 'drain'), ended])
  }

  /** @returns how many rows each table took */
  async end(): Promise<ReadonlyMap<string, number>> {
    await this.finish()
    return this.rows
  }

  private async finish(): Promise<void> {
    if (this.open === null) return
    const { table, stream, ended } = this.open
    this.open = null
    stream.end()
    await ended
    this.rows.set(table, stream.rowCount)
  }
}

async function setSequences(client: pg.Client, { sequences }: Description, moved: boolean): Promise<void> {
  const { rows } = await client.query<{ name: string; largest: string }>(
    `SELECT sequencename::text AS name, max_value::text AS largest FROM pg_sequences WHERE schemaname = current_schema()`,
  )
  for (const { name, last } of sequences) {
    const largest = rows.find((known) => known.name === name)?.largest
    if (largest === undefined || (moved && last === null)) continue
    const next = BigInt(last ?? 0) + (moved ? 0n : SKIPPED_NUMBERS)
    const value = next > BigInt(largest) ? BigInt(largest) : next
    await client.query('SELECT setval($1::text::regclass, $2::bigint)', [quoted(name), String(value)])
  }
}

/**
 * Leaves a note that the migrations keep, whatever release wrote the backup. Whoever opens the database next makes a repair of it:
 * see `noteRestore` in src/repair/repairs.ts.
 */
async function markRestored(client: pg.Client, { at }: Description, lostAt: Date): Promise<void> {
  const note = JSON.stringify({ restoredTo: at, lostAt: lostAt.toISOString() })
  await client.query(`COMMENT ON TABLE "Shop" IS ${pg.escapeLiteral(note)}`)
}
