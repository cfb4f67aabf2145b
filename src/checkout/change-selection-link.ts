// The link where shoppers change a selection that can't be ordered as it is.
import { variantPath } from '../catalog/variants.js'
import { t } from '../messages/index.js'

/** A variant and its product. */
export interface VariantOf {
  productId: number
  variantId: number
}

/** @param cartId null when it was ordered directly */
export function changeSelectionLink(
  { productId, variantId }: VariantOf,
  cartId: number | null,
): { href: string; label: string } {
  return cartId === null
    ? { href: variantPath(productId, variantId), label: t().checkout.changeQuantity }
    : { href: '/cart', label: t().checkout.changeCart }
}
