// Acknowledges what an order needs an operator for.
import type { Transaction } from '../database/client.js'
import { lockOrder } from './order-store.js'

/** Removes the order's present reasons for attention. The same reasons never come back; others may. */
export async function acknowledgeOrder(tx: Transaction, orderId: number): Promise<void> {
  const { attended, needsAttention } = await lockOrder(tx, orderId)
  const reasons = (needsAttention ?? '').split('\n').filter(Boolean)
  await tx.order.update({
    where: { id: orderId },
    data: {
      attended: [...new Set([...attended, ...reasons])],
      needsAttention: null,
      attentionAt: null,
    },
  })
}
