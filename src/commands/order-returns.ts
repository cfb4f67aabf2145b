// npm run orders -- returns …: lists, answers and refunds returns.
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import { nameWithVariant } from '../catalog/variants.js'
import { answerReturn } from '../fulfilment/answer-return.js'
import { refundReturn } from '../fulfilment/refund-return.js'
import { isReturnState, RETURN_STATES } from '../fulfilment/return-moves.js'
import { formatMoney } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import { amountOf } from '../orders/stored-amounts.js'
import { parseAmount, readReason } from './order-argument.js'
import { CommandError, parseLimit, refuseOthers, UsageError, type CommandDeps } from './run.js'
import { table, time } from './table.js'

export const RETURNS_USAGE = `  returns list [--status STATE] [--limit N]          list the returns to deal with, or those of one state
  returns show RETURN                                show a return
  returns accept RETURN --answer TEXT                accept it, and tell the shopper where to send it
  returns decline RETURN --reason TEXT               decline it, and tell the shopper why
  returns received RETURN                            record that it arrived
  returns refund RETURN [--amount 12.50] [--restock] [--reason REASON] [--note TEXT]
                                                     refund it, by default what was paid for its items; --restock
                                                     returns them to stock. Repeating it does not refund twice`

export interface ReturnsValues {
  status?: string | undefined
  limit?: string | undefined
  answer?: string | undefined
  reason?: string | undefined
  amount?: string | undefined
  restock?: boolean | undefined
  note?: string | undefined
}

/** The options that each command takes. */
const ACCEPTED = {
  list: ['status', 'limit'],
  show: [],
  accept: ['answer'],
  decline: ['reason'],
  received: [],
  refund: ['amount', 'restock', 'reason', 'note'],
} as const

const WITH_ORDER = {
  order: { select: { id: true, key: true, email: true, currency: true, items: true } },
  items: true,
  refund: true,
} as const satisfies Prisma.ReturnInclude
type Described = Prisma.ReturnGetPayload<{ include: typeof WITH_ORDER }>

export async function returns(
  deps: CommandDeps,
  [command = '', key]: readonly (string | undefined)[],
  values: ReturnsValues,
): Promise<string> {
  if (!Object.hasOwn(ACCEPTED, command))
    throw new UsageError(command === '' ? undefined : `There is no command "returns ${command}".`)
  refuseOthers(command, values, ACCEPTED)
  if (command === 'list') {
    if (key !== undefined) throw new UsageError(`Too many arguments for "returns list": ${key}`)
    return list(deps.database.prisma, values)
  }
  const found = await findReturn(deps.database.prisma, key)
  const where = { id: found.id, orderId: found.order.id }
  switch (command) {
    case 'accept':
      if (values.answer === undefined) throw new UsageError('Where is it to be sent? Give --answer TEXT.')
      await answerReturn(deps, where, { state: 'accepted', text: values.answer })
      break
    case 'decline':
      if (values.reason === undefined) throw new UsageError('Why is it declined? Give --reason TEXT.')
      await answerReturn(deps, where, { state: 'declined', text: values.reason })
      break
    case 'received':
      await answerReturn(deps, where, { state: 'received' })
      break
    case 'refund':
      await refundReturn(deps, where, {
        amount: values.amount === undefined ? null : parseAmount(values.amount, found.order.currency),
        restock: values.restock ?? false,
        reason: readReason(values.reason),
        note: values.note ?? null,
      })
  }
  return describe(await findReturn(deps.database.prisma, found.key))
}

async function list(prisma: PrismaClient, { status, limit = '20' }: ReturnsValues): Promise<string> {
  if (status !== undefined && !isReturnState(status))
    throw new CommandError(`There is no state "${status}": use one of ${RETURN_STATES.join(', ')}.`)
  const rows = await prisma.return.findMany({
    where: { status: status ?? { in: ['requested', 'accepted', 'received'] } },
    include: WITH_ORDER,
    orderBy: { id: 'asc' },
    take: parseLimit(limit),
  })
  if (rows.length === 0) return status === undefined ? 'No return waits.' : 'No returns found.'
  return table(
    ['RETURN', 'ORDER', 'STATE', 'SHOPPER', 'REQUESTED (UTC)', 'ITEMS'],
    rows.map((row) => [
      row.key,
      orderNumber(row.order.key),
      row.status,
      row.order.email,
      time(row.createdAt),
      itemsOf(row).join(', '),
    ]),
  )
}

async function findReturn(prisma: PrismaClient, key: string | undefined): Promise<Described> {
  if (key === undefined) throw new UsageError('Which return?')
  const found = await prisma.return.findUnique({ where: { key }, include: WITH_ORDER })
  if (!found) throw new CommandError(`There is no return ${key}.`)
  return found
}

/** What the operator does with a return in this state. */
const NEXT: Readonly<Record<string, string>> = {
  requested: 'returns accept, with --answer, or returns decline, with --reason',
  accepted: 'returns received, when it arrives; or returns refund, if you don’t want it back',
  received: 'returns refund, with --restock if it goes on sale again',
}

function describe(row: Described): string {
  const { refund } = row
  const isRequested = !row.unsent && !row.unrequested
  const next = isRequested ? NEXT[row.status] : undefined
  return [
    `Return    ${row.key}`,
    `State     ${row.unsent ? 'refunded before it was sent' : isRequested ? row.status : 'refunded without a request'}`,
    `Order     ${row.order.key}  (${orderNumber(row.order.key)})`,
    `Shopper   ${row.order.email}`,
    `Requested ${time(row.createdAt)}`,
    ...itemsOf(row).map((item) => `Item      ${item}`),
    ...(isRequested ? [`Reason    ${row.reason.replaceAll('\n', ' ')}`] : []),
    ...(row.answer === null ? [] : [`Answer    ${row.answer.replaceAll('\n', ' ')}`]),
    ...(refund === null
      ? []
      : [`Refund    ${formatMoney(amountOf(refund), refund.currency)}  ${refund.status}`]),
    ...(row.restocked ? ['Stock     returned'] : []),
    ...(next === undefined ? [] : [`Next      ${next}`]),
  ].join('\n')
}

function itemsOf({ items, order }: Described): string[] {
  return items.map(({ orderItemId, quantity }) => {
    const item = order.items.find(({ id }) => id === orderItemId)
    return `${quantity} × ${item ? nameWithVariant(item.name, item.variantName) : ''}`
  })
}
