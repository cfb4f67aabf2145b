// What a checkout page is about: one product, or the part of a cart in one currency.
import type { CartPart } from '../cart/cart-view.js'
import { maxQuantity } from '../catalog/products.js'
import { variantNameFor } from '../catalog/option-names.js'
import { productName } from '../catalog/product-texts.js'
import type { ProductRow, ProductWithVariants } from '../catalog/variants.js'
import type { Variant } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'

export interface Selection {
  /** Where its page is. The form leads there too. */
  path: string
  /** What its page's address says of it. */
  query: { variant?: number; quantity?: number; currency?: string }
  /** Null for a product that is ordered directly. */
  cartId: number | null
  items: SelectedItem[]
  currency: string
  /** Minor units. */
  itemsTotal: number
  needsDelivery: boolean
  /** The largest quantity that can be ordered of a product; 0 when it is sold out. Null for a cart. */
  maxQuantity: number | null
}

export interface SelectedItem {
  variantId: number
  productId: number
  name: string
  /** "Red / L". Empty for a product without options. */
  variantName: string
  image: string
  unitAmount: number
  quantity: number
}

/**
 * @param product with the units that the shopper can order as its stock, for a page that says how many
 * @throws Problem 404 when the variant isn't sold
 */
export function directSelection(
  product: ProductWithVariants,
  variantId: number,
  quantity: number,
): Selection {
  const variant = product.variants.find(({ id }) => id === variantId)
  if (!variant) throw notFound('product')
  const isOnly = product.variants.length === 1
  return {
    ...contentOfLines([{ product, variant, quantity }]),
    path: `/checkout/${product.id}`,
    query: { ...(!isOnly && { variant: variantId }), quantity },
    cartId: null,
    maxQuantity: maxQuantity(variant),
  }
}

/** @param isOnly whether the cart has no items in other currencies */
export function cartSelection(part: CartPart, isOnly: boolean): Selection {
  return {
    ...contentOfLines(part.items),
    path: '/checkout',
    query: isOnly ? {} : { currency: part.currency },
    cartId: part.cartId,
    maxQuantity: null,
  }
}

function contentOfLines(
  lines: readonly { product: ProductRow; variant: Variant; quantity: number }[],
): Pick<Selection, 'items' | 'currency' | 'itemsTotal' | 'needsDelivery'> {
  const items = lines.map(({ product, variant, quantity }) => ({
    variantId: variant.id,
    productId: variant.productId,
    name: productName(product),
    variantName: variantNameFor(product, variant),
    image: variant.image ?? product.image,
    unitAmount: variant.unitAmount,
    quantity,
  }))
  return {
    items,
    currency: lines[0]?.variant.currency ?? '',
    itemsTotal: items.reduce((sum, item) => sum + item.unitAmount * item.quantity, 0),
    needsDelivery: lines.some(({ product }) => product.requiresShipping),
  }
}

/** What the page showed, for its form: "12x2,15x1". */
export function contentOf({ items }: Selection): string {
  return items.map(({ variantId, quantity }) => `${variantId}x${quantity}`).join(',')
}
