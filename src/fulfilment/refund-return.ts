// Refunds a return once, and puts its units back into stock once.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { Refund } from '../generated/prisma/client.js'
import { formatMoney } from '../money.js'
import { giveBackStock } from '../orders/stock.js'
import type { OrderFacts } from '../orders/order-facts.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import type { RefundReasons } from '../payments/refundable.js'
import { refundOrder } from '../payments/refunds.js'
import { lockReturn, refuseUnlessMove, returnIn, type LockedReturn } from './answer-return.js'
import { readFulfilment, refused, unitsOf } from './locked-order.js'
import { shareOf } from './return-share.js'

export interface ReturnRefund extends RefundReasons {
  /** Minor units of the order's currency. Null: what was paid for the returned units. */
  amount: number | null
  /** Whether the returned units go on sale again. */
  restock: boolean
}

/**
 * Refunds a return that was accepted or received. Its refund has the return's key, so repeating this refunds once; a refund
 * that failed is sent again as a new one.
 * @returns the refund's row, after Stripe's answer
 * @throws Problem, for the operator, as `refundOrder` does, or when the return can't be refunded
 */
export async function refundReturn(
  deps: PaymentDeps,
  { id, orderId }: { id: number; orderId: number },
  { amount, restock, reason = null, note = null }: ReturnRefund,
): Promise<Refund> {
  const { share, currency, requestKey } = await deps.database.prisma.$transaction(async (tx) => {
    const { facts, order, found } = await lockReturn(tx, orderId, id)
    refuseUnlessRefundable(found)
    const failed = await failedRefunds(tx, found)
    return {
      share: shareOf(facts, order, found),
      currency: facts.currency,
      // A refused or returned refund keeps its key: the next one is another refund.
      requestKey: failed === 0 ? found.key : `${found.key} ${failed + 1}`,
    }
  })
  if ((amount ?? share) === 0)
    throw refused('nothing_paid', 'Nothing was paid for what is returned: there is nothing to refund.')
  return refundOrder(deps, orderId, {
    amount: amount ?? share,
    currency,
    // The order's own restocking is for all of its units.
    restock: false,
    ...{ requestKey, reason, note },
    withRow: (tx, facts, refundId) => linkRefund(tx, facts, { id, orderId, refundId, amount, restock }),
  })
}

/** What was paid for the units of a return. @throws Problem when it can't be refunded */
export async function quoteReturn(
  { database }: Pick<PaymentDeps, 'database'>,
  { id, orderId }: { id: number; orderId: number },
): Promise<number> {
  const { facts, order } = await readFulfilment(database.prisma, orderId)
  const found = returnIn(order, id)
  refuseUnlessRefundable(found)
  return shareOf(facts, order, found)
}

function refuseUnlessRefundable(found: LockedReturn): void {
  if (found.unsent || found.unrequested)
    throw refused('not_requested', `${found.key} was refunded without a request: nothing comes back.`)
  if (found.status !== 'refunded') refuseUnlessMove(found, 'refunded')
}

function failedRefunds(tx: Transaction, { key, orderId }: LockedReturn): Promise<number> {
  return tx.refund.count({ where: { orderId, status: 'failed', requestKey: { startsWith: key } } })
}

/** In one transaction with the refund's row, so that neither is there without the other. */
async function linkRefund(
  tx: Transaction,
  facts: OrderFacts,
  {
    id,
    orderId,
    refundId,
    amount,
    restock,
  }: Pick<ReturnRefund, 'amount' | 'restock'> & { id: number; orderId: number; refundId: string },
): Promise<void> {
  const { order, found } = await lockReturn(tx, orderId, id)
  const known = facts.refunds.find((refund) => refund.id === refundId)
  if (known && amount !== null && known.amount !== amount)
    throw refused(
      'already_refunded',
      `${found.key} was refunded before, with ${formatMoney(known.amount, known.currency)}.`,
    )
  if (found.status !== 'refunded') refuseUnlessMove(found, 'refunded')
  const restocks = restock && !found.restocked && facts.stockHeld
  if (restocks) await giveBackStock(tx, unitsOf(order, found))
  await tx.return.update({
    where: { id },
    data: {
      status: 'refunded',
      refundId,
      refundedAt: found.refundedAt ?? new Date(),
      ...(restocks && { restocked: true }),
    },
  })
  if (found.refundId !== refundId || restocks)
    await recordAudit(tx, {
      ...{ action: 'return.refunded', subject: 'return', subjectId: found.key },
      fields: restocks ? ['amount', 'restock'] : ['amount'],
    })
}
