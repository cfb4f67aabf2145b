// npm run events: lists, shows, replays and fetches Stripe's events.
import {
  CommandError,
  parseCommandLine,
  parseLimit,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { parseSince } from './since.js'
import { table, time } from './table.js'
import type { StripeEvent } from '../generated/prisma/client.js'
import { EventOutcome } from '../generated/prisma/enums.js'
import { findOrderIds } from '../orders/find-order.js'
import { fetchMissed } from '../webhooks/catch-up.js'
import { listEvents } from '../webhooks/event-list.js'
import { ignoreEvent } from '../webhooks/ignore-event.js'
import { Inbox } from '../webhooks/inbox.js'
import { replayEvent, replayFailed } from '../webhooks/replay-events.js'

const USAGE = `Usage: npm run events -- COMMAND

  list [--outcome OUTCOME] [--type TYPE] [--order ORDER] [--limit N]
                                                       list the newest events and their outcomes
  show ID                                              show an event and its payload
  replay ID                                            handle an event again; if it never arrived, fetch it from
                                                       Stripe first
  replay --failed                                      handle again all events that are unhandled, were given up, or
                                                       were quarantined and have an open incident
  ignore ID REASON                                     don't try an event again, and resolve its incident; REASON is
                                                       kept with both
  catch-up [--since WHEN]                              fetch missed events from Stripe; WHEN is a date (2026-11-20) or
                                                       an age (6h, 3d), by default 1d

OUTCOME is one of ${Object.values(EventOutcome).join(', ')}.`

export const eventsCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  outcome: { type: 'string' },
  type: { type: 'string' },
  order: { type: 'string' },
  limit: { type: 'string', default: '20' },
  failed: { type: 'boolean', default: false },
  since: { type: 'string', default: '1d' },
} as const

const MAX_ARGUMENTS = { list: 0, show: 1, replay: 1, ignore: Infinity, 'catch-up': 0 }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command, id, ...reason] = positionals
  switch (command) {
    case 'list':
      return list(deps, values)
    case 'show':
      return describeEvent(await loadEvent(deps, id ?? missingId()))
    case 'replay':
      if (!values.failed) return replay(deps, id ?? missingId())
      if (id !== undefined) throw new UsageError(`Give either --failed or ${id}, not both.`)
      return replayAllFailed(deps)
    case 'ignore':
      return ignore(deps, id ?? missingId(), reason.join(' '))
    case 'catch-up':
      return runCatchUp(deps, parseSince(values.since))
    default:
      throw new UsageError()
  }
}

interface ListOptions {
  outcome?: string | undefined
  type?: string | undefined
  order?: string | undefined
  limit: string
}

async function list(
  { database }: CommandDeps,
  { outcome, type, order, limit }: ListOptions,
): Promise<string> {
  if (outcome !== undefined && !isOutcome(outcome))
    throw new CommandError(
      `There is no outcome "${outcome}": use one of ${Object.values(EventOutcome).join(', ')}.`,
    )
  const { prisma } = database
  const orderIds = order === undefined ? undefined : await findOrderIds(prisma, order)
  const events = await listEvents(prisma, { outcome, type, orderIds }, null, parseLimit(limit))
  if (events.length === 0) return 'No events found.'
  return table(
    ['EVENT', 'TYPE', 'RECEIVED (UTC)', 'OUTCOME', 'TRIES', 'ORDER', 'DETAIL'],
    events.map((event) => [
      event.id,
      event.type,
      time(event.receivedAt),
      event.outcome,
      String(event.attempts),
      event.orderKey ?? '',
      event.lastError ?? event.detail ?? '',
    ]),
  )
}

function isOutcome(text: string): text is EventOutcome {
  return Object.hasOwn(EventOutcome, text)
}

async function loadEvent({ database }: CommandDeps, id: string): Promise<StripeEvent> {
  const event = await database.prisma.stripeEvent.findUnique({ where: { id } })
  if (!event)
    throw new CommandError(`Event ${id} has not been received. To fetch it from Stripe, run "replay ${id}".`)
  return event
}

function describeEvent(event: StripeEvent): string {
  return [
    `Event     ${event.id}  ${event.type}`,
    `Created   ${time(event.created)}  ${event.livemode ? 'live' : 'test'}  ${event.apiVersion ?? ''}`,
    `Received  ${time(event.receivedAt)}`,
    `Outcome   ${event.outcome}${event.detail === null ? '' : `: ${event.detail}`}`,
    `Handled   ${event.handledAt === null ? 'no' : time(event.handledAt)}, tries ${event.attempts}`,
    ...(event.lastError === null ? [] : [`Error     ${event.lastError}`]),
    ...(event.retryAt === null ? [] : [`Next try  ${time(event.retryAt)}`]),
    '',
    JSON.stringify(JSON.parse(event.payload), null, 2),
  ].join('\n')
}

async function replay(deps: CommandDeps, id: string): Promise<string> {
  await replayEvent(deps, id)
  return describeEvent(await loadEvent(deps, id))
}

async function replayAllFailed(deps: CommandDeps): Promise<string> {
  const { events, more, skipped } = await replayFailed(deps)
  const lines = events.map(({ id, type, outcome }) => [id, type, outcome])
  return [
    lines.length === 0 ? 'Every event is handled.' : table(['EVENT', 'TYPE', 'OUTCOME'], lines),
    ...(more ? ['There are more: run the command again.'] : []),
    ...(skipped === 0
      ? []
      : [
          `Not replayed: ${skipped} quarantined. Their money is recorded, or you resolved their incident. See npm run events -- list --outcome quarantined, and replay one by its id.`,
        ]),
  ].join('\n\n')
}

async function ignore(deps: CommandDeps, id: string, reason: string): Promise<string> {
  if (reason === '') throw new UsageError('Why is it ignored?')
  await ignoreEvent(deps.database.prisma, id, reason)
  return describeEvent(await loadEvent(deps, id))
}

async function runCatchUp(deps: CommandDeps, since: Date): Promise<string> {
  const { appId, livemode } = deps.stripe
  const inbox = new Inbox({ ...deps, appId, livemode, onCommit: () => undefined })
  const result = await fetchMissed({ ...deps, inbox }, since)
  return `Stripe lists ${result.listed} events since ${time(result.since)}: ${result.missed} had been missed${
    result.failed > 0 ? `, and ${result.failed} of those could not be handled` : ''
  }.`
}

function missingId(): never {
  throw new UsageError('Which event?')
}
