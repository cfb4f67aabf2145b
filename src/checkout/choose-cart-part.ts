// Chooses the part of a cart to order, or says why it can't be ordered. Shoppers must have seen what they order.
import { t } from '../messages/index.js'
import { hasNewPrice } from '../cart/cart.js'
import type { CartPart } from '../cart/cart-view.js'

/** What the shopper saw on the cart's page when they clicked. */
export interface Seen {
  currency?: string | undefined
  /** Minor units. */
  total?: number | undefined
}

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
  const hasChanged = seen.total === undefined ? part.items.some(hasNewPrice) : seen.total !== part.total
  if (hasChanged)
    return refuse(
      part,
      part.items.some(hasNewPrice) ? t().checkout.cartPriceChanged : t().checkout.cartChanged,
    )
  return { part, refusal: null }
}

function refuse(part: CartPart | null, refusal: string): Choice {
  return { part, refusal }
}
