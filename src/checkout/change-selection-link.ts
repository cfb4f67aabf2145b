// Links to the pages where shoppers review or change what they are about to order.
import { variantPath } from '../catalog/variants.js'
import { t } from '../messages/index.js'

/** What is ordered directly from a product's page. */
export interface Selection {
  productId: number
  variantId: number
}

/**
 * The link where a selection that can't be ordered as it is can be changed.
 * @param cartId null when it was ordered directly
 */
export function changeSelectionLink(
  { productId, variantId }: Selection,
  cartId: number | null,
): { href: string; label: string } {
  return cartId === null
    ? { href: variantPath(productId, variantId), label: t().checkout.changeQuantity }
    : { href: '/cart', label: t().checkout.changeCart }
}

/** The page on which a selection is reviewed and paid. */
export function reviewPath({ productId, variantId }: Selection, quantity: number): string {
  const variant = variantId === productId ? '' : `variant_id=${variantId}&`
  return `/checkout/${productId}?${variant}quantity=${quantity}`
}
