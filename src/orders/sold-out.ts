// The words for a product that ran out between the page and the click.
import { Problem } from '../http/problem.js'

export function soldOut(product: { id: number; name: string; stock: number | null }): Problem {
  const left = product.stock ?? 0
  return left > 0
    ? new Problem(
        409,
        'not_enough_stock',
        `Only ${left} left`,
        `There are ${left} of “${product.name}” left: choose a smaller quantity.`,
        {
          action: { href: `/pricing/${product.id}`, label: 'Change the quantity' },
        },
      )
    : new Problem(409, 'sold_out', 'Sold out', `“${product.name}” has just sold out. Nothing was charged.`, {
        action: { href: '/pricing', label: 'See what else there is' },
      })
}
