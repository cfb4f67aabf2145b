// The cart's page: what is in it, what of it can be had, and what must be changed before it can be ordered.
import { MAX_PRODUCTS, MAX_QUANTITY, maxQuantity } from '../catalog/products.js'
import { t } from '../messages/index.js'
import { formatMoney, MAX_AMOUNT, nameOfCurrency } from '../money.js'
import { hasNewPrice, type LoadedCart, type LoadedItem } from './cart.js'
import type { CartGroup, CartLine } from './view-models.js'

/** What is paid together: the items of one currency. */
export interface CartPart {
  cartId: number
  currency: string
  items: LoadedItem[]
  /** Of what can be had, in minor units. */
  total: number
  /** Why it can't be ordered as it is, in words for the shopper; null when it can. */
  obstacle: string | null
  view: CartGroup
}

/** The parts of a cart, in the order in which it was filled. */
export function partsOf(cart: LoadedCart | null): CartPart[] {
  if (!cart) return []
  const currencies = [...new Set(cart.items.map((item) => item.product.currency))]
  return currencies.map((currency) => partOf(cart, currency, heldUnits(cart)))
}

function partOf(cart: LoadedCart, currency: string, held: Map<number, number>): CartPart {
  const items = cart.items.filter((item) => item.product.currency === currency)
  const lines = items.map((item) => {
    const most = mostOf(item, held)
    return { item, most, obstacle: obstacleOf(item, most) }
  })
  const total = lines
    .filter(({ obstacle }) => obstacle === null)
    .reduce((sum, { item }) => sum + item.product.unitAmount * item.quantity, 0)
  const obstacle = lines.find((line) => line.obstacle !== null)?.obstacle ?? tooMuch(items, total)
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

/** Units that open orders of this cart have taken from stock: they are there for whoever orders it again. */
function heldUnits(cart: LoadedCart): Map<number, number> {
  const held = new Map<number, number>()
  for (const { productId, quantity } of cart.orders.flatMap((order) => order.items))
    held.set(productId, (held.get(productId) ?? 0) + quantity)
  return held
}

/** How many units can be had; 0 when none. */
function mostOf({ product, productId }: LoadedItem, held: Map<number, number>): number {
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

function tooMuch(items: LoadedItem[], total: number): string | null {
  if (items.length > MAX_PRODUCTS) return t().cart.tooManyProducts(MAX_PRODUCTS)
  return total > MAX_AMOUNT ? t().cart.tooMuch : null
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
