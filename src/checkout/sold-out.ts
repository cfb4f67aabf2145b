// The words for a product that ran out between the page and the click.
import { onlyLeft } from '../catalog/products.js'
import { Problem } from '../http/problem.js'
import { changeSelectionLink } from './change-selection-link.js'

/** @param cartId the cart from which it was ordered with others; null when it was ordered by itself */
export function soldOut(
  product: { id: number; name: string; stock: number | null },
  cartId: number | null,
): Problem {
  const left = product.stock ?? 0
  const change = changeSelectionLink(product.id, cartId)
  return left > 0
    ? new Problem(
        409,
        'not_enough_stock',
        `Only ${left} left`,
        `${onlyLeft(left)} of “${product.name}”: choose a smaller quantity.`,
        { action: change },
      )
    : new Problem(409, 'sold_out', 'Sold out', `“${product.name}” has just sold out. Nothing was charged.`, {
        action: cartId === null ? { href: '/pricing', label: 'See what else there is' } : change,
      })
}
