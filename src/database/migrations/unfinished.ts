// Finds and settles migrations that failed or whose process died.
import type pg from 'pg'

/** A migration that ended with an error. */
export interface FailedMigration {
  name: string
  /** PostgreSQL's error message. */
  reason: string
}

const IS_UNFINISHED = 'finished_at IS NULL AND rolled_back_at IS NULL'

/** Failed migrations, oldest first. Empty also if the database was never migrated or can't be reached. */
export async function failedMigrations(client: pg.Client): Promise<FailedMigration[]> {
  const found = await client
    .query<{ name: string; logs: string }>(
      `SELECT migration_name AS name, logs FROM "_prisma_migrations" WHERE ${IS_UNFINISHED} AND logs IS NOT NULL ORDER BY started_at`,
    )
    .catch(() => undefined)
  return (found?.rows ?? []).map(({ name, logs }) => ({ name, reason: reason(logs) }))
}

/** Whether all of these are applied and none is unfinished. False if the table can't be read. */
export async function areApplied(client: pg.Client, names: readonly string[]): Promise<boolean> {
  const found = await client
    .query<{ name: string; unfinished: boolean }>(
      `SELECT migration_name AS name, finished_at IS NULL AS unfinished FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
    )
    .catch(() => undefined)
  if (!found || found.rows.some(({ unfinished }) => unfinished)) return false
  const applied = new Set(found.rows.map(({ name }) => name))
  return names.every((name) => applied.has(name))
}

/** The error message without the engine's stack trace and prefixes. */
const reason = (logs: string) =>
  logs
    .split(/\n\s+0: /, 1)
    .join('')
    .replace('external connector error\n', '')
    .replace('Error querying the database: ', '')
    .trim()

/**
 * Appends a statement that marks the migration's row in the same transaction. A committed migration is then known as
 * such even if the process dies before the engine records it.
 */
export function withCommitMark(script: string): string {
  // CONCURRENTLY can't run in a transaction, so it must be the only statement of its migration.
  if (/\bCONCURRENTLY\b/i.test(script)) return script
  return `${script}
;DO $$ BEGIN
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    UPDATE "_prisma_migrations" SET applied_steps_count = 1 WHERE ${IS_UNFINISHED} AND logs IS NULL;
  END IF;
END $$`
}

/**
 * Settles migrations whose process died: their rows have neither an end nor an error. Committed ones are marked as
 * finished, the others as rolled back. Call with the migration lock held, so that none of them can still be running.
 */
export async function settleInterrupted(client: pg.Client): Promise<void> {
  await client.query(
    `UPDATE "_prisma_migrations" SET
       finished_at = CASE WHEN applied_steps_count > 0 THEN now() END,
       rolled_back_at = CASE WHEN applied_steps_count = 0 THEN now() END
     WHERE ${IS_UNFINISHED} AND logs IS NULL`,
  )
}
