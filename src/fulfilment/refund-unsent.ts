// Refunds units before they are sent: they are not sent any more, and can go on sale again.
import type { Transaction } from '../database/client.js'
import type { Refund } from '../generated/prisma/client.js'
import type { OrderFacts } from '../orders/order-facts.js'
import { newReturnKey } from '../orders/order-key.js'
import { giveBackStock } from '../orders/stock.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { refundOrder } from '../payments/refunds.js'
import {
  lockFulfilment,
  refused,
  refuseUnlessLeft,
  storeFulfilment,
  summed,
  unitsOf,
  type Units,
} from './locked-order.js'
import { shareOf } from './return-share.js'

export interface UnsentRefund {
  lines: readonly Units[]
  /** Minor units of the order's currency. Null: what was paid for the units. */
  amount: number | null
  /** Whether the units go on sale again. */
  restock: boolean
  /** Requests with the same key are one refund. Null: every request is a refund of its own. */
  requestKey: string | null
}

/**
 * @returns the refund's row, after Stripe's answer
 * @throws Problem, for the operator, as `refundOrder` does, or when fewer units are left to send
 */
export async function refundUnsent(
  deps: PaymentDeps,
  orderId: number,
  wanted: UnsentRefund,
): Promise<Refund> {
  const { amount, requestKey, restock } = wanted
  const lines = summed(wanted.lines)
  const share = await deps.database.prisma.$transaction((tx) => shareOfUnsent(tx, orderId, lines, requestKey))
  if ((amount ?? share) === 0)
    throw refused('nothing_paid', 'Nothing was paid for these items: there is nothing to refund.')
  return refundOrder(deps, orderId, {
    amount: amount ?? share,
    // The order's own restocking is for all of its units.
    restock: false,
    requestKey,
    withRow: (tx, facts, refundId) => recordUnsent(tx, facts, { orderId, refundId, lines, restock }),
  })
}

/** @returns null when the key's refund is known */
async function shareOfUnsent(
  tx: Transaction,
  orderId: number,
  lines: readonly Units[],
  requestKey: string | null,
): Promise<number | null> {
  const { facts, order } = await lockFulfilment(tx, orderId)
  const known = requestKey === null ? null : await findRefund(tx, requestKey)
  if (known) {
    if (known.return?.unsent === true) return null
    throw refused('key_reused', 'That key belongs to another refund.')
  }
  refuseUnlessLeft(order, lines)
  return shareOf(facts, order, { id: 0, status: 'requested', items: lines })
}

function findRefund(tx: Transaction, requestKey: string) {
  return tx.refund.findUnique({ where: { requestKey }, select: { return: { select: { unsent: true } } } })
}

/** In one transaction with the refund's row. A refund that is continued is recorded already. */
async function recordUnsent(
  tx: Transaction,
  facts: OrderFacts,
  wanted: { orderId: number; refundId: string; lines: readonly Units[]; restock: boolean },
): Promise<void> {
  const { orderId, refundId, lines, restock } = wanted
  if ((await tx.return.count({ where: { refundId } })) > 0) return
  const { order } = await lockFulfilment(tx, orderId)
  refuseUnlessLeft(order, lines)
  const restocked = restock && facts.stockHeld
  if (restocked) await giveBackStock(tx, unitsOf(order, { items: lines }))
  const created = await tx.return.create({
    data: {
      ...{ key: newReturnKey(), orderId, refundId, restocked },
      ...{ status: 'refunded', unsent: true, reason: '', refundedAt: new Date() },
      items: { create: [...lines] },
    },
    include: { items: true },
  })
  await storeFulfilment(tx, { ...order, returns: [...order.returns, created] })
}
