// The error when a variant sells out while the shopper is checking out.
import { fullNameFor } from '../catalog/option-names.js'
import type { Product, Variant } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { changeSelectionLink } from './change-selection-link.js'

/** @param cartId null when it was ordered directly */
export function soldOut(
  variant: Pick<Variant, 'id' | 'productId' | 'optionValues' | 'stock'> & {
    product: Pick<Product, 'name' | 'translations'>
  },
  cartId: number | null,
): Problem {
  const left = variant.stock ?? 0
  const { id: variantId, productId } = variant
  const name = fullNameFor(variant.product, variant)
  const change = changeSelectionLink({ productId, variantId }, cartId)
  const texts = t().checkout
  return left > 0
    ? new Problem(409, 'not_enough_stock', texts.onlyLeftTitle(left), texts.onlyLeft(name, left), {
        action: change,
      })
    : new Problem(409, 'sold_out', texts.soldOutTitle, texts.justSoldOut(name), {
        action: cartId === null ? { href: '/pricing', label: texts.seeInStock } : change,
      })
}
