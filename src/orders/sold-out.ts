// The words for a product that ran out between the page and the click.
import { Problem } from '../http/problem.js'

const CART = { href: '/cart', label: 'Change your cart' }

/** @param fromCart whether it was ordered with others, from the cart */
export function soldOut(
  product: { id: number; name: string; stock: number | null },
  fromCart: boolean,
): Problem {
  const left = product.stock ?? 0
  const change = fromCart ? CART : { href: `/pricing/${product.id}`, label: 'Change the quantity' }
  return left > 0
    ? new Problem(
        409,
        'not_enough_stock',
        `Only ${left} left`,
        `There are ${left} of “${product.name}” left: choose a smaller quantity.`,
        { action: change },
      )
    : new Problem(409, 'sold_out', 'Sold out', `“${product.name}” has just sold out. Nothing was charged.`, {
        action: fromCart ? CART : { href: '/pricing', label: 'See what else there is' },
      })
}
