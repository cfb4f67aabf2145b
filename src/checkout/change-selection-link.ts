// The link where shoppers change a selection that can't be ordered as it is.
import { t } from '../messages/index.js'

/** @param cartId null when the product was ordered directly */
export function changeSelectionLink(
  productId: number,
  cartId: number | null,
): { href: string; label: string } {
  return cartId === null
    ? { href: `/pricing/${productId}`, label: t().checkout.changeQuantity }
    : { href: '/cart', label: t().checkout.changeCart }
}
