// npm run disputes: lists disputes, shows one, saves the draft of its answer, submits it, and accepts a dispute.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { acceptDispute } from '../disputes/accept-dispute.js'
import { measure, megabytes, type Texts } from '../disputes/check-evidence.js'
import { loadCase, type DisputeCase } from '../disputes/dispute-case.js'
import { InvalidDraft, saveDraft, StaleDraft, type GivenFile } from '../disputes/draft.js'
import { fileFieldsOf, textFieldsOf } from '../disputes/evidence-fields.js'
import { available } from '../disputes/generated-files.js'
import { DISPUTE_FILTERS, listDisputes } from '../disputes/list-disputes.js'
import { prefilled } from '../disputes/prefill.js'
import { reasonOf } from '../disputes/reasons.js'
import { submitAnswer } from '../disputes/submit-answer.js'
import { formatMoney } from '../money.js'
import { amountOf } from '../orders/stored-amounts.js'
import { readSettings } from '../settings/read-settings.js'
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

const USAGE = `Usage: npm run disputes -- COMMAND

  list [--state answer|review|closed|all] [--limit N]
                              list disputes: those to answer by their deadline (default), others from the newest on
  show DISPUTE                show a dispute with its answer
  save DISPUTE [--set FIELD=TEXT]… [--file FIELD=PATH]… [--remove FIELD]…
                              save the draft of an answer; nothing is sent. The first draft is filled in with what the shop
                              knows about the order. FIELD is Stripe's name: uncategorized_text, receipt …
  submit DISPUTE              submit the saved answer to the bank. This can be done once
  accept DISPUTE              accept the dispute: the money is given up. This can't be undone`

export const disputesCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  state: { type: 'string' },
  limit: { type: 'string' },
  set: { type: 'string', multiple: true },
  file: { type: 'string', multiple: true },
  remove: { type: 'string', multiple: true },
} as const

const MAX_ARGUMENTS = { list: 0, show: 1, save: 1, submit: 1, accept: 1 }
const ACCEPTED = { list: ['state', 'limit'], save: ['set', 'file', 'remove'] }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { prisma } = deps.database
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command = '', id] = positionals
  refuseOthers(command, values, ACCEPTED)
  if (command === 'list') return list(deps, values.state ?? 'answer', values.limit ?? '20')
  if (!Object.hasOwn(MAX_ARGUMENTS, command)) throw new UsageError()
  if (id === undefined) throw new UsageError('Which dispute?')
  const known = await prisma.dispute.findUnique({ where: { id }, select: { id: true } })
  if (!known) throw new CommandError(`There is no dispute ${id}.`)
  if (command === 'save') await save(deps, id, values)
  else if (command === 'submit') await submit(deps, id)
  else if (command === 'accept') await acceptDispute(deps, id)
  return describe(await loadCase(prisma, id))
}

async function list({ database }: CommandDeps, state: string, limit: string): Promise<string> {
  const filter = DISPUTE_FILTERS.find((one) => one === state)
  if (filter === undefined) throw new UsageError(`--state is one of ${DISPUTE_FILTERS.join(', ')}.`)
  const disputes = await listDisputes(database.prisma, filter, null, parseLimit(limit))
  if (disputes.length === 0) return 'No disputes found.'
  return table(
    ['DISPUTE', 'ORDER', 'AMOUNT', 'REASON', 'STATUS', 'ANSWER BY (UTC)'],
    disputes.map((dispute) => [
      dispute.id,
      dispute.order?.key ?? '',
      formatMoney(amountOf(dispute), dispute.currency),
      dispute.reason,
      dispute.appeal === null ? dispute.status : `appeal_${dispute.appeal}`,
      dispute.evidenceDueBy === null ? '' : time(dispute.evidenceDueBy),
    ]),
  )
}

interface Changes {
  set?: string[] | undefined
  file?: string[] | undefined
  remove?: string[] | undefined
}

async function save(
  deps: CommandDeps,
  id: string,
  { set = [], file = [], remove = [] }: Changes,
): Promise<void> {
  const { database, stripe } = deps
  const { prisma } = database
  const settings = await readSettings(prisma)
  const found = await loadCase(prisma, id)
  const stage = found.stage ?? 'dispute'
  const before = found.draft === null ? prefilled(found, settings) : (found.draft.texts as Texts)
  const changes = set.map((one) => pair(one, textFieldsOf(stage)))
  const files = await Promise.all(file.map((one) => readGiven(pair(one, fileFieldsOf(stage)))))
  for (const field of remove) pair(`${field}=`, fileFieldsOf(stage))
  try {
    await saveDraft(database, { settings, testMode: !stripe.livemode }, id, {
      texts: { ...before, ...Object.fromEntries(changes) },
      files,
      remove,
      attach: found.draft === null ? await available(found.order, { prisma }) : null,
      revision: found.draft?.revision ?? 0,
    })
  } catch (error) {
    if (error instanceof InvalidDraft)
      throw new CommandError(
        Object.entries(error.errors)
          .map(([field, text]) => `${field}: ${text}`)
          .join('\n'),
      )
    throw stale(error)
  }
}

/** @throws UsageError for a field that the answer does not have */
function pair(text: string, fields: Readonly<Record<string, unknown>>): [field: string, value: string] {
  const at = text.indexOf('=')
  const field = at === -1 ? text : text.slice(0, at)
  if (at === -1) throw new UsageError(`"${text}" is no FIELD=VALUE.`)
  if (!Object.hasOwn(fields, field))
    throw new UsageError(`There is no field "${field}" here. These exist: ${Object.keys(fields).join(', ')}.`)
  return [field, text.slice(at + 1)]
}

async function readGiven([field, file]: [string, string]): Promise<GivenFile> {
  try {
    return { field, name: path.basename(file), content: await readFile(file) }
  } catch {
    throw new CommandError(`The file ${file} can't be read.`)
  }
}

async function submit(deps: CommandDeps, id: string): Promise<void> {
  const { draft } = await loadCase(deps.database.prisma, id)
  if (draft === null) throw new CommandError('No answer is saved: save one first, and look at it with show.')
  await submitAnswer(deps, id, draft.revision).catch((error: unknown) => {
    throw stale(error)
  })
}

function stale(error: unknown): unknown {
  return error instanceof StaleDraft
    ? new CommandError(
        'Someone else saved this answer in the meantime. Look at it with show, then try again.',
      )
    : error
}

function describe({
  id,
  dispute,
  order,
  appeal,
  stage,
  draft,
  files,
  network,
  reasonCode,
}: DisputeCase): string {
  const { says, prove } = reasonOf(dispute.reason)
  const texts = (draft?.texts ?? {}) as Texts
  const { characters, bytes, pages } = measure(texts, files)
  return [
    `${id}  ${formatMoney(dispute.amount, dispute.currency)}  ${appeal === null ? dispute.status : `appeal_${appeal}`}`,
    `Order: ${order?.key ?? 'none here'}`,
    `Reason: ${dispute.reason}${network === null ? '' : ` (${[network, reasonCode].filter(Boolean).join(' ')})`}`,
    says,
    ...(stage === null ? [] : [prove]),
    ...(stage !== null && dispute.evidenceDueBy ? [`Answer by: ${time(dispute.evidenceDueBy)} UTC`] : []),
    '',
    answerState(draft),
    ...Object.entries(texts).map(([field, text]) => `${field}: ${text.replaceAll('\n', '\n  ')}`),
    ...files.map(
      ({ field, name, size, pages: count }) => `${field}: ${name} (${megabytes(size)}, ${count} pages)`,
    ),
    ...(draft === null ? [] : [`${characters} characters, ${megabytes(bytes)}, about ${pages} pages`]),
  ].join('\n')
}

function answerState(draft: DisputeCase['draft']): string {
  if (draft === null) return 'No answer is saved.'
  if (draft.submittedAt !== null) return `Answer, submitted ${time(draft.submittedAt)} UTC:`
  if (draft.sendKey !== null)
    return 'Answer, sent and not confirmed by Stripe. Submit again: it is the same answer.'
  return `Draft, saved ${time(draft.savedAt)} UTC:${draft.refusal === null ? '' : `\nStripe refused it: ${draft.refusal}`}`
}
