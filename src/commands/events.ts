// npm run events: lists, shows, replays and fetches Stripe's events.
import {
  CommandError,
  parseCommandLine,
  parseLimit,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'
import type { StripeEvent } from '../generated/prisma/client.js'
import { EventOutcome } from '../generated/prisma/enums.js'
import { PaymentService } from '../payments/payment-service.js'
import { stripeProblem } from '../payments/stripe-client.js'
import { catchUp } from '../webhooks/catch-up.js'
import { storedEvent } from '../webhooks/event-rows.js'
import { handleEvents } from '../webhooks/handle-events.js'
import { Inbox } from '../webhooks/inbox.js'
import { parseEvent, type SignedEvent } from '../webhooks/verify.js'

const USAGE = `Usage: npm run events -- COMMAND

  list [--outcome OUTCOME] [--type TYPE] [--limit N]   list the newest events and their outcomes
  show ID                                              show an event and its payload
  replay ID                                            handle an event again; if it never arrived, fetch it from
                                                       Stripe first
  replay --failed                                      handle again all events that are unhandled, were given up, or
                                                       were quarantined and have an open incident
  catch-up [--since WHEN]                              fetch missed events from Stripe; WHEN is a date (2026-11-20) or
                                                       an age (6h, 3d), by default 1d

OUTCOME is one of ${Object.values(EventOutcome).join(', ')}.`

export const eventsCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  outcome: { type: 'string' },
  type: { type: 'string' },
  limit: { type: 'string', default: '20' },
  failed: { type: 'boolean', default: false },
  since: { type: 'string', default: '1d' },
} as const

const MAX_ARGUMENTS = { list: 0, show: 1, replay: 1, 'catch-up': 0 }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command, id] = positionals
  switch (command) {
    case 'list':
      return list(deps, values)
    case 'show':
      return describeEvent(await loadEvent(deps, id ?? missingId()))
    case 'replay':
      if (!values.failed) return replay(deps, id ?? missingId())
      if (id !== undefined) throw new UsageError(`Give either --failed or ${id}, not both.`)
      return replayFailed(deps)
    case 'catch-up':
      return runCatchUp(deps, parseSince(values.since))
    default:
      throw new UsageError()
  }
}

async function list(
  { database }: CommandDeps,
  { outcome, type, limit }: { outcome?: string | undefined; type?: string | undefined; limit: string },
): Promise<string> {
  if (outcome !== undefined && !Object.hasOwn(EventOutcome, outcome))
    throw new CommandError(
      `There is no outcome "${outcome}": use one of ${Object.values(EventOutcome).join(', ')}.`,
    )
  const events = await database.prisma.stripeEvent.findMany({
    where: {
      ...(outcome !== undefined && { outcome: outcome as EventOutcome }),
      ...(type !== undefined && { type }),
    },
    include: { order: { select: { key: true } } },
    omit: { payload: true },
    orderBy: { created: 'desc' },
    take: parseLimit(limit),
  })
  if (events.length === 0) return 'No events found.'
  return table(
    ['EVENT', 'TYPE', 'RECEIVED (UTC)', 'OUTCOME', 'TRIES', 'ORDER', 'DETAIL'],
    events.map((event) => [
      event.id,
      event.type,
      time(event.receivedAt),
      event.outcome,
      String(event.attempts),
      event.order?.key ?? '',
      event.lastError ?? event.detail ?? '',
    ]),
  )
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
  const row = await deps.database.prisma.stripeEvent.findUnique({ where: { id } })
  await replayEvent(deps, row ? storedEvent(row) : await fetchEvent(deps, id))
  return describeEvent(await loadEvent(deps, id))
}

async function fetchEvent({ stripe }: CommandDeps, id: string): Promise<SignedEvent> {
  const event = await PaymentService.retrieveEvent(id, stripe).catch((error: unknown) => {
    throw stripeProblem(error)
  })
  return parseEvent(JSON.stringify(event))
}

async function replayFailed(deps: CommandDeps): Promise<string> {
  const { prisma } = deps.database
  // Without an open incident, a quarantined event's money is recorded, or an operator has dealt with it.
  const quarantined = await prisma.incident.findMany({
    where: { kind: 'event_quarantined', resolvedAt: null },
    select: { subject: true },
  })
  const rows = await prisma.stripeEvent.findMany({
    where: {
      OR: [
        { handledAt: null },
        { outcome: 'quarantined', id: { in: quarantined.map(({ subject }) => subject) } },
      ],
    },
    orderBy: { receivedAt: 'asc' },
  })
  const lines: string[][] = []
  for (const row of rows) {
    const outcome = await replayEvent(deps, storedEvent(row)).catch((error: unknown) => String(error))
    lines.push([row.id, row.type, outcome])
  }
  const skipped = await prisma.stripeEvent.count({
    where: { outcome: 'quarantined', id: { notIn: rows.map(({ id }) => id) } },
  })
  return [
    lines.length === 0 ? 'Every event is handled.' : table(['EVENT', 'TYPE', 'OUTCOME'], lines),
    ...(skipped === 0
      ? []
      : [
          `Not replayed: ${skipped} quarantined. Their money is recorded, or you resolved their incident. See npm run events -- list --outcome quarantined, and replay one by its id.`,
        ]),
  ].join('\n\n')
}

async function replayEvent(deps: CommandDeps, event: SignedEvent): Promise<string> {
  const { appId, livemode } = deps.stripe
  const [handled] = await handleEvents({ ...deps, appId, livemode }, [event], { replay: true })
  return handled?.outcome.kind ?? 'unhandled'
}

async function runCatchUp(deps: CommandDeps, since: Date): Promise<string> {
  const { appId, livemode } = deps.stripe
  const inbox = new Inbox({ ...deps, appId, livemode, onCommit: () => undefined })
  const result = await catchUp({ ...deps, inbox }, since)
  return `Stripe lists ${result.listed} events since ${time(result.since)}: ${result.missed} had been missed${
    result.failed > 0 ? `, and ${result.failed} of those could not be handled` : ''
  }.`
}

function parseSince(text: string): Date {
  const [, count, unit] = /^(\d{1,3})([hd])$/.exec(text) ?? []
  if (count !== undefined)
    return new Date(Date.now() - Number(count) * (unit === 'd' ? 86_400_000 : 3_600_000))
  const at = new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(at.getTime()))
    throw new CommandError('--since must be a date (2026-11-20) or an age (6h, 3d).')
  return at
}

function missingId(): never {
  throw new UsageError('Which event?')
}
