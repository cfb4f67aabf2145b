// An operator has dealt with what an order needed a person for.
import type { Transaction } from '../database/client.js'
import { lockOrder } from './order-store.js'

/** Takes the present reasons off the order; they do not come back. Others may still arise. */
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
