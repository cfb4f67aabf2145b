// Builds the cart page's model: its items, which of them are available, and what keeps them from being ordered.
import { MAX_PRODUCTS, MAX_QUANTITY, maxQuantity } from '../catalog/products.js'
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
  const currencies = [...new Set(cart.items.map((item) => item.product.currency))]
  return currencies.map((currency) => partOf(cart, currency, heldUnits(cart)))
}

function partOf(cart: LoadedCart, currency: string, held: Map<number, number>): CartPart {
  const items = cart.items.filter((item) => item.product.currency === currency)
  const lines = items.map((item) => {
    const most = maxOrderable(item, held)
    return { item, most, obstacle: obstacleOf(item, most) }
  })
  const total = lines
    .filter(({ obstacle }) => obstacle === null)
    .reduce((sum, { item }) => sum + item.product.unitAmount * item.quantity, 0)
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

/** Units by product that open orders of this cart hold. They are available when the cart is ordered again. */
function heldUnits(cart: LoadedCart): Map<number, number> {
  const held = new Map<number, number>()
  for (const { productId, quantity } of cart.orders.flatMap((order) => order.items))
    held.set(productId, (held.get(productId) ?? 0) + quantity)
  return held
}

/** The largest quantity that can be ordered. 0 when none can. */
function maxOrderable({ product, productId }: LoadedItem, held: Map<number, number>): number {
  if (!product.active) return 0
  const stock = product.stock === null ? null : product.stock + (held.get(productId) ?? 0)
  return maxQuantity({ stock })
}

function obstacleOf({ product, quantity }: LoadedItem, most: number): string | null {
  const texts = t().cart
  if (!product.active) return texts.removeNoLongerSold(product.name)
  if (most === 0) return texts.removeSoldOut(product.name)
  if (quantity > most) return texts.tooMany(product.name, most)
  return null
}

function overLimit(items: LoadedItem[], total: number, currency: string): string | null {
  if (items.length > MAX_PRODUCTS) return t().cart.tooManyProducts(MAX_PRODUCTS)
  return total > largestTotal(currency) ? t().cart.tooMuch : null
}

function lineView(item: LoadedItem, most: number, obstacle: string | null): CartLine {
  const { product, quantity } = item
  return {
    productId: product.id,
    name: product.name,
    image: product.image,
    href: product.active ? `/pricing/${product.id}` : null,
    quantity,
    maxQuantity: most,
    unitAmount: formatMoney(product.unitAmount, product.currency),
    unitPrice: product.unitAmount,
    amount: most === 0 ? null : formatMoney(product.unitAmount * quantity, product.currency),
    problem: obstacle === null ? null : { text: problemText(product.active, most), fits: most },
    note: noteOf(item, obstacle),
  }
}

function problemText(active: boolean, most: number): string {
  const texts = t().cart
  if (!active) return texts.noLongerSold
  return most === 0 ? texts.soldOut : texts.onlyLeft(most)
}

function noteOf(item: LoadedItem, obstacle: string | null): string | null {
  if (obstacle !== null) return null
  if (hasNewPrice(item)) {
    const { product } = item
    const now = formatMoney(product.unitAmount, product.currency)
    return t().cart.priceChanged(now, formatMoney(item.unitAmount, item.currency))
  }
  return item.quantity === MAX_QUANTITY ? t().cart.atMaximum(MAX_QUANTITY) : null
}
