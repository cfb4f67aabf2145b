// npm run restore: writes a backup into an empty database.
import { parseArgs } from 'node:util'
import { BackupError } from '../backup/format.js'
import { restoreBackup } from '../backup/restore-backup.js'
import { openDatabase } from '../database/client.js'
import { noteRestore } from '../repair/repairs.js'
import { CommandError, isHelp, UsageError } from './run.js'
import { parseSince } from './since.js'

const USAGE = `Usage: npm run restore -- FILE [--lost-at WHEN | --moved]

Restores a backup into the database that DATABASE_URL names, or the development database. It must be empty. The backup may be of
an earlier release, and of another version of PostgreSQL. Interrupted, it leaves an empty shop, and can be run again.

When the shop starts, it learns from Stripe what happened since the backup.

  --lost-at WHEN    when the lost database stopped, by default now: a time such as 2026-12-01T14:30Z, or an age (6h, 3d).
                    Emails about what happened before are not sent again; those about what happened since are
  --moved           the shop was stopped before the backup, and nothing happened since`

/** @returns what to print */
export async function restore(url: string, migrationUrl: string, args: readonly string[]): Promise<string> {
  if (isHelp(args)) return USAGE
  const { file, lostAt, moved } = parse(args)
  try {
    const { description, rows, migrated } = await restoreBackup({ url: migrationUrl, file, moved, lostAt })
    const begun = await noteRestored(url)
    return [
      `Restored ${rows} rows of ${description.tables.length} tables, as they were at ${description.at}.`,
      ...(migrated.length === 0
        ? []
        : [`Applied ${migrated.length} migrations that are newer than the backup.`]),
      begun
        ? 'Start the shop with the same Stripe keys: it learns from Stripe what happened since, and then opens an incident that says what it found. Until then, emails about orders wait.'
        : 'Start the shop.',
    ].join('\n')
  } catch (error) {
    if (error instanceof BackupError) throw new CommandError(error.message)
    throw error
  }
}

/** @returns whether there is something to repair */
async function noteRestored(url: string): Promise<boolean> {
  const database = openDatabase(url, { max: 2 })
  try {
    return (await noteRestore(database.prisma)) !== null
  } finally {
    await database.close()
  }
}

function parse(args: readonly string[]): { file: string; lostAt: Date; moved: boolean } {
  const { values, positionals } = parsed(args)
  const [file, ...others] = positionals
  if (file === undefined) throw new UsageError(`Which backup?\n\n${USAGE}`)
  if (others.length > 0) throw new UsageError(`Too many arguments: ${others.join(' ')}\n\n${USAGE}`)
  const { moved = false, 'lost-at': at } = values
  if (moved && at !== undefined) throw new UsageError(`Give either --moved or --lost-at.\n\n${USAGE}`)
  return { file, moved, lostAt: at === undefined ? new Date() : parseSince(at, '--lost-at') }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { moved: { type: 'boolean' }, 'lost-at': { type: 'string' } },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`)
  }
}
