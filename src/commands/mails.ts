// npm run mails: lists and shows the mails, and sends again what was not sent.
import { canonicalEmail } from '../accounts/email-address.js'
import { previewMail } from '../mail/preview-mail.js'
import { isMailKind, isSecret, KNOWN_KINDS } from '../outbox/mail-kinds.js'
import {
  findMail,
  isMailState,
  listMails,
  MAIL_STATES,
  mailStateOf,
  type MailOfOrder,
} from '../outbox/mail-list.js'
import { resendMail } from '../outbox/resend-mail.js'
import {
  CommandError,
  parseCommandLine,
  parseLimit,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'

const USAGE = `Usage: npm run mails -- COMMAND

  list [--state STATE] [--kind KIND] [--to EMAIL] [--limit N]
                        list the newest mails
  show ID               show a mail, as it was sent
  resend ID [--again]   send a mail that was given up, outdated or is waiting for its next try; with --again also one
                        that was sent, as another mail. It says how its order is now, and is not sent if it is no
                        longer true
  preview KIND          show what a mail of this kind looks like, with sample data

STATE is one of ${MAIL_STATES.join(', ')}. A failed mail was given up.
KIND is one of ${KNOWN_KINDS.join(', ')}.`

export const mailsCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  state: { type: 'string' },
  kind: { type: 'string' },
  to: { type: 'string' },
  again: { type: 'boolean', default: false },
  limit: { type: 'string', default: '20' },
} as const

const MAX_ARGUMENTS = { list: 0, show: 1, resend: 1, preview: 1 }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command, id] = positionals
  switch (command) {
    case 'list':
      return list(deps, values)
    case 'show':
      return describe(await stored(deps, id))
    case 'resend':
      return resend(deps, await stored(deps, id), values.again)
    case 'preview':
      return preview(deps, id)
    default:
      throw new UsageError()
  }
}

async function list({ database }: CommandDeps, { state, kind, to, limit }: ListOptions): Promise<string> {
  if (state !== undefined && !isMailState(state))
    throw new CommandError(`There is no state "${state}": use one of ${MAIL_STATES.join(', ')}.`)
  if (kind !== undefined && !isMailKind(kind)) throw new CommandError(`There is no kind "${kind}".`)
  const filter = { state, kind, to: to === undefined ? undefined : (canonicalEmail(to) ?? to) }
  const mails = await listMails(database.prisma, filter, null, parseLimit(limit))
  if (mails.length === 0) return 'No mails found.'
  return table(
    ['ID', 'KIND', 'TO', 'WRITTEN (UTC)', 'STATE', 'TRIES', 'ORDER', 'LAST ERROR'],
    mails.map((mail) => [
      String(mail.id),
      mail.kind,
      mail.to,
      time(mail.createdAt),
      mailStateOf(mail),
      String(mail.attempts),
      mail.orderKey ?? '',
      (mail.lastError ?? '').replaceAll(/\s+/g, ' '),
    ]),
  )
}

interface ListOptions {
  state?: string | undefined
  kind?: string | undefined
  to?: string | undefined
  limit: string
}

async function stored({ database }: CommandDeps, id: string | undefined): Promise<MailOfOrder> {
  if (id === undefined) throw new UsageError('Which mail?')
  const mail = /^\d{1,9}$/.test(id) ? await findMail(database.prisma, Number(id)) : null
  if (mail === null) throw new CommandError(`There is no mail ${id}.`)
  return mail
}

function describe(mail: MailOfOrder): string {
  return [
    `Mail      ${mail.id}  ${mail.kind}`,
    `To        ${mail.to}`,
    ...(mail.order === null ? [] : [`Order     ${mail.order.key}`]),
    ...(mail.resendOf === null ? [] : [`Again     mail ${mail.resendOf}`]),
    `Written   ${time(mail.createdAt)}`,
    `State     ${mailStateOf(mail)}${mail.sentAt === null ? '' : ` ${time(mail.sentAt)}`}, tries ${mail.attempts}`,
    ...(mail.dueAt === null ? [] : [`Next try  ${time(mail.dueAt)}`]),
    ...(mail.lastError === null ? [] : [`Error     ${mail.lastError}`]),
    ...(mail.subject === null ? [] : ['', mail.subject]),
    ...(mail.text === null ? [] : ['', mail.text]),
  ].join('\n')
}

async function resend(deps: CommandDeps, mail: MailOfOrder, again: boolean): Promise<string> {
  const { id, kind, sentAt } = mail
  if (isSecret(kind))
    throw new CommandError(
      `Its link is not kept, so mail ${id} can’t be sent again. The shopper can ask for a new one.`,
    )
  if (sentAt !== null && !again)
    throw new CommandError(`Mail ${id} was sent at ${time(sentAt)} (UTC). To send it once more, add --again.`)
  const due = await resendMail(deps.database.prisma, mail)
  if (due === null) throw new CommandError(`Mail ${id} was sent again a moment ago.`)
  return `The shop sends it within seconds, if it is running.\n\n${describe(await stored(deps, String(due)))}`
}

async function preview({ database, config }: CommandDeps, kind: string | undefined): Promise<string> {
  if (kind === undefined) throw new UsageError('Which kind?')
  if (!isMailKind(kind)) throw new CommandError(`There is no kind "${kind}".`)
  const { subject, text } = await previewMail(database.prisma, kind, config)
  return `${subject}\n\n${text}`
}
