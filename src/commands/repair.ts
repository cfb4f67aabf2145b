// npm run repair: learns from Stripe again what a restored database lacks, and shows what was found.
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { Repair } from '../generated/prisma/client.js'
import { eraseLogged } from '../repair/erase-again.js'
import { repairInTurn } from '../repair/repair-shop.js'
import { beginRepair, countsOf, findRepair, listRepairs } from '../repair/repairs.js'
import { Inbox } from '../webhooks/inbox.js'
import {
  CommandError,
  parseCommandLine,
  refuseOthers,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { parseSince } from './since.js'
import { table, time } from './table.js'

const USAGE = `Usage: npm run repair -- COMMAND

  start --since WHEN [--lost-at WHEN]    after a restore by other means than "npm run restore": learn from Stripe what happened
                                         since then, and rebuild it. --lost-at is when the lost database stopped, by default
                                         now: emails about what happened before are not sent again
  erase FILE                             erase again who was erased since the backup. FILE is the shop's log of that time,
                                         or its lines with "erasedPerson"
  list                                   list the repairs
  show ID                                show what a repair found

WHEN is a date (2026-11-20), a time (2026-11-20T14:30Z) or an age (6h, 3d). A repair that is interrupted goes on when the shop
starts.`

/** Between two looks at what another process does. */
const PAUSE_MS = 500

export const repairCommand: Command = { usage: USAGE, run }

const OPTIONS = { since: { type: 'string' }, 'lost-at': { type: 'string' } } as const

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, { start: 0, erase: 1, list: 0, show: 1 })
  const [command = '', id] = positionals
  refuseOthers(command, values, { start: ['since', 'lost-at'] })
  switch (command) {
    case 'start':
      if (values.since === undefined) throw new UsageError('Since when?')
      return start(deps, parseSince(values.since), values['lost-at'])
    case 'erase':
      return erase(deps, id)
    case 'list':
      return list(deps)
    case 'show':
      return describe(await repairNamed(deps, id))
    default:
      throw new UsageError()
  }
}

/** Does it here. If the shop runs, its processes do some of the steps. */
async function start(deps: CommandDeps, since: Date, lostAt: string | undefined): Promise<string> {
  const { prisma } = deps.database
  if (since > new Date()) throw new CommandError('--since must be in the past.')
  const at = lostAt === undefined ? new Date() : parseSince(lostAt, '--lost-at')
  const { id } = await beginRepair(prisma, since, at)
  const { appId, livemode } = deps.stripe
  const inbox = new Inbox({ ...deps, appId, livemode, onCommit: () => undefined })
  for (;;) {
    const steps = await repairInTurn({ ...deps, inbox })
    const repair = await repairNamed(deps, String(id))
    if (repair.finishedAt !== null) return describe(repair)
    // Another process is at it.
    if (steps === 0) await wait(PAUSE_MS)
  }
}

async function erase(deps: CommandDeps, file: string | undefined): Promise<string> {
  if (file === undefined) throw new UsageError('Which log?')
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`The file can’t be read: ${(error as Error).message}`)
  })
  const { erased, refused } = await eraseLogged(deps, text)
  const people = (count: number) => `${count} ${count === 1 ? 'person' : 'people'}`
  return `Erased ${people(erased)} again.${
    refused === 0
      ? ''
      : ` ${people(refused)} can’t be erased now: something of theirs is open. Run this again later.`
  }`
}

async function list({ database }: CommandDeps): Promise<string> {
  const repairs = await listRepairs(database.prisma, 20)
  if (repairs.length === 0) return 'The shop was never repaired.'
  return table(
    ['ID', 'CAUSE', 'SINCE (UTC)', 'BEGUN (UTC)', 'STATE'],
    repairs.map((repair) => [
      String(repair.id),
      repair.cause,
      time(repair.since),
      time(repair.createdAt),
      stateOf(repair),
    ]),
  )
}

function stateOf({ finishedAt, phase, cursor }: Repair): string {
  if (finishedAt !== null) return `finished ${time(finishedAt)}`
  return `at ${phase}${cursor === '' ? '' : ` up to ${cursor.slice(0, 16)}`}`
}

async function repairNamed({ database }: CommandDeps, id: string | undefined): Promise<Repair> {
  if (id === undefined) throw new UsageError('Which repair?')
  const repair = /^[1-9]\d{0,8}$/.test(id) ? await findRepair(database.prisma, Number(id)) : null
  if (repair === null) throw new CommandError(`There is no repair ${id}.`)
  return repair
}

function describe(repair: Repair): string {
  const { id, since, lostAt } = repair
  const found = countsOf(repair)
  const lines: [string, number][] = [
    ['orders rebuilt', found.orders],
    ['checkouts added to known orders', found.sessions],
    ['checkouts brought up to date', found.changed],
    ['payments without an order', found.unmatched],
    ['events', found.events],
    ['refunds', found.refunds],
    ['disputes', found.disputes],
    ['accounts erased again', found.erased],
    ['emails not sent again', found.mails],
    ['could not be read', found.failed],
  ]
  return [
    `Repair    ${id}, ${stateOf(repair)}`,
    `Since     ${time(since)}; lost at ${time(lostAt)}`,
    ...lines.map(([name, count]) => `${String(count).padStart(8)}  ${name}`),
  ].join('\n')
}
