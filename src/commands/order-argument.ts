// Finds the order, and parses the amount, that an operator names on the command line.
import { formatMoney, MoneyError, parseMoney } from '../money.js'
import { findOrderIds } from '../orders/find-order.js'
import { REFUND_REASONS, type RefundReason } from '../payments/refundable.js'
import { CommandError, UsageError, type CommandDeps } from './run.js'

/** @throws UsageError without a text, CommandError when no order or several match it */
export async function findOneOrder({ database }: CommandDeps, text: string | undefined): Promise<number> {
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

/** @throws CommandError */
export function parseAmount(text: string, currency: string): number {
  try {
    return parseMoney(text, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw new CommandError(error.message)
    throw error
  }
}

/** @throws CommandError for what is no reason of Stripe's */
export function readReason(text: string | undefined): RefundReason | null {
  const reason = REFUND_REASONS.find((one) => one === text) ?? null
  if (text !== undefined && reason === null)
    throw new CommandError(`There is no reason "${text}": use one of ${REFUND_REASONS.join(', ')}.`)
  return reason
}
