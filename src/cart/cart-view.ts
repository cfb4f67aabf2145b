// Builds the cart page's model: its items, which of them are available, and what keeps them from being ordered.
import { MAX_PRODUCTS, MAX_QUANTITY, maxQuantity } from '../catalog/products.js'
import { fullNameFor, variantNameFor } from '../catalog/option-names.js'
import { productName } from '../catalog/product-texts.js'
import { variantIdOf, variantPath } from '../catalog/variants.js'
import { t } from '../messages/index.js'
import { formatMoney, largestTotal, nameOfCurrency } from '../money.js'
import { hasNewPrice, type LoadedCart, type LoadedItem } from './cart.js'
import type { CartGroup, CartLine } from './view-models.js'

/** The items of one currency. They are ordered and paid together. */
export interface CartPart {
  cartId: number
  currency: string
  items: LoadedItem[]
  /** Sum of the available items, in minor units. */
  total: number
  /** Why the part can't be ordered as it is, for the shopper. Null when it can. */
  obstacle: string | null
  view: CartGroup
}

/** Splits a cart by currency, in the order in which items were added. */
export function partsOf(cart: LoadedCart | null): CartPart[] {
  if (!cart) return []
  const currencies = [...new Set(cart.items.map((item) => item.variant.currency))]
  return currencies.map((currency) => partOf(cart, currency, heldUnits(cart)))
}

function partOf(cart: LoadedCart, currency: string, held: Map<number, number>): CartPart {
  const items = cart.items.filter((item) => item.variant.currency === currency)
  const lines = items.map((item) => {
    const most = maxOrderable(item, held)
    return { item, most, obstacle: obstacleOf(item, most) }
  })
  const total = lines
    .filter(({ obstacle }) => obstacle === null)
    .reduce((sum, { item }) => sum + item.variant.unitAmount * item.quantity, 0)
  const obstacle = lines.find((line) => line.obstacle !== null)?.obstacle ?? overLimit(items, total, currency)
  return {
    cartId: cart.id,
    currency,
    items,
    total,
    obstacle,
    view: {
      currency,
      currencyName: nameOfCurrency(currency),
      lines: lines.map((line) => lineView(line.item, line.most, line.obstacle)),
      total: formatMoney(total, currency),
      totalAmount: total,
      isWhole: lines.every((line) => line.obstacle === null),
      obstacle,
    },
  }
}

/** Units by variant that open orders of this cart hold. They are available when the cart is ordered again. */
function heldUnits(cart: LoadedCart): Map<number, number> {
  const held = new Map<number, number>()
  for (const item of cart.orders.flatMap((order) => order.items)) {
    const id = variantIdOf(item)
    held.set(id, (held.get(id) ?? 0) + item.quantity)
  }
  return held
}

/** The largest quantity that can be ordered. 0 when none can. */
function maxOrderable(item: LoadedItem, held: Map<number, number>): number {
  const { variant, variantId } = item
  if (!isSold(item)) return 0
  const stock = variant.stock === null ? null : variant.stock + (held.get(variantId) ?? 0)
  return maxQuantity({ stock })
}

function isSold({ product, variant }: LoadedItem): boolean {
  return product.active && variant.active
}

/** "Stoneware mug – Red / L" */
export function nameOf({ product, variant }: LoadedItem): string {
  return fullNameFor(product, variant)
}

function obstacleOf(item: LoadedItem, most: number): string | null {
  const texts = t().cart
  if (!isSold(item)) return texts.removeNoLongerSold(nameOf(item))
  if (most === 0) return texts.removeSoldOut(nameOf(item))
  if (item.quantity > most) return texts.tooMany(nameOf(item), most)
  return null
}

function overLimit(items: LoadedItem[], total: number, currency: string): string | null {
  if (items.length > MAX_PRODUCTS) return t().cart.tooManyProducts(MAX_PRODUCTS)
  return total > largestTotal(currency) ? t().cart.tooMuch : null
}

function lineView(item: LoadedItem, most: number, obstacle: string | null): CartLine {
  const { product, variant, quantity } = item
  return {
    variantId: variant.id,
    name: productName(product),
    variantName: variantNameFor(product, variant),
    fullName: nameOf(item),
    image: variant.image ?? product.image,
    href: isSold(item) ? variantPath(product.id, variant.id) : null,
    quantity,
    maxQuantity: most,
    unitAmount: formatMoney(variant.unitAmount, variant.currency),
    unitPrice: variant.unitAmount,
    amount: most === 0 ? null : formatMoney(variant.unitAmount * quantity, variant.currency),
    problem: obstacle === null ? null : { text: problemText(isSold(item), most), fits: most, order: null },
    note: noteOf(item, obstacle),
  }
}

function problemText(sold: boolean, most: number): string {
  const texts = t().cart
  if (!sold) return texts.noLongerSold
  return most === 0 ? texts.soldOut : texts.onlyLeft(most)
}

function noteOf(item: LoadedItem, obstacle: string | null): string | null {
  if (obstacle !== null) return null
  if (hasNewPrice(item)) {
    const { variant } = item
    const now = formatMoney(variant.unitAmount, variant.currency)
    return t().cart.priceChanged(now, formatMoney(item.unitAmount, item.currency))
  }
  return item.quantity === MAX_QUANTITY ? t().cart.atMaximum(MAX_QUANTITY) : null
}
