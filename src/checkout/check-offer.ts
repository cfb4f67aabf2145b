// Compares an order with its current products before it is paid: prices may have changed since it was placed.
import { usablePrice } from '../payments/stripe-prices.js'
import type { Transaction } from '../database/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import type { OrderFacts } from '../orders/order-facts.js'

type Ordered = Pick<OrderFacts, 'id' | 'cartId' | 'currency'>
interface Offer {
  id: number
  name: string
  unitAmount: number
  currency: string
}

/**
 * Checks before a new attempt that the order's products are still sold at the ordered prices. Stripe prices that are no
 * longer used are removed from the order's rows, not just left out of the request: a retry of this attempt has the same
 * idempotency key and must send the same parameters.
 * @throws Problem 409 when a product is no longer sold or its price has changed
 */
export async function assertStillOffered(tx: Transaction, order: Ordered): Promise<void> {
  const items = await tx.orderItem.findMany({
    where: { orderId: order.id },
    include: { product: true },
    orderBy: { id: 'asc' },
  })
  for (const { unitAmount, product } of items) {
    if (!product.active) throw noLongerSold(product)
    if (product.unitAmount !== unitAmount || product.currency !== order.currency)
      throw priceChanged(order, unitAmount, product)
  }
  const outdated = items.filter(
    ({ stripePriceId, product }) => stripePriceId !== null && stripePriceId !== usablePrice(product),
  )
  if (outdated.length === 0) return
  await tx.orderItem.updateMany({
    where: { id: { in: outdated.map(({ id }) => id) } },
    data: { stripePriceId: null },
  })
}

function noLongerSold({ name }: Offer): Problem {
  return new Problem(409, 'no_longer_sold', t().checkout.noLongerSoldTitle, t().checkout.noLongerSold(name))
}

function priceChanged({ cartId, currency }: Ordered, unitAmount: number, product: Offer): Problem {
  const then = formatMoney(unitAmount, currency)
  const now = formatMoney(product.unitAmount, product.currency)
  return new Problem(
    409,
    'price_changed',
    t().checkout.priceChangedTitle,
    t().checkout.priceChanged(product.name, then, now),
    {
      action:
        cartId === null
          ? { href: `/pricing/${product.id}`, label: t().checkout.viewProduct }
          : { href: '/cart', label: t().checkout.viewCart },
    },
  )
}
