// npm run migrate:resolve NAME: marks a failed migration as corrected, so that the next start applies it again.
import { NoFailedMigration, resolveMigration } from '../database/migrations.js'
import { CommandError, UsageError } from './run.js'

/**
 * @returns what to print
 * @throws UsageError without a name; CommandError when no failed migration has that name
 */
export async function migrateResolve(url: string, name: string | undefined): Promise<string> {
  if (name === undefined) throw new UsageError('Which migration? Usage: npm run migrate:resolve NAME')
  try {
    await resolveMigration(url, name)
  } catch (error) {
    if (error instanceof NoFailedMigration) throw new CommandError(error.message)
    throw error
  }
  return `The next start will apply ${name} again.`
}
