// Where a shopper changes their selection when it can't be ordered as it is.
import { t } from '../messages/index.js'

/** @param cartId null when the product was ordered by itself */
export function changeSelectionLink(
  productId: number,
  cartId: number | null,
): { href: string; label: string } {
  return cartId === null
    ? { href: `/pricing/${productId}`, label: t().checkout.changeQuantity }
    : { href: '/cart', label: t().checkout.changeCart }
}
