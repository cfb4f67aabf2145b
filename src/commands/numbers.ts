// npm run numbers: prints the shop's numbers, and adds them up again.
import { recordAudit } from '../audit/record-audit.js'
import { formatMoney, isCurrency } from '../money.js'
import { readBestSellers } from '../numbers/best-sellers.js'
import { countNumbers, forgetNumbers } from '../numbers/count-numbers.js'
import { todayIn } from '../numbers/days.js'
import { readRange } from '../numbers/range.js'
import {
  averageOf,
  netOf,
  readCurrencies,
  readNumbers,
  readState,
  type Figures,
} from '../numbers/read-numbers.js'
import { CommandError, parseCommandLine, UsageError, type Command, type CommandDeps } from './run.js'
import { table, time } from './table.js'

const USAGE = `Usage: npm run numbers -- COMMAND

  show [--range RANGE] [--from DAY --to DAY] [--currency CURRENCY]
                  print revenue, orders, checkouts and best sellers, beside those of the days before
  rebuild         throw all numbers away and add them up again from orders, refunds and disputes

RANGE is today, 7, 30, 90 or year; 30 by default. DAY is a day such as 2026-11-01.`

export const numbersCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  range: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  currency: { type: 'string' },
} as const

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, { show: 0, rebuild: 0 })
  switch (positionals[0]) {
    case 'show':
      return show(deps, values)
    case 'rebuild':
      return rebuild(deps)
    default:
      throw new UsageError()
  }
}

interface ShowOptions {
  range?: string | undefined
  from?: string | undefined
  to?: string | undefined
  currency?: string | undefined
}

async function show({ database: { direct }, settings }: CommandDeps, options: ShowOptions): Promise<string> {
  const { timeZone } = await settings()
  const isCustom = options.from !== undefined || options.to !== undefined
  const range = readRange({ ...options, ...(isCustom && { range: 'custom' }) }, todayIn(timeZone))
  if ('errors' in range) throw new CommandError(Object.values(range.errors).join(' '))
  const wanted = options.currency?.toLowerCase()
  if (wanted !== undefined && !isCurrency(wanted)) throw new CommandError(`There is no currency "${wanted}".`)
  const currencies = wanted === undefined ? await readCurrencies(direct, range) : [wanted]
  const { countedTo } = await readState(direct, timeZone)
  const parts: string[] = []
  for (const currency of currencies) {
    const { total } = await readNumbers(direct, range, currency)
    const money = (amount: number | null) => (amount === null ? '' : formatMoney(amount, currency))
    const row = (name: string, valueOf: (figures: Figures) => string) => [
      name,
      valueOf(total.now),
      valueOf(total.before),
    ]
    const best = await readBestSellers(direct, range, currency, timeZone)
    parts.push(
      table(
        [currency.toUpperCase(), `${range.from} – ${range.to}`, `${range.before.from} – ${range.before.to}`],
        [
          row('revenue, net of refunds', (figures) => money(netOf(figures))),
          row('paid', ({ revenue }) => money(revenue)),
          row('refunded', ({ refunded }) => money(refunded)),
          row('orders', ({ orders }) => String(orders)),
          row('average order', (figures) => money(averageOf(figures))),
          row('lost in disputes', ({ lost }) => money(lost)),
          row('checkouts opened', ({ placed }) => String(placed)),
          row('of these paid', ({ placedPaid }) => String(placedPaid)),
          row('expired or canceled', ({ placedExpired }) => String(placedExpired)),
          row('failed', ({ placedFailed }) => String(placedFailed)),
          ...best.map(({ name, units, unitsBefore }) => [name, String(units), String(unitsBefore)]),
        ],
      ),
    )
  }
  parts.push(countedTo === null ? 'Nothing is counted yet.' : `Counted up to ${time(countedTo)} UTC.`)
  return parts.join('\n\n')
}

async function rebuild({ database: { prisma }, settings }: CommandDeps): Promise<string> {
  const { timeZone } = await settings()
  await prisma.$transaction(async (tx) => {
    await forgetNumbers(tx)
    await recordAudit(tx, { action: 'numbers.rebuilt', subject: 'numbers', subjectId: 'all' })
  })
  let days = 0
  for (;;) {
    const turn = await countNumbers(prisma, timeZone)
    days += turn?.days ?? 0
    if (turn?.isBehind === false) return `Added up ${days} days.`
    // The shop counts at the moment.
    if (turn === null) await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
