// npm run checkouts: lists checkouts that were not completed, and why.
import {
  INCOMPLETE_REASONS,
  listIncompleteCheckouts,
  type IncompleteReason,
} from '../checkout/incomplete-checkouts.js'
import { formatMoney } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import {
  CommandError,
  parseCommandLine,
  parseLimit,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'

const USAGE = `Usage: npm run checkouts -- COMMAND

  list [--reason REASON] [--limit N]    list the newest checkouts that were not completed, with Stripe's words for
                                        the last decline

REASON is one of ${INCOMPLETE_REASONS.join(', ')}.`

export const checkoutsCommand: Command = { usage: USAGE, run }

const OPTIONS = { reason: { type: 'string' }, limit: { type: 'string', default: '20' } } as const

async function run({ database }: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, { list: 0 })
  if (positionals[0] !== 'list') throw new UsageError()
  const reason = readReason(values.reason)
  const rows = await listIncompleteCheckouts(database.prisma, reason, null, parseLimit(values.limit))
  if (rows.length === 0) return 'No checkouts found.'
  return table(
    ['ORDER', 'REASON', 'TOTAL', 'SHOPPER', 'BEGAN (UTC)', 'ATTEMPTS', 'DECLINED'],
    rows.map(({ key, total, currency, email, createdAt, attempts, decline, ...row }) => [
      ...[orderNumber(key), row.reason, formatMoney(total, currency), email, time(createdAt)],
      ...[String(attempts), decline === null ? '' : `${decline.code}: ${decline.message}`],
    ]),
  )
}

function readReason(text: string | undefined): IncompleteReason | undefined {
  const reason = INCOMPLETE_REASONS.find((one) => one === text)
  if (text !== undefined && reason === undefined)
    throw new CommandError(`There is no reason "${text}": use one of ${INCOMPLETE_REASONS.join(', ')}.`)
  return reason
}
