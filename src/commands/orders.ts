// npm run orders: lists, shows, settles and refunds orders; sends and cancels them; answers returns.
import { parseCommandLine, refuseOthers, UsageError, type Command, type CommandDeps } from './run.js'
import { OrderStatus } from '../generated/prisma/enums.js'
import { formatMoney } from '../money.js'
import { amountOf } from '../orders/stored-amounts.js'
import { refundLines } from '../fulfilment/refund-lines.js'
import { REFUND_REASONS, type RefundReasons, type WantedRefund } from '../payments/refundable.js'
import { refundOrder, refundWithoutOrder } from '../payments/refunds.js'
import { settleOrder } from '../payments/settle-order.js'
import { acknowledgeOrder } from '../payments/acknowledge-order.js'
import { describeOrder } from './describe-order.js'
import { fulfil, FULFIL_ACCEPTED, FULFIL_OPTIONS, FULFIL_USAGE, readItems } from './fulfil-orders.js'
import { findOneOrder, parseAmount, readReason } from './order-argument.js'
import { returns, RETURNS_USAGE } from './order-returns.js'
import { exportToFile, LIST_ACCEPTED, LIST_OPTIONS, LIST_USAGE, listOrders } from './list-orders.js'
import { packingSlips, SLIPS_USAGE } from './packing-slips.js'
import { views, VIEWS_OPTIONS, VIEWS_USAGE } from './order-views.js'
import { findPaymentWithoutOrder } from '../orders/find-order.js'
import { revokeAccess } from '../orders/order-access.js'
import { addNote } from '../orders/notes.js'

const USAGE = `Usage: npm run orders -- COMMAND

  show ORDER                                         show everything known about an order
  settle ORDER                                       ask Stripe for the state of the order's payments
  refund ORDER [AMOUNT] [--restock] [--items SKU=N,… [--sent]] [--shipping] [--reason REASON]
         [--note TEXT] [--key KEY]                   refund AMOUNT (12.50), by default everything that is left;
                                                     --restock returns its units to stock once everything is
                                                     refunded; repeating a KEY does not refund twice. If ORDER is
                                                     a session or payment intent, that payment alone is refunded,
                                                     also if it belongs to no order here. --items refunds units
                                                     that are left to send, by default what was paid for them:
                                                     they are not sent any more; with --sent, units that were
                                                     sent. --shipping adds what is left of the delivery, or
                                                     refunds it alone. REASON, for Stripe, is one of
                                                     ${REFUND_REASONS.join(', ')};
                                                     TEXT is for operators
  note ORDER --note TEXT                             write down something about it, for operators
  attended ORDER                                     mark what needed attention as dealt with
${FULFIL_USAGE}
${RETURNS_USAGE}
  revoke-links ORDER                                 end the links that open an order without an account, and the
                                                     access of the browser that placed it; a later mail has a new link
${SLIPS_USAGE}
${VIEWS_USAGE}
${LIST_USAGE}

ORDER is an order key, the number that the shopper sees (T-7F3K2M8Q), an email address, or Stripe's id of a session,
payment intent, refund or dispute. RETURN is a return's key. --status is one of ${Object.values(OrderStatus).join(', ')}.`

export const ordersCommand: Command = { usage: USAGE, run }

const OPTIONS = {
  ...LIST_OPTIONS,
  restock: { type: 'boolean' },
  key: { type: 'string' },
  answer: { type: 'string' },
  reason: { type: 'string' },
  amount: { type: 'string' },
  note: { type: 'string' },
  sent: { type: 'boolean' },
  shipping: { type: 'boolean' },
  ...FULFIL_OPTIONS,
  ...VIEWS_OPTIONS,
} as const

const MAX_ARGUMENTS = {
  list: 0,
  export: 1,
  show: 1,
  settle: 1,
  refund: 2,
  note: 1,
  attended: 1,
  ship: 1,
  delivered: 1,
  address: 1,
  cancel: 1,
  returns: 2,
  'revoke-links': 1,
  'packing-slips': Infinity,
  views: 1,
}

/** The options that each command takes. */
const ACCEPTED = {
  ...LIST_ACCEPTED,
  refund: ['restock', 'key', 'items', 'sent', 'shipping', 'reason', 'note'],
  note: ['note'],
  ...FULFIL_ACCEPTED,
  views: ['save', 'remove', ...LIST_ACCEPTED.export],
}

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command, order, amount] = positionals
  if (command !== undefined && command !== 'returns') refuseOthers(command, values, ACCEPTED)
  switch (command) {
    case 'list':
      return listOrders(deps, values)
    case 'export':
      return exportToFile(deps, positionals[1], values)
    case 'show':
      return show(deps, await findOneOrder(deps, order))
    case 'settle': {
      const id = await findOneOrder(deps, order)
      await settleOrder(deps, id)
      return show(deps, id)
    }
    case 'refund': {
      const { key: requestKey = null, note = null } = values
      const wanted = { requestKey, note, reason: readReason(values.reason) }
      return (
        (await refundLost(deps, order, amount, wanted)) ??
        refund(deps, await findOneOrder(deps, order), {
          ...wanted,
          payment: paymentIn(order),
          amount,
          items: values.items,
          sent: values.sent ?? false,
          shipping: values.shipping ?? false,
          restock: values.restock ?? false,
        })
      )
    }
    case 'note': {
      const id = await findOneOrder(deps, order)
      if (values.note === undefined) throw new UsageError('What is to be written down? Give --note TEXT.')
      await addNote(deps.database.prisma, id, values.note)
      return show(deps, id)
    }
    case 'attended': {
      const id = await findOneOrder(deps, order)
      await deps.database.prisma.$transaction((tx) => acknowledgeOrder(tx, id))
      return show(deps, id)
    }
    case 'ship':
    case 'delivered':
    case 'address':
    case 'cancel':
      return fulfil(deps, command, await findOneOrder(deps, order), values)
    case 'returns':
      return returns(deps, positionals.slice(1), values)
    case 'packing-slips':
      return packingSlips(deps, positionals[1], positionals.slice(2))
    case 'views':
      return views(deps, positionals[1], values)
    case 'revoke-links': {
      const id = await findOneOrder(deps, order)
      const count = await deps.database.prisma.$transaction((tx) => revokeAccess(tx, id))
      return `Revoked ${count} ${count === 1 ? 'link' : 'links'}. No browser opens this order without its account or a new link.`
    }
    default:
      throw new UsageError()
  }
}

async function show({ database }: CommandDeps, id: number): Promise<string> {
  return await describeOrder(database.prisma, id)
}

interface RefundOptions extends RefundReasons, Pick<WantedRefund, 'restock' | 'requestKey'> {
  payment: string | null
  amount: string | undefined
  /** Units that are left to send, or with `sent` units that were sent. */
  items: string | undefined
  sent: boolean
  shipping: boolean
}

async function refund(deps: CommandDeps, id: number, options: RefundOptions): Promise<string> {
  const { amount: text, items, sent, shipping, payment, ...wanted } = options
  const currency = await currencyOf(deps, id, payment)
  const amount = text === undefined ? null : parseAmount(text, currency)
  const isOfLines = items !== undefined || shipping
  if (isOfLines && payment !== null)
    throw new UsageError('Give --items and --shipping with an order, not with a payment.')
  if (sent && items === undefined) throw new UsageError('Which items were sent? Give --items.')
  if (shipping && amount !== null) throw new UsageError('Give either AMOUNT or --shipping.')
  const lines = items === undefined ? [] : await readItems(deps.database.prisma, id, items)
  const refunded = await (isOfLines
    ? refundLines(deps, id, { ...wanted, amount, lines, sent, shipping })
    : refundOrder(deps, id, { ...wanted, amount, payment }))
  return `${formatMoney(amountOf(refunded), refunded.currency)}: ${refunded.status}.\n\n${await show(deps, id)}`
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
  wanted: Pick<WantedRefund, 'requestKey'> & RefundReasons,
): Promise<string | null> {
  const named = paymentIn(text)
  const payment = named && (await findPaymentWithoutOrder(deps.database.prisma, named))
  if (!payment) return null
  const part = amount === undefined ? null : parseAmount(amount, payment.currency ?? '')
  const sent = await refundWithoutOrder(deps, payment, { ...wanted, amount: part })
  return `${formatMoney(amountOf(sent), sent.currency)}: ${sent.status}.`
}
