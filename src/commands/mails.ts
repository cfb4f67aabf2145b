// npm run mails: lists and shows the mails, and sends again what was not sent.
import type { Mail, Prisma } from '../generated/prisma/client.js'
import { resendMail } from '../outbox/due-mails.js'
import { isSecret } from '../outbox/mail-kinds.js'
import {
  CommandError,
  parseCommandLine,
  parseLimit,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'

/** How each state is selected. */
const STATES = {
  waiting: { sentAt: null, outdated: false, OR: [{ dueAt: { not: null } }, { attempts: 0 }] },
  sent: { sentAt: { not: null } },
  outdated: { outdated: true },
  failed: { dueAt: null, sentAt: null, outdated: false, attempts: { gt: 0 } },
} as const satisfies Record<string, Prisma.MailWhereInput>

type State = keyof typeof STATES

const USAGE = `Usage: npm run mails -- COMMAND

  list [--state STATE] [--limit N]   list the newest mails
  show ID                            show a mail, as it was sent
  resend ID                          send a mail again that was given up, outdated or is waiting for its next try

STATE is one of ${Object.keys(STATES).join(', ')}. A failed mail was given up.`

export const mailsCommand: Command = { usage: USAGE, run }

const OPTIONS = { state: { type: 'string' }, limit: { type: 'string', default: '20' } } as const

const MAX_ARGUMENTS = { list: 0, show: 1, resend: 1 }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command, id] = positionals
  switch (command) {
    case 'list':
      return list(deps, values)
    case 'show':
      return describe(await stored(deps, id))
    case 'resend':
      return resend(deps, await stored(deps, id))
    default:
      throw new UsageError()
  }
}

async function list(
  { database }: CommandDeps,
  { state, limit }: { state?: string | undefined; limit: string },
): Promise<string> {
  if (state !== undefined && !isState(state))
    throw new CommandError(`There is no state "${state}": use one of ${Object.keys(STATES).join(', ')}.`)
  const mails = await database.prisma.mail.findMany({
    ...(state !== undefined && { where: STATES[state] }),
    include: WITH_ORDER,
    omit: { text: true, html: true, data: true },
    orderBy: { id: 'desc' },
    take: parseLimit(limit),
  })
  if (mails.length === 0) return 'No mails found.'
  return table(
    ['ID', 'KIND', 'TO', 'WRITTEN (UTC)', 'STATE', 'TRIES', 'ORDER', 'LAST ERROR'],
    mails.map((mail) => [
      String(mail.id),
      mail.kind,
      mail.to,
      time(mail.createdAt),
      stateOf(mail),
      String(mail.attempts),
      mail.order?.key ?? '',
      (mail.lastError ?? '').replaceAll(/\s+/g, ' '),
    ]),
  )
}

const WITH_ORDER = { order: { select: { key: true } } } as const

function isState(text: string): text is State {
  return Object.hasOwn(STATES, text)
}

function stateOf(mail: Pick<Mail, 'sentAt' | 'outdated' | 'dueAt' | 'attempts'>): State {
  const { sentAt, outdated, dueAt, attempts } = mail
  if (sentAt !== null) return 'sent'
  if (outdated) return 'outdated'
  // A new mail may have no time.
  return dueAt === null && attempts > 0 ? 'failed' : 'waiting'
}

type StoredMail = Mail & { order: { key: string } | null }

async function stored({ database }: CommandDeps, id: string | undefined): Promise<StoredMail> {
  if (id === undefined) throw new UsageError('Which mail?')
  const where = { id: Number(id) }
  const mail = /^\d{1,9}$/.test(id)
    ? await database.prisma.mail.findUnique({ where, include: WITH_ORDER })
    : null
  if (mail === null) throw new CommandError(`There is no mail ${id}.`)
  return mail
}

function describe(mail: StoredMail): string {
  return [
    `Mail      ${mail.id}  ${mail.kind}`,
    `To        ${mail.to}`,
    ...(mail.order === null ? [] : [`Order     ${mail.order.key}`]),
    `Written   ${time(mail.createdAt)}`,
    `State     ${stateOf(mail)}${mail.sentAt === null ? '' : ` ${time(mail.sentAt)}`}, tries ${mail.attempts}`,
    ...(mail.dueAt === null ? [] : [`Next try  ${time(mail.dueAt)}`]),
    ...(mail.lastError === null ? [] : [`Error     ${mail.lastError}`]),
    ...(mail.subject === null ? [] : ['', mail.subject]),
    ...(mail.text === null ? [] : ['', mail.text]),
  ].join('\n')
}

async function resend(deps: CommandDeps, mail: StoredMail): Promise<string> {
  const { id, kind, sentAt } = mail
  if (isSecret(kind))
    throw new CommandError(
      `Its link is not kept, so mail ${id} can’t be sent again. The shopper can ask for a new one.`,
    )
  if (!(await resendMail(deps.database.prisma, mail)))
    throw new CommandError(`Mail ${id} was sent at ${time(sentAt)} (UTC).`)
  return `The shop sends it within seconds, if it is running.\n\n${describe(await stored(deps, String(id)))}`
}
