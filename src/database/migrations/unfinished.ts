import type pg from 'pg'

/** Prisma's schema engine holds this advisory lock while it deploys. */
const DEPLOYMENT_LOCK = 72707369

/** A migration that ended with an error. */
export interface FailedMigration {
  name: string
  /** PostgreSQL's words. */
  reason: string
}

const IS_UNFINISHED = 'finished_at IS NULL AND rolled_back_at IS NULL'

/** Oldest first; empty also when the database has never been migrated, or is away. */
export async function failedMigrations(client: pg.Client): Promise<FailedMigration[]> {
  const found = await client
    .query<{ name: string; logs: string }>(
      `SELECT migration_name AS name, logs FROM "_prisma_migrations" WHERE ${IS_UNFINISHED} AND logs IS NOT NULL ORDER BY started_at`,
    )
    .catch(() => undefined)
  return (found?.rows ?? []).map(({ name, logs }) => ({ name, reason: reason(logs) }))
}

/** Whether all of these were applied and none is unfinished: then there is nothing to do. False when that can't be read. */
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

/** What happened, without where in the engine's source it was noticed. */
const reason = (logs: string) =>
  logs
    .split(/\n\s+0: /, 1)
    .join('')
    .replace('external connector error\n', '')
    .replace('Error querying the database: ', '')
    .trim()

/**
 * The script, and a word about it in the same transaction: a migration that was committed says so by itself, even
 * when its process dies before the engine can write it down.
 */
export function withCommitMark(script: string): string {
  // Cannot run in a transaction, and so must be alone in its file.
  if (/\bCONCURRENTLY\b/i.test(script)) return script
  return `${script}
;DO $$ BEGIN
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    UPDATE "_prisma_migrations" SET applied_steps_count = 1 WHERE ${IS_UNFINISHED} AND logs IS NULL;
  END IF;
END $$`
}

/**
 * Settles migrations whose process died in the middle: their rows have neither an end nor an error. Holds the
 * engine's lock, so that nobody can be in the middle of them now.
 */
export async function settleInterrupted(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [DEPLOYMENT_LOCK])
  await client
    .query(
      `UPDATE "_prisma_migrations" SET
         finished_at = CASE WHEN applied_steps_count > 0 THEN now() END,
         rolled_back_at = CASE WHEN applied_steps_count = 0 THEN now() END
       WHERE ${IS_UNFINISHED} AND logs IS NULL`,
    )
    .finally(() => client.query('SELECT pg_advisory_unlock($1)', [DEPLOYMENT_LOCK]))
}
