// An order beside its products as they are now: what was offered long ago is not what is sold today.
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
 * Looks, before a new attempt at an order, whether its products are sold as they were ordered. A price of Stripe's
 * catalogue by which a product is no longer sold is taken off the order's row, and not only left out: whoever asks for
 * this attempt again must ask Stripe for the same.
 * @throws Problem 409 when a product is not sold any more, or costs something else now
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
