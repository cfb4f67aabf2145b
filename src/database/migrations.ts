import type { MigrationList } from '@prisma/schema-engine-wasm'
import { isCode } from './errno.js'
import { openConnections } from './migrations/connections.js'
import { FILTERS, withEngine } from './migrations/engine.js'
import { migrationsFolder, readMigrations } from './migrations/folder.js'
import { areApplied, failedMigrations, settleInterrupted } from './migrations/unfinished.js'

/**
 * Brings the database up to date by the migrations of `prisma/migrations`, as `prisma migrate deploy` does, and
 * returns the names of those it applied. Several processes may do so at once: one applies, the others wait. A
 * migration whose process was killed is applied again, or found done.
 *
 * @throws Error saying which migration failed, why, and what to do
 */
export async function migrate(url: string, folder = migrationsFolder): Promise<string[]> {
  const migrationsList = await readMigrations(folder)
  if (migrationsList.migrationDirectories.length === 0)
    throw new Error(`There are no migrations in ${folder}.`)
  if (await isUpToDate(url, migrationsList)) return []
  return withEngine(url, async (engine, client) => {
    const apply = () => engine.applyMigrations({ migrationsList, filters: FILTERS })
    try {
      const { appliedMigrationNames } = await apply().catch(async (error: unknown) => {
        // P3009: an earlier migration has not finished. https://www.prisma.io/docs/orm/reference/error-reference
        if (!isCode(error, 'P3009')) throw error
        await settleInterrupted(client)
        return apply()
      })
      return appliedMigrationNames
    } catch (cause) {
      const [failed] = await failedMigrations(client)
      if (!failed) throw cause
      throw new Error(
        `Migration ${failed.name} failed: ${failed.reason}\nNothing of it was applied. Correct its migration.sql (or what it ` +
          `met in the database), then run "npm run migrate:resolve ${failed.name}" and start again.`,
        { cause },
      )
    }
  })
}

/** Most starts find nothing to do: they are spared the engine, which takes longer to load than all else here. */
async function isUpToDate(url: string, { migrationDirectories }: MigrationList): Promise<boolean> {
  const { client, close } = await openConnections(url)
  const names = migrationDirectories.map((directory) => directory.path)
  return areApplied(client, names).finally(close)
}

/**
 * Says of a failed migration that its cause is gone, so that the next start tries it again.
 * @throws Error when there is no failed migration of that name
 */
export async function resolveMigration(url: string, name: string): Promise<void> {
  await withEngine(url, async (engine, client) => {
    const failed = await failedMigrations(client)
    if (failed.some((migration) => migration.name === name))
      return engine.markMigrationRolledBack({ migrationName: name })
    const others = failed.map((migration) => migration.name).join(', ') || 'none'
    throw new Error(`No failed migration is called ${name}. Failed: ${others}.`)
  })
}
