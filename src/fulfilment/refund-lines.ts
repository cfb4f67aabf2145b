// Refunds units of an order's lines, its delivery, or both. Units that were not sent yet are not sent any more.
import type { Transaction } from '../database/client.js'
import type { Refund } from '../generated/prisma/client.js'
import { formatMoney } from '../money.js'
import type { OrderFacts } from '../orders/order-facts.js'
import { newReturnKey } from '../orders/order-key.js'
import { unitsWithShopper } from '../orders/returnable.js'
import { giveBackStock } from '../orders/stock.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { shippingLeft, type RefundReasons } from '../payments/refundable.js'
import { refundOrder } from '../payments/refunds.js'
import {
  lockFulfilment,
  nameOfLine,
  readFulfilment,
  refused,
  refuseUnlessLeft,
  storeFulfilment,
  summed,
  unitsOf,
  type FulfilledOrder,
  type Units,
} from './locked-order.js'
import { shareOf } from './return-share.js'

export interface ChosenLines {
  /** Empty: delivery alone. */
  lines: readonly Units[]
  /** Whether the units were sent: the shopper keeps them, or they came back. Otherwise they are left to send. */
  sent: boolean
  /** Whether what is left of the delivery is refunded too. */
  shipping: boolean
}

export interface LineRefund extends ChosenLines, RefundReasons {
  /** Minor units of the order's currency. Null: what was paid for the units and the delivery. */
  amount: number | null
  /** What whoever confirms this was shown. Refused if it comes to another amount by now. */
  shown?: number | null
  /** Whether the units go on sale again. */
  restock: boolean
  /** Requests with the same key are one refund. Null: every request is a refund of its own. */
  requestKey: string | null
}

/** What was paid for lines and delivery, in minor units. */
export interface LineQuote {
  items: number
  shipping: number
}

/**
 * @returns the refund's row, after Stripe's answer
 * @throws Problem, for the operator, as `refundOrder` does, or when there are fewer units
 */
export async function refundLines(deps: PaymentDeps, orderId: number, given: LineRefund): Promise<Refund> {
  const wanted = { ...given, lines: summed(given.lines) }
  const { amount, currency, shippingAmount } = await deps.database.prisma.$transaction((tx) =>
    amountsOf(tx, orderId, wanted),
  )
  const { requestKey, reason = null, note = null, lines } = wanted
  return refundOrder(deps, orderId, {
    ...{ amount, currency, shippingAmount, requestKey, reason, note },
    // The order's own restocking is for all of its units.
    restock: false,
    ...(lines.length > 0 && {
      withRow: (tx, facts, refundId) => recordRefunded(tx, facts, { ...wanted, orderId, refundId }),
    }),
  })
}

/** What a refund of these lines comes to now. @throws Problem when it isn't possible */
export async function quoteLines(
  { database }: Pick<PaymentDeps, 'database'>,
  orderId: number,
  chosen: ChosenLines,
): Promise<LineQuote> {
  const { facts, order } = await readFulfilment(database.prisma, orderId)
  return quoteOf(facts, order, { ...chosen, lines: summed(chosen.lines) }, database.prisma)
}

async function amountsOf(
  tx: Transaction,
  orderId: number,
  wanted: LineRefund,
): Promise<{ amount: number | null; currency: string; shippingAmount: number }> {
  const { facts, order } = await lockFulfilment(tx, orderId)
  const { currency } = facts
  // The row that is known has its amount.
  if (await isKnown(tx, wanted)) return { amount: null, currency, shippingAmount: 0 }
  const { items, shipping } = await quoteOf(facts, order, wanted, tx)
  const amount = wanted.amount ?? items + shipping
  if (amount === 0)
    throw refused('nothing_paid', 'Nothing was paid for these items: there is nothing to refund.')
  const { shown = null } = wanted
  const money = (value: number) => formatMoney(value, currency)
  if (shown !== null && amount !== shown)
    throw refused(
      'refund_changed',
      `This comes to ${money(amount)} by now, and not to ${money(shown)}: something else was refunded meanwhile.`,
    )
  return { amount, currency, shippingAmount: Math.min(shipping, amount) }
}

async function isKnown(tx: Transaction, { requestKey, lines }: LineRefund): Promise<boolean> {
  if (requestKey === null) return false
  const known = await tx.refund.findUnique({
    where: { requestKey },
    select: { return: { select: { unsent: true, unrequested: true } } },
  })
  if (known === null) return false
  const hasLines = known.return !== null && (known.return.unsent || known.return.unrequested)
  if (hasLines !== lines.length > 0) throw refused('key_reused', 'That key belongs to another refund.')
  return true
}

async function quoteOf(
  facts: OrderFacts,
  order: FulfilledOrder,
  { lines, sent, shipping }: ChosenLines,
  tx: Pick<Transaction, 'refund'>,
): Promise<LineQuote> {
  if (lines.length === 0 && !shipping)
    throw refused('nothing_chosen', 'Choose at least one item, or the delivery.')
  if (sent) refuseUnlessSent(order, lines)
  else refuseUnlessLeft(order, lines)
  const left = shipping ? await shippingLeft(tx, facts) : 0
  if (shipping && left === 0)
    throw refused(
      'shipping_refunded',
      'Nothing is left to refund for delivery: it was free, or has been refunded.',
    )
  return { items: shareOf(facts, order, { id: 0, status: 'requested', items: lines }), shipping: left }
}

/** @throws Problem when more units of a line are named than the shopper has */
function refuseUnlessSent(order: FulfilledOrder, lines: readonly Units[]): void {
  for (const { orderItemId, quantity } of lines) {
    const left = unitsWithShopper(order, orderItemId)
    if (quantity > left)
      throw refused(
        'more_than_sent',
        `${quantity} × ${nameOfLine(order, orderItemId)} is more than was sent, less what is in returns or refunded: ${left}.`,
      )
  }
}

/** In one transaction with the refund's row. A refund that is continued is recorded already. */
async function recordRefunded(
  tx: Transaction,
  facts: OrderFacts,
  wanted: ChosenLines & { orderId: number; refundId: string; restock: boolean },
): Promise<void> {
  const { orderId, refundId, lines, sent, restock } = wanted
  if ((await tx.return.count({ where: { refundId } })) > 0) return
  const { order } = await lockFulfilment(tx, orderId)
  if (sent) refuseUnlessSent(order, lines)
  else refuseUnlessLeft(order, lines)
  const restocked = restock && facts.stockHeld
  if (restocked) await giveBackStock(tx, unitsOf(order, { items: lines }))
  const created = await tx.return.create({
    data: {
      ...{ key: newReturnKey(), orderId, refundId, restocked, unsent: !sent, unrequested: sent },
      ...{ status: 'refunded', reason: '', refundedAt: new Date() },
      items: { create: [...lines] },
    },
    include: { items: true },
  })
  await storeFulfilment(tx, { ...order, returns: [...order.returns, created] })
}
