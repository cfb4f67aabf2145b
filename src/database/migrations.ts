// Applies the migrations of prisma/migrations, and marks failed ones as resolved.
import type { MigrationList } from '@prisma/schema-engine-wasm'
import { isCode } from './errno.js'
import { openConnections } from './migrations/connections.js'
import { FILTERS, withEngine } from './migrations/engine.js'
import type { LockOptions } from './migrations/lock.js'
import { migrationsFolder, readMigrations } from './migrations/folder.js'
import { areApplied, failedMigrations, settleInterrupted } from './migrations/unfinished.js'

/** A migration of a large table may take minutes, but a lock that was left behind must not block every start. */
const LOCK: LockOptions = { waitSeconds: 60, onWait: console.error }

/**
 * Applies all pending migrations, as `prisma migrate deploy` does, and returns their names. Several processes may call it
 * at once: one applies, the others wait. A migration whose process was killed is applied again unless it was committed.
 *
 * @param lock how to wait for another process that migrates
 * @param only names of the migrations to apply. Null: all
 * @throws Error that says which migration failed, why, and what to do; or who holds the lock
 */
export async function migrate(
  url: string,
  folder = migrationsFolder,
  lock: Partial<LockOptions> = {},
  only: ReadonlySet<string> | null = null,
): Promise<string[]> {
  const all = await readMigrations(folder)
  const migrationDirectories = all.migrationDirectories.filter(
    (migration) => only === null || only.has(migration.path),
  )
  const migrationsList = { ...all, migrationDirectories }
  if (migrationsList.migrationDirectories.length === 0)
    throw new Error(`There are no migrations in ${folder}.`)
  if (await isUpToDate(url, migrationsList)) return []
  return withEngine(url, { ...LOCK, ...lock }, async (engine, client) => {
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
        `Migration ${failed.name} failed: ${failed.reason}\nIt was not applied. Correct its migration.sql, or the data that it ` +
          `failed on. Then run "npm run migrate:resolve ${failed.name}" and start again.`,
        { cause },
      )
    }
  })
}

/** Most starts have nothing to apply. Checking first avoids loading the engine, the slowest step here. */
async function isUpToDate(url: string, { migrationDirectories }: MigrationList): Promise<boolean> {
  const { client, close } = await openConnections(url)
  const names = migrationDirectories.map((directory) => directory.path)
  return areApplied(client, names).finally(close)
}

/** Thrown when a migration to resolve has not failed. */
export class NoFailedMigration extends Error {
  override name = 'NoFailedMigration'
}

/**
 * Marks a failed migration as rolled back, so that the next start applies it again.
 * @throws NoFailedMigration when no failed migration has that name
 */
export async function resolveMigration(url: string, name: string): Promise<void> {
  await withEngine(url, LOCK, async (engine, client) => {
    const failed = await failedMigrations(client)
    if (failed.some((migration) => migration.name === name))
      return engine.markMigrationRolledBack({ migrationName: name })
    const others = failed.map((migration) => migration.name).join(', ') || 'none'
    throw new NoFailedMigration(`No failed migration is called ${name}. Failed: ${others}.`)
  })
}
