// Chooses the part of a cart to order, or says why it can't be ordered. Shoppers must have seen what they order.
import { t } from '../messages/index.js'
import { hasNewPrice } from '../cart/cart.js'
import type { CartPart } from '../cart/cart-view.js'
import type { Seen } from '../cart/forms.js'

export type Choice = { part: CartPart; refusal: null } | { part: CartPart | null; refusal: string }

export function chooseCartPart(parts: readonly CartPart[], seen: Seen): Choice {
  if (parts.length === 0) return refuse(null, t().checkout.cartEmpty)
  const [first, second] = parts
  const part = seen.currency === undefined ? first : parts.find(({ currency }) => currency === seen.currency)
  if (!part) return refuse(null, t().checkout.cartChanged)
  if (seen.currency === undefined && second !== undefined) {
    const names = parts.map(({ view }) => view.currencyName)
    return refuse(null, t().checkout.cartSeveralCurrencies(names))
  }
  if (part.obstacle !== null) return refuse(part, part.obstacle)
  if (!isAsSeen(part, seen))
    return refuse(
      part,
      part.items.some(hasNewPrice) ? t().checkout.cartPriceChanged : t().checkout.cartChanged,
    )
  return { part, refusal: null }
}

function isAsSeen({ items, total }: CartPart, seen: Seen): boolean {
  const { prices } = seen
  if (prices) return items.every(({ variantId, variant }) => prices.get(variantId) === variant.unitAmount)
  return seen.total === undefined ? !items.some(hasNewPrice) : seen.total === total
}

function refuse(part: CartPart | null, refusal: string): Choice {
  return { part, refusal }
}
