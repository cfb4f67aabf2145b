// npm run discounts: makes, lists and ends discount codes.
import { randomUUID } from 'node:crypto'
import { formatMoney } from '../money.js'
import { createDiscount, DiscountError, endDiscount, listDiscounts } from '../payments/discounts.js'
import {
  CommandError,
  parseCommandLine,
  refuseOthers,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'

const USAGE = `Usage: npm run discounts -- COMMAND

  list [--after ID]   list the newest 50 codes, or those after one
  add CODE OPTIONS    make a code; it needs --percent or --amount
  end ID              nobody can enter the code any more

  --percent 10        per cent off
  --amount 5          amount off
  --currency eur      of the amounts; otherwise the shop's
  --minimum 40        for orders of at least this much
  --uses 100          how often all shoppers together can use it
  --until 2026-12-31  the last day, in the shop's time zone
  --first             for a shopper's first order only`

export const discountsCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  after: { type: 'string' },
  percent: { type: 'string' },
  amount: { type: 'string' },
  currency: { type: 'string' },
  minimum: { type: 'string' },
  uses: { type: 'string' },
  until: { type: 'string' },
  first: { type: 'boolean' },
} as const
const MAX_ARGUMENTS = { list: 0, add: 1, end: 1 }
const ACCEPTED = {
  list: ['after'],
  add: ['percent', 'amount', 'currency', 'minimum', 'uses', 'until', 'first'],
}

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command = '', subject] = positionals
  refuseOthers(command, values, ACCEPTED)
  if (command === 'list') return list(deps, values.after ?? null)
  if (command !== 'add' && command !== 'end') throw new UsageError()
  if (subject === undefined) throw new UsageError('Which code?')
  if (command === 'end') {
    await endDiscount(deps, subject)
    return `${subject} has ended.`
  }
  const settings = await deps.settings()
  const first = values.first ? 'on' : ''
  const typed = { currency: settings.currency, ...values, code: subject, first }
  try {
    const code = await createDiscount(deps, typed, randomUUID())
    const note = settings.promotionCodes ? '' : ' Shoppers can enter codes once promotion-codes is on.'
    return `Made ${code}.${note}`
  } catch (error) {
    if (error instanceof DiscountError) throw new CommandError(`--${error.field}: ${error.message}`)
    throw error
  }
}

async function list({ stripe }: CommandDeps, after: string | null): Promise<string> {
  const { discounts, hasMore } = await listDiscounts(stripe, after)
  const rows = discounts.map(({ id, code, percentOff, amountOff, used, uses, until, active }) => [
    ...[id, code, percentOff === null ? '' : `${percentOff} %`],
    amountOff ? formatMoney(amountOff.amount, amountOff.currency) : '',
    ...[String(used), uses === null ? '' : String(uses), until ? time(until) : '', active ? 'yes' : 'no'],
  ])
  const shown = table(['ID', 'CODE', 'PERCENT', 'AMOUNT', 'USED', 'AT MOST', 'UNTIL', 'ACTIVE'], rows)
  return hasMore ? `${shown}\n\nThere are more: --after ${discounts.at(-1)?.id ?? ''}` : shown
}
