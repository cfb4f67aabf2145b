// Names the units of an order.
import { nameWithVariant } from '../catalog/variants.js'
import type { OrderRecord } from '../orders/order-record.js'

/** "2 × Stoneware mug, 1 × Bowl" */
export function unitsText(
  order: WithNames,
  units: readonly { orderItemId: number; quantity: number }[],
): string {
  return units.map(({ orderItemId, quantity }) => `${quantity} × ${nameOf(order, orderItemId)}`).join(', ')
}

interface WithNames {
  items: readonly Pick<OrderRecord['items'][number], 'id' | 'name' | 'variantName'>[]
}

export function nameOf({ items }: WithNames, id: number): string {
  const item = items.find((one) => one.id === id)
  return item ? nameWithVariant(item.name, item.variantName) : ''
}
