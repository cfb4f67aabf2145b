// npm run events: what an operator asks and does about Stripe's events, from a terminal.
import { CommandError, parseWords, UsageError, type Command, type CommandDeps } from './run.js'
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

  list [--outcome OUTCOME] [--type TYPE] [--limit N]   the newest events that Stripe told us, and what became of them
  show ID                                              one event, with what Stripe wrote
  replay ID                                            handles an event again, or for the first time: one that never came
                                                       is fetched from Stripe
  replay --failed                                      handles again all that is not handled or was given up
  catch-up [--since WHEN]                              fetches from Stripe what we have not heard of; WHEN is a date
                                                       (2026-11-20) or a time ago (6h, 3d), 1d unless given

OUTCOME is one of ${Object.values(EventOutcome).join(', ')}.`

export const eventsCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  outcome: { type: 'string' },
  type: { type: 'string' },
  limit: { type: 'string', default: '20' },
  failed: { type: 'boolean', default: false },
  since: { type: 'string', default: '1d' },
} as const

const WORDS = { list: 0, show: 1, replay: 1, 'catch-up': 0 }

async function run(deps: CommandDeps, words: readonly string[]): Promise<string> {
  const { values, positionals } = parseWords(words, OPTIONS, WORDS)
  const [command, id] = positionals
  switch (command) {
    case 'list':
      return list(deps, values)
    case 'show':
      return describe(await stored(deps, id ?? missingId()))
    case 'replay':
      if (!values.failed) return replay(deps, id ?? missingId())
      if (id !== undefined) throw new UsageError(`Either --failed or ${id}.`)
      return replayFailed(deps)
    case 'catch-up':
      return caughtUp(deps, sinceOf(values.since))
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
  if (!/^[1-9]\d{0,3}$/.test(limit)) throw new CommandError('--limit is a number from 1 to 9999.')
  const events = await database.prisma.stripeEvent.findMany({
    where: {
      ...(outcome !== undefined && { outcome: outcome as EventOutcome }),
      ...(type !== undefined && { type }),
    },
    include: { order: { select: { key: true } } },
    omit: { payload: true },
    orderBy: { created: 'desc' },
    take: Number(limit),
  })
  if (events.length === 0) return 'There are no such events.'
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

async function stored({ database }: CommandDeps, id: string): Promise<StripeEvent> {
  const event = await database.prisma.stripeEvent.findUnique({ where: { id } })
  if (!event) throw new CommandError(`Stripe has told us of no event ${id}. "replay ${id}" fetches it.`)
  return event
}

function describe(event: StripeEvent): string {
  return [
    `Event     ${event.id}  ${event.type}`,
    `Made      ${time(event.created)}  ${event.livemode ? 'live' : 'test'}  ${event.apiVersion ?? ''}`,
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
  await handle(deps, row ? storedEvent(row) : await fetched(deps, id))
  return describe(await stored(deps, id))
}

async function fetched({ stripe }: CommandDeps, id: string): Promise<SignedEvent> {
  const event = await PaymentService.retrieveEvent(id, stripe).catch((error: unknown) => {
    throw stripeProblem(error)
  })
  return parseEvent(JSON.stringify(event))
}

async function replayFailed(deps: CommandDeps): Promise<string> {
  const { prisma } = deps.database
  const rows = await prisma.stripeEvent.findMany({
    where: { handledAt: null },
    orderBy: { receivedAt: 'asc' },
  })
  const lines: string[][] = []
  for (const row of rows) {
    const outcome = await handle(deps, storedEvent(row)).catch((error: unknown) => String(error))
    lines.push([row.id, row.type, outcome])
  }
  return lines.length === 0 ? 'Every event is handled.' : table(['EVENT', 'TYPE', 'OUTCOME'], lines)
}

async function handle(deps: CommandDeps, event: SignedEvent): Promise<string> {
  const { appId, livemode } = deps.stripe
  const [handled] = await handleEvents({ ...deps, appId, livemode }, [event], { replay: true })
  return handled?.outcome.kind ?? 'unhandled'
}

async function caughtUp(deps: CommandDeps, since: Date): Promise<string> {
  const { appId, livemode } = deps.stripe
  const inbox = new Inbox({ ...deps, appId, livemode, onCommit: () => undefined })
  const result = await catchUp({ ...deps, inbox }, since)
  return `Stripe lists ${result.listed} events since ${time(result.since)}: ${result.missed} were new to us${
    result.failed > 0 ? `, ${result.failed} of them could not be handled` : ''
  }.`
}

function sinceOf(text: string): Date {
  const [, count, unit] = /^(\d{1,3})([hd])$/.exec(text) ?? []
  if (count !== undefined)
    return new Date(Date.now() - Number(count) * (unit === 'd' ? 86_400_000 : 3_600_000))
  const at = new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(at.getTime()))
    throw new CommandError('--since is a date (2026-11-20) or a time ago (6h, 3d).')
  return at
}

function missingId(): never {
  throw new UsageError('Which event?')
}
