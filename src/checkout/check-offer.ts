// Compares an order with what is sold now before it is paid: prices may have changed since it was placed.
import { fullNameFor } from '../catalog/option-names.js'
import { nameWithVariant, variantIdOf, variantPath } from '../catalog/variants.js'
import type { OrderItem, Product, Variant } from '../generated/prisma/client.js'
import { assertStillDelivered, type Delivered } from './order-terms.js'
import { usablePrice } from '../payments/stripe-prices.js'
import type { Transaction } from '../database/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import type { OrderFacts } from '../orders/order-facts.js'

type Ordered = Pick<OrderFacts, 'automaticTax' | 'taxBehavior'> & Delivered
type Offer = Variant & { product: Product }

/**
 * Checks before a new attempt that what was ordered is still sold and delivered at the ordered prices. Stripe prices that
 * are no longer used are removed from the order's rows, not just left out of the request: a retry of this attempt has the
 * same idempotency key and must send the same parameters.
 * @throws Problem 409 when a variant is no longer sold, its price has changed, or the delivery is not offered like that
 */
export async function assertStillOffered(tx: Transaction, order: Ordered): Promise<void> {
  const items = await tx.orderItem.findMany({
    where: { orderId: order.id },
    orderBy: { id: 'asc' },
  })
  const offers = await tx.variant.findMany({
    where: { id: { in: items.map(variantIdOf) } },
    include: { product: true },
  })
  const offerOf = (item: OrderItem) => offers.find(({ id }) => id === variantIdOf(item))
  for (const item of items) {
    const offer = offerOf(item)
    if (!offer?.active || !offer.product.active) throw noLongerSold(item)
    if (offer.unitAmount !== item.unitAmount || offer.currency !== order.currency)
      throw priceChanged(order, item.unitAmount, offer)
  }
  if (offers.some(({ product }) => product.requiresShipping)) await assertStillDelivered(tx, order)
  const outdated = items.filter((item) => {
    const offer = offerOf(item)
    const usable = offer ? usablePrice(offer, order.automaticTax ? order.taxBehavior : null) : null
    return item.stripePriceId !== null && item.stripePriceId !== usable
  })
  if (outdated.length === 0) return
  await tx.orderItem.updateMany({
    where: { id: { in: outdated.map(({ id }) => id) } },
    data: { stripePriceId: null },
  })
}

function noLongerSold({ name, variantName }: OrderItem): Problem {
  const texts = t().checkout
  const sentence = texts.noLongerSold(nameWithVariant(name, variantName))
  return new Problem(409, 'no_longer_sold', texts.noLongerSoldTitle, sentence)
}

function priceChanged({ cartId, currency }: Ordered, unitAmount: number, offer: Offer): Problem {
  const then = formatMoney(unitAmount, currency)
  const now = formatMoney(offer.unitAmount, offer.currency)
  const name = fullNameFor(offer.product, offer)
  return new Problem(
    409,
    'price_changed',
    t().checkout.priceChangedTitle,
    t().checkout.priceChanged(name, then, now),
    {
      action:
        cartId === null
          ? { href: variantPath(offer.productId, offer.id), label: t().checkout.viewProduct }
          : { href: '/cart', label: t().checkout.viewCart },
    },
  )
}
