// npm run audit: prints the audit log, or writes it to a CSV file.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { exportAudit } from '../audit/export-audit.js'
import { readAudit, type AuditFilter, type AuditRow } from '../audit/read-audit.js'
import { isStorableTime } from '../database/storable-time.js'
import {
  CommandError,
  parseCommandLine,
  parseLimit,
  refuseOthers,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'

const USAGE = `Usage: npm run audit -- COMMAND

  list [FILTERS] [--limit N]    list the newest entries
  export FILE [FILTERS]         write the entries to a CSV file

FILTERS:
  --who WHO                     the number of an operator's account, or command, or api
  --action ACTION               what was done, such as order.refunded
  --subject KIND, --id ID       to what: order and its key, incident and its number
  --from DAY, --to DAY          on these days, such as 2026-12-01, and between, in the shop's time zone`

export const auditCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  who: { type: 'string' },
  action: { type: 'string' },
  subject: { type: 'string' },
  id: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  limit: { type: 'string' },
} as const

const FILTERS = ['who', 'action', 'subject', 'id', 'from', 'to']
const ACCEPTED = { list: [...FILTERS, 'limit'], export: FILTERS }

const account = z.coerce.number().int().positive().max(2_147_483_647)
const day = z.iso.date('must be a day such as 2026-12-01').refine(isStorableTime).optional()
const filters = z.object({
  who: z
    .union([z.enum(['command', 'api']), account], 'must be the number of an account, or command, or api')
    .optional(),
  action: z.string().optional(),
  subject: z.string().optional(),
  id: z.string().optional(),
  from: day,
  to: day,
})

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, { list: 0, export: 1 })
  const [command = '', file] = positionals
  refuseOthers(command, values, ACCEPTED)
  const { limit = '20', ...given } = values
  switch (command) {
    case 'list':
      return list(deps, await filterOf(deps, given), parseLimit(limit))
    case 'export':
      return write(deps, await filterOf(deps, given), file)
    default:
      throw new UsageError()
  }
}

async function filterOf({ settings }: CommandDeps, given: object): Promise<AuditFilter> {
  const { data, error } = filters.safeParse(given)
  const [issue] = error?.issues ?? []
  if (data === undefined) throw new CommandError(`--${String(issue?.path[0])} ${issue?.message ?? ''}.`)
  const { id: subjectId, ...filter } = data
  const { timeZone } = await settings()
  return { ...filter, subjectId, timeZone }
}

async function list({ database }: CommandDeps, filter: AuditFilter, limit: number): Promise<string> {
  const rows = await readAudit(database.prisma, filter, null, limit)
  if (rows.length === 0) return 'No entries found.'
  return table(
    ['TIME (UTC)', 'WHO', 'ACTION', 'SUBJECT', 'FIELDS', 'FROM'],
    rows.map((row) => [
      ...[time(row.at), whoOf(row), row.action, `${row.subject} ${row.subjectId}`],
      ...[row.fields.join(','), row.address ?? ''],
    ]),
  )
}

function whoOf({ actor, actorId, actorName }: AuditRow): string {
  return actorId === null ? actor : `${actorId} ${actorName ?? ''}`.trim()
}

async function write(
  { database }: CommandDeps,
  filter: AuditFilter,
  file: string | undefined,
): Promise<string> {
  if (file === undefined) throw new UsageError('To which file?')
  const parts = Readable.from(exportAudit(database.prisma, filter))
  // Never over a file that is there.
  await pipeline(parts, createWriteStream(file, { flags: 'wx' })).catch((error: unknown) => {
    throw new CommandError(`The file could not be written: ${(error as Error).message}`)
  })
  return `Wrote ${file}.`
}
