// npm run orders: lists, shows, settles and refunds orders.
import {
  CommandError,
  parseCommandLine,
  parseLimit,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'
import { OrderStatus } from '../generated/prisma/enums.js'
import { formatMoney, MoneyError, parseMoney } from '../money.js'
import { amountOf } from '../orders/stored-amounts.js'
import { refundOrder, refundWithoutOrder, type WantedRefund } from '../payments/refunds.js'
import { settleOrder } from '../payments/settle-order.js'
import { acknowledgeOrder } from '../payments/acknowledge-order.js'
import { describeOrder } from './describe-order.js'
import { findOrderIds, findPaymentWithoutOrder } from '../orders/find-order.js'
import { orderNumber } from '../orders/order-key.js'

const USAGE = `Usage: npm run orders -- COMMAND

  list [--attention] [--status STATUS] [--limit N]   list the newest orders, or those that need attention
  show ORDER                                         show everything known about an order
  settle ORDER                                       ask Stripe for the state of the order's payments
  refund ORDER [AMOUNT] [--restock] [--key KEY]      refund AMOUNT (12.50), by default everything that is left;
                                                     --restock returns its units to stock once everything is
                                                     refunded; repeating a KEY does not refund twice. If ORDER is
                                                     a session or payment intent, that payment alone is refunded,
                                                     also if it belongs to no order here
  attended ORDER                                     mark what needed attention as dealt with

ORDER is an order key, the number that the shopper sees (T-7F3K2M8Q), an email address, or Stripe's id of a session,
payment intent, refund or dispute. --status is one of ${Object.values(OrderStatus).join(', ')}.`

export const ordersCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  attention: { type: 'boolean', default: false },
  status: { type: 'string' },
  limit: { type: 'string', default: '20' },
  restock: { type: 'boolean', default: false },
  key: { type: 'string' },
} as const

const MAX_ARGUMENTS = { list: 0, show: 1, settle: 1, refund: 2, attended: 1 }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command, order, amount] = positionals
  switch (command) {
    case 'list':
      return list(deps, values)
    case 'show':
      return show(deps, await findOneOrder(deps, order))
    case 'settle': {
      const id = await findOneOrder(deps, order)
      await settleOrder(deps, id)
      return show(deps, id)
    }
    case 'refund':
      return (
        (await refundLost(deps, order, amount, values.key ?? null)) ??
        refund(deps, await findOneOrder(deps, order), {
          payment: paymentIn(order),
          amount,
          restock: values.restock,
          requestKey: values.key ?? null,
        })
      )
    case 'attended': {
      const id = await findOneOrder(deps, order)
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
  const orders = await database.prisma.order.findMany({
    where: {
      ...(attention && {
        OR: [{ attentionAt: { not: null } }, { reportedIncidents: { some: { resolvedAt: null } } }],
      }),
      ...(status !== undefined && { status: status as OrderStatus }),
    },
    include: { reportedIncidents: { where: { resolvedAt: null }, orderBy: { id: 'asc' } } },
    orderBy: attention ? [{ attentionAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }] : { id: 'desc' },
    take: parseLimit(limit),
  })
  const rows = orders.map((order) => [
    order.key,
    orderNumber(order.key),
    order.status,
    formatMoney(order.total, order.currency),
    order.email,
    time(order.createdAt),
    attentionOf(order).join(' '),
  ])
  return rows.length === 0
    ? attention
      ? 'No order needs attention.'
      : 'No orders found.'
    : table(['ORDER', 'NUMBER', 'STATUS', 'TOTAL', 'SHOPPER', 'ORDERED (UTC)', 'ATTENTION'], rows)
}

/** Why the order needs a person: its reasons, and its open incidents that say something else. */
function attentionOf(order: { needsAttention: string | null; reportedIncidents: { message: string }[] }) {
  const reasons = (order.needsAttention ?? '').split('\n').filter(Boolean)
  const others = order.reportedIncidents
    .map(({ message }) => message)
    .filter((message) => !reasons.some((reason) => message.includes(reason)))
  return [...reasons, ...others]
}

async function show({ database }: CommandDeps, id: number): Promise<string> {
  return await describeOrder(database.prisma, id)
}

interface RefundOptions extends Pick<WantedRefund, 'restock' | 'requestKey'> {
  payment: string | null
  amount: string | undefined
}

async function refund(deps: CommandDeps, id: number, options: RefundOptions): Promise<string> {
  const { amount, ...wanted } = options
  const currency = await currencyOf(deps, id, wanted.payment)
  const sent = await refundOrder(deps, id, {
    ...wanted,
    amount: amount === undefined ? null : parseAmount(amount, currency),
  })
  return `${formatMoney(amountOf(sent), sent.currency)}: ${sent.status}.\n\n${await show(deps, id)}`
}

/** An amount is typed in the currency of the payment that is named, or the only one; else in the order's. */
async function currencyOf({ database }: CommandDeps, id: number, payment: string | null): Promise<string> {
  const { currency, amountPaid, unmatchedPayments } = await database.prisma.order.findUniqueOrThrow({
    where: { id },
    select: { currency: true, amountPaid: true, unmatchedPayments: true },
  })
  const named = unmatchedPayments.filter(
    (one) =>
      one.id === payment || one.paymentIntentId === payment || (payment === null && amountPaid === null),
  )
  return named[0]?.currency ?? currency
}

/** The session or payment intent that an argument names. */
function paymentIn(text: string | undefined): string | null {
  return text !== undefined && /^(cs|pi)_/.test(text) ? text : null
}

/** Refunds a payment whose order we don't have. @returns null if there is no such payment */
async function refundLost(
  deps: CommandDeps,
  text: string | undefined,
  amount: string | undefined,
  requestKey: string | null,
): Promise<string | null> {
  const named = paymentIn(text)
  const payment = named && (await findPaymentWithoutOrder(deps.database.prisma, named))
  if (!payment) return null
  if (amount !== undefined)
    throw new CommandError('A payment without an order is refunded in full: leave out the amount.')
  const sent = await refundWithoutOrder(deps, payment, requestKey)
  return `${formatMoney(amountOf(sent), sent.currency)}: ${sent.status}.`
}

function parseAmount(text: string, currency: string): number {
  try {
    return parseMoney(text, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw new CommandError(error.message)
    throw error
  }
}

async function findOneOrder({ database }: CommandDeps, text: string | undefined): Promise<number> {
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
    `${text} matches several orders. Choose one of these:\n${orders
      .map((order) => `  ${order.key}  ${order.status}  ${formatMoney(order.total, order.currency)}`)
      .join('\n')}`,
  )
}
