// npm run backup: writes everything that the database has to one file.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { BackupError } from '../backup/format.js'
import { writeBackup } from '../backup/write-backup.js'
import { projectRoot } from '../config.js'
import { CommandError, isHelp, UsageError } from './run.js'
import { time } from './table.js'

const USAGE = `Usage: npm run backup -- FILE

Writes the whole database as it is at one moment to FILE, and reads it again to check it. If FILE is a folder, the backup is
named after the time in it. Nothing is ever written over. The shop can go on selling.

The file has everything that the shop knows about people: keep it as safe as the database. Secrets of the environment, sessions
and API tokens are not in it. Keep SESSION_SECRET elsewhere: without it, operators' authenticator apps don't work any more.`

/** @returns what to print */
export async function backup(url: string, args: readonly string[]): Promise<string> {
  if (isHelp(args)) return USAGE
  const [target, ...others] = args
  if (target === undefined || target.startsWith('-')) throw new UsageError(`To which file?\n\n${USAGE}`)
  if (others.length > 0) throw new UsageError(`Too many arguments: ${others.join(' ')}\n\n${USAGE}`)
  try {
    const { file, bytes, rows, tables, at } = await writeBackup(url, target, tillVersion())
    return `Wrote ${file}: ${rows} rows of ${tables} tables as of ${time(at)} UTC, ${(bytes / 1_000_000).toFixed(1)} MB, checked.`
  } catch (error) {
    if (error instanceof BackupError) throw new CommandError(error.message)
    throw error
  }
}

/** The shop's version. */
function tillVersion(): string {
  const text = readFileSync(path.join(projectRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
