// Finds the part of a cart that a request means, if it can be ordered.
import { loadCart, type CartOwner } from '../cart/cart.js'
import { partsOf, type CartPart } from '../cart/cart-view.js'
import { chooseCartPart } from '../checkout/choose-cart-part.js'
import type { WantedItem } from '../checkout/price-lines.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'

export interface WantedCart {
  part: CartPart
  items: WantedItem[]
}

/**
 * @param currency of the part. Undefined: the cart has only one
 * @param isPriceKnown whether the shopper has seen prices that have changed since
 * @throws Problem 409 when the cart is empty or can't be ordered as it is, 400 when it has several currencies
 */
export async function wantedCart(
  prisma: PrismaClient,
  owner: CartOwner | null,
  currency: string | undefined,
  isPriceKnown: boolean,
): Promise<WantedCart> {
  const parts = partsOf(owner && (await loadCart(prisma, owner)))
  const prices = new Map(
    parts.flatMap(({ items }) => items.map(({ variantId, variant }) => [variantId, variant.unitAmount])),
  )
  const { part, refusal } = chooseCartPart(parts, { currency, ...(isPriceKnown && { prices }) })
  if (part === null || refusal !== null) throw cartRefused(parts, part, currency, refusal ?? '')
  return { part, items: part.items.map(({ variantId, quantity }) => ({ variantId, quantity })) }
}

function cartRefused(
  parts: readonly CartPart[],
  part: CartPart | null,
  currency: string | undefined,
  text: string,
): Problem {
  const title = t().errors.badRequestTitle
  if (part === null && parts.length > 1 && currency === undefined)
    return new Problem(400, 'mixed_currencies', title, text)
  if (part === null) return new Problem(409, 'cart_empty', title, text)
  if (part.obstacle !== null) return new Problem(409, 'cart_unavailable', title, text)
  return new Problem(409, 'price_changed', t().checkout.priceChangedTitle, text)
}
