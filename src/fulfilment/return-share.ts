// What was paid for the units of a return: their part of the lines, after discounts and with tax.
import type { OrderFacts } from '../orders/order-facts.js'
import { paidParts, roundDown } from '../payments/paid-parts.js'

interface Returned {
  id: number
  status: string
  items: readonly { orderItemId: number; quantity: number }[]
}

/**
 * In minor units of the order's currency, without delivery. The shares of all units of a line add up to what was paid for
 * it, however they are spread over returns.
 * @param order with all returns: those refunded before count as returned first
 */
export function shareOf(
  facts: Pick<OrderFacts, 'items' | 'attempts' | 'shippingTotal' | 'taxBehavior' | 'currency'>,
  order: {
    items: readonly { id: number; variantId: number | null; productId: number }[]
    returns: readonly Returned[]
  },
  returned: Returned,
): number {
  const { lines: paid } = paidParts(facts)
  return returned.items.reduce((sum, { orderItemId, quantity }) => {
    const line = order.items.find(({ id }) => id === orderItemId)
    const index = facts.items.findIndex(({ variantId }) => variantId === (line?.variantId ?? line?.productId))
    const item = facts.items[index]
    if (item === undefined) return sum
    const before = refundedBefore(order.returns, returned.id, orderItemId)
    const upTo = (units: number) =>
      roundDown(Math.floor(((paid[index] ?? 0) * units) / item.quantity), facts.currency)
    return sum + upTo(Math.min(item.quantity, before + quantity)) - upTo(before)
  }, 0)
}

function refundedBefore(returns: readonly Returned[], ownId: number, orderItemId: number): number {
  return returns
    .filter(({ id, status }) => id !== ownId && status === 'refunded')
    .flatMap(({ items }) => items)
    .filter((item) => item.orderItemId === orderItemId)
    .reduce((sum, { quantity }) => sum + quantity, 0)
}
