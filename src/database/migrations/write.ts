import { readFile } from 'node:fs/promises'
import { withEngine, FILTERS } from './engine.js'
import { readMigrations, writeMigration } from './folder.js'

/**
 * Writes the migration from what the folder's migrations build to what the schema says.
 *
 * @param url a server where databases may be made and dropped
 * @returns its name, or undefined when there is nothing to write
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

/** The SQL from what the folder's migrations build to what the schema says; undefined when that is the same. */
export async function difference(url: string, folder: string, schema: string): Promise<string | undefined> {
  const migrations = await readMigrations(folder)
  const files = [{ path: schema, content: await readFile(schema, 'utf8') }]
  const { exitCode, stdout } = await withEngine(url, (engine) =>
    engine.diff({
      // The engine refuses a history without its lock file, which the first migration brings.
      from:
        migrations.migrationDirectories.length > 0 ? { tag: 'migrations', ...migrations } : { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: FILTERS,
    }),
  )
  // Every database has this schema already.
  return exitCode === 0
    ? undefined
    : (stdout ?? '').replace('-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n', '')
}
