// npm run incidents: lists and resolves what the shop could not settle by itself.
import { findIncident, pageOfIncidents, type IncidentOfOrder } from '../incidents/incidents.js'
import { INCIDENT_KINDS, subjectType, whatToDo } from '../incidents/kinds.js'
import { dealWithIncident } from '../payments/acknowledge-order.js'
import {
  CommandError,
  parseCommandLine,
  parseLimit,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { time } from './table.js'

const USAGE = `Usage: npm run incidents -- COMMAND

  list [--all] [--kind KIND] [--limit N]
                      list the open incidents, the oldest first; with --all the newest, resolved ones too.
                      Without COMMAND, the open ones are listed
  show ID             show one incident, and what to do about it
  resolve ID [NOTE]   mark it as dealt with; NOTE is kept with it

KIND is one of ${Object.keys(INCIDENT_KINDS).join(', ')}.`

export const incidentsCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  all: { type: 'boolean', default: false },
  kind: { type: 'string' },
  limit: { type: 'string', default: '50' },
} as const

const MAX_ARGUMENTS = { list: 0, show: 1, resolve: Infinity }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command, id, ...note] = positionals
  switch (command) {
    case undefined:
    case 'list':
      return list(deps, values)
    case 'show':
      return describe(await stored(deps, id))
    case 'resolve':
      return resolve(deps, await stored(deps, id), note.join(' ') || null)
    default:
      throw new UsageError()
  }
}

async function list(
  { database }: CommandDeps,
  { all, kind, limit }: { all: boolean; kind?: string | undefined; limit: string },
): Promise<string> {
  if (kind !== undefined && !Object.hasOwn(INCIDENT_KINDS, kind))
    throw new CommandError(`There is no kind "${kind}".`)
  const filter = { state: all ? 'all' : 'open', kind } as const
  const incidents = await pageOfIncidents(database.prisma, filter, null, parseLimit(limit))
  if (incidents.length === 0) return all ? 'There are no incidents.' : 'No incident is open.'
  return incidents.map(listed).join('\n\n')
}

/** A few lines, since a message is too long for a column. */
function listed(incident: IncidentOfOrder): string {
  const { id, kind, subject, order, message, createdAt, resolvedAt } = incident
  const head = [String(id), `${time(createdAt)} UTC`, kind, subject, ...(order === null ? [] : [order.key])]
  const end = resolvedAt === null ? whatToDo(incident) : `Resolved ${time(resolvedAt)} UTC.`
  return [head.join('  '), oneLine(message), end].filter(Boolean).join('\n    ')
}

/** Messages of errors have several lines. */
function oneLine(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ')
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}

async function stored({ database }: CommandDeps, id: string | undefined) {
  if (id === undefined) throw new UsageError('Which incident?')
  const incident = /^\d{1,9}$/.test(id) ? await findIncident(database.prisma, Number(id)) : null
  if (incident === null) throw new CommandError(`There is no incident ${id}.`)
  return incident
}

function describe(incident: IncidentOfOrder): string {
  const { id, kind, subject, order, message, createdAt, resolvedAt, resolvedBy, note } = incident
  return [
    `Incident  ${id}  ${kind}`,
    `Subject   ${subjectType(kind)} ${subject}`,
    ...(order === null ? [] : [`Order     ${order.key}`]),
    `Since     ${time(createdAt)}`,
    `Resolved  ${resolvedAt === null ? 'no' : `${time(resolvedAt)}, ${resolvedBy ?? ''}`}`,
    ...(note === null ? [] : [`Note      ${note}`]),
    '',
    message,
    ...(resolvedAt === null ? [whatToDo({ kind, subject })] : []),
  ].join('\n')
}

async function resolve(deps: CommandDeps, incident: IncidentOfOrder, note: string | null): Promise<string> {
  if (!(await dealWithIncident(deps.database.prisma, incident, note)))
    throw new CommandError(`Incident ${incident.id} is resolved already.`)
  return describe(await stored(deps, String(incident.id)))
}
