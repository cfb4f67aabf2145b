// npm run reconcile: compares a month's payments, refunds and disputes with what Stripe booked.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { formatMoney } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import { stripeProblem } from '../payments/stripe-client.js'
import { reconciledCsv } from '../reconciliation/csv.js'
import { lastMonth, monthOf, type Month } from '../reconciliation/month.js'
import { reconcileMonth } from '../reconciliation/reconcile-month.js'
import { reconcile } from '../reconciliation/reconcile.js'
import type { Summary } from '../reconciliation/summary.js'
import { CommandError, UsageError, type Command, type CommandDeps } from './run.js'
import { table } from './table.js'

const USAGE = `Usage: npm run reconcile -- [MONTH] [FILE]

Compares each balance transaction that Stripe booked in a month, such as 2026-11, with what is recorded here, and names every
difference. Without MONTH: last month. With FILE: writes all lines to it as CSV.`

export const reconcileCommand: Command = { usage: USAGE, run }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const [wanted, file, ...surplus] = args
  if (surplus.length > 0) throw new UsageError(`Too many arguments: ${surplus.join(' ')}`)
  const { timeZone } = await deps.settings()
  const month = await monthOf(deps.database.direct, wanted ?? lastMonth(timeZone), timeZone)
  if (month === null) throw new CommandError('Name a month, such as 2026-11.')
  try {
    if (file !== undefined) return await writeFile(deps, month, file, timeZone)
    const summary = await reconcileMonth(deps, month)
    return summary === null ? '' : describe(summary, month)
  } catch (error) {
    throw stripeProblem(error)
  }
}

async function writeFile(deps: CommandDeps, month: Month, file: string, timeZone: string): Promise<string> {
  const lines = reconcile(deps, month)
  const first = await lines.next()
  const parts = reconciledCsv(first.done ? [] : first.value, lines, timeZone)
  await pipeline(Readable.from(parts), createWriteStream(file, { mode: 0o600 }))
  return `Wrote ${file}.`
}

function describe({ booked, differences, foreign }: Summary, { month }: Month): string {
  const rows = [...booked].flatMap(([currency, categories]) =>
    [...categories].map(([category, { count, amount, fee, net }]) => [
      currency.toUpperCase(),
      category,
      String(count),
      ...[amount, fee, net].map((money) => formatMoney(money, currency)),
    ]),
  )
  return [
    rows.length === 0
      ? `Stripe booked nothing in ${month}.`
      : table(['CURRENCY', 'CATEGORY', 'BOOKINGS', 'AMOUNT', 'FEES', 'NET'], rows),
    ...(foreign === 0 ? [] : [`Of something else on the same Stripe account: ${foreign}.`]),
    differences.length === 0
      ? 'No differences.'
      : table(
          ['ORDER', 'DIFFERENCE'],
          differences.map(({ orderKey, text }) => [orderKey === null ? '' : orderNumber(orderKey), text]),
        ),
  ].join('\n\n')
}
