// npm run orders: what an operator asks and does about orders, from a terminal.
import { CommandError, parseWords, UsageError, type Command, type CommandDeps } from './run.js'
import { table, time } from './table.js'
import { OrderStatus } from '../generated/prisma/enums.js'
import { formatMoney, MoneyError, parseMoney } from '../money.js'
import { refundOrder } from '../payments/refunds.js'
import { settleOrder } from '../payments/settle-order.js'
import { acknowledgeOrder } from '../payments/acknowledge-order.js'
import { describeOrder } from './describe-order.js'
import { findOrderIds } from '../orders/find-order.js'
import { orderNumber } from '../orders/order-key.js'

const USAGE = `Usage: npm run orders -- COMMAND

  list [--attention] [--status STATUS] [--limit N]   the newest orders, or those that need a person
  show ORDER                                         all that is known of an order
  settle ORDER                                       asks Stripe what became of its payments
  refund ORDER [AMOUNT] [--restock] [--key KEY]      sends money back, all that is left unless AMOUNT (12.50) is given;
                                                     --restock puts its units on sale again, with the refund
                                                     that leaves nothing;
                                                     the same KEY again is the same refund
  attended ORDER                                     what needed a person has been dealt with

ORDER is an order key, the number that the shopper quotes (T-7F3K2M8Q), an address, or Stripe's id of a session,
payment intent, refund or dispute. --status is one of ${Object.values(OrderStatus).join(', ')}.`

export const ordersCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  attention: { type: 'boolean', default: false },
  status: { type: 'string' },
  limit: { type: 'string', default: '20' },
  restock: { type: 'boolean', default: false },
  key: { type: 'string' },
} as const

const WORDS = { list: 0, show: 1, settle: 1, refund: 2, attended: 1 }

async function run(deps: CommandDeps, words: readonly string[]): Promise<string> {
  const { values, positionals } = parseWords(words, OPTIONS, WORDS)
  const [command, order, amount] = positionals
  switch (command) {
    case 'list':
      return list(deps, values)
    case 'show':
      return show(deps, await only(deps, order))
    case 'settle': {
      const id = await only(deps, order)
      await settleOrder(deps, id)
      return show(deps, id)
    }
    case 'refund': {
      const id = await only(deps, order)
      return refund(deps, id, amount, values.restock, values.key ?? null)
    }
    case 'attended': {
      const id = await only(deps, order)
      await deps.database.prisma.$transaction((tx) => acknowledgeOrder(tx, id))
      return show(deps, id)
    }
    default:
      throw new UsageError()
  }
}

async function list(
  { database }: CommandDeps,
  { attention, status, limit }: { attention: boolean; status?: string | undefined; limit: string },
): Promise<string> {
  if (status !== undefined && !Object.hasOwn(OrderStatus, status))
    throw new CommandError(
      `There is no status "${status}": use one of ${Object.values(OrderStatus).join(', ')}.`,
    )
  if (!/^[1-9]\d{0,3}$/.test(limit)) throw new CommandError('--limit is a number from 1 to 9999.')
  const orders = await database.prisma.order.findMany({
    where: {
      ...(attention && { attentionAt: { not: null } }),
      ...(status !== undefined && { status: status as OrderStatus }),
    },
    orderBy: attention ? { attentionAt: 'asc' } : { id: 'desc' },
    take: Number(limit),
  })
  const rows = orders.map((order) => [
    order.key,
    orderNumber(order.key),
    order.status,
    formatMoney(order.total, order.currency),
    order.email,
    time(order.createdAt),
    (order.needsAttention ?? '').replaceAll('\n', ' '),
  ])
  return rows.length === 0
    ? attention
      ? 'No order needs a person.'
      : 'There are no such orders.'
    : table(['ORDER', 'NUMBER', 'STATUS', 'TOTAL', 'SHOPPER', 'ORDERED (UTC)', 'ATTENTION'], rows)
}

async function show({ database }: CommandDeps, id: number): Promise<string> {
  return await describeOrder(database.prisma, id)
}

async function refund(
  deps: CommandDeps,
  id: number,
  amount: string | undefined,
  restock: boolean,
  requestKey: string | null,
): Promise<string> {
  const { currency } = await deps.database.prisma.order.findUniqueOrThrow({ where: { id } })
  const wanted = { amount: amount === undefined ? null : amountOf(amount, currency), restock, requestKey }
  const { amount: sent, status } = await refundOrder(deps, id, wanted)
  return `${formatMoney(sent, currency)}: ${status}.\n\n${await show(deps, id)}`
}

function amountOf(text: string, currency: string): number {
  try {
    return parseMoney(text, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw new CommandError(error.message)
    throw error
  }
}

async function only({ database }: CommandDeps, text: string | undefined): Promise<number> {
  if (text === undefined) throw new UsageError('Which order?')
  const found = await findOrderIds(database.prisma, text)
  const [id, ...others] = found
  if (id === undefined) throw new CommandError(`There is no order ${text}.`)
  if (others.length === 0) return id
  const orders = await database.prisma.order.findMany({
    where: { id: { in: found } },
    orderBy: { id: 'desc' },
  })
  throw new CommandError(
    `Several orders are meant by ${text}: name one of these.\n${orders
      .map((order) => `  ${order.key}  ${order.status}  ${formatMoney(order.total, order.currency)}`)
      .join('\n')}`,
  )
}
