// Which part of a cart is to be ordered, or why not: nobody orders what they did not see.
import { hasNewPrice } from '../cart/cart.js'
import type { CartPart } from '../cart/cart-view.js'

/** What the page sends that the shopper looked at. */
export interface Seen {
  currency?: string | undefined
  /** Minor units. */
  total?: number | undefined
}

export type Choice = { part: CartPart; refusal: null } | { part: CartPart | null; refusal: string }

export function chooseCartPart(parts: readonly CartPart[], seen: Seen): Choice {
  if (parts.length === 0) return refuse(null, 'Your cart is empty: there is nothing to order.')
  const [first, second] = parts
  const part = seen.currency === undefined ? first : parts.find(({ currency }) => currency === seen.currency)
  if (!part) return refuse(null, CHANGED)
  if (seen.currency === undefined && second !== undefined) {
    const names = parts.map(({ view }) => view.currencyName).join(' and in ')
    return refuse(
      null,
      `Your cart has prices in ${names}. An order is paid in one currency: choose which to check out first.`,
    )
  }
  if (part.obstacle !== null) return refuse(part, part.obstacle)
  const isNews = seen.total === undefined ? part.items.some(hasNewPrice) : seen.total !== part.total
  if (isNews) return refuse(part, part.items.some(hasNewPrice) ? NEW_PRICE : CHANGED)
  return { part, refusal: null }
}

const NEW_PRICE =
  'A price has changed since you chose these, so nothing was ordered. Look at the new total, and check out if it is right.'
const CHANGED =
  'Your cart has changed since that page was opened, so nothing was ordered. Look through it, and check out if it is right.'

function refuse(part: CartPart | null, refusal: string): Choice {
  return { part, refusal }
}
