// npm run migrate:resolve NAME: marks a failed migration as corrected, so that the next start applies it again.
import { resolveMigration } from '../database/migrations.js'
import { UsageError } from './run.js'

/**
 * @returns what to print
 * @throws UsageError without a name; Error when no failed migration has that name
 */
export async function migrateResolve(url: string, name: string | undefined): Promise<string> {
  if (name === undefined) throw new UsageError('Which migration? Usage: npm run migrate:resolve NAME')
  await resolveMigration(url, name)
  return `The next start will apply ${name} again.`
}
