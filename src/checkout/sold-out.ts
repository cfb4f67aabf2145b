// The error when a product sells out while the shopper is checking out.
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { changeSelectionLink } from './change-selection-link.js'

/** @param cartId null when the product was ordered directly */
export function soldOut(
  product: { id: number; name: string; stock: number | null },
  cartId: number | null,
): Problem {
  const left = product.stock ?? 0
  const change = changeSelectionLink(product.id, cartId)
  const texts = t().checkout
  return left > 0
    ? new Problem(409, 'not_enough_stock', texts.onlyLeftTitle(left), texts.onlyLeft(product.name, left), {
        action: change,
      })
    : new Problem(409, 'sold_out', texts.soldOutTitle, texts.justSoldOut(product.name), {
        action: cartId === null ? { href: '/pricing', label: texts.seeInStock } : change,
      })
}
