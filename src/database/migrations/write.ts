// Writes the next migration from the difference between prisma/migrations and prisma/schema.prisma.
import { readFile } from 'node:fs/promises'
import { withEngine, FILTERS } from './engine.js'
import { readMigrations, writeMigration } from './folder.js'

/**
 * Writes the migration that turns the result of the folder's migrations into the schema.
 *
 * @param url a server where databases may be created and dropped
 * @returns the migration's name, or undefined when nothing has changed
 */
export async function writeNextMigration(
  url: string,
  title: string,
  folder: string,
  schema: string,
): Promise<string | undefined> {
  const sql = await difference(url, folder, schema)
  return sql === undefined ? undefined : writeMigration(folder, title, sql)
}

/** The SQL that turns the result of the folder's migrations into the schema. Undefined when nothing has changed. */
export async function difference(url: string, folder: string, schema: string): Promise<string | undefined> {
  const migrations = await readMigrations(folder)
  const files = [{ path: schema, content: await readFile(schema, 'utf8') }]
  const { exitCode, stdout } = await withEngine(url, null, (engine) =>
    engine.diff({
      // The engine rejects a migrations folder without a lock file, which the first migration creates.
      from:
        migrations.migrationDirectories.length > 0 ? { tag: 'migrations', ...migrations } : { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: FILTERS,
    }),
  )
  // Every database already has the "public" schema.
  return exitCode === 0
    ? undefined
    : (stdout ?? '').replace('-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n', '')
}
