// From what a shopper wants to an order row, with names and prices from our own database.
import type { Transaction } from '../database/client.js'
import { badRequest, notFound, Problem } from '../http/problem.js'
import { MAX_AMOUNT } from '../money.js'
import { MAX_PRODUCTS, MAX_QUANTITY } from '../catalog/products.js'
import { usablePrice } from '../catalog/stripe-prices.js'
import { closeCheckout, type CheckoutParts } from '../payments/open-checkout.js'
import { newOrderKey } from './order-key.js'

export interface WantedItem {
  productId: number
  quantity: number
}

export interface PlacedOrder {
  id: number
  key: string
  /** False when an order of the same content was open already: a second click is the same order. */
  created: boolean
}

/** Two tabs that change their mind against each other are told to try again. */
const ROUNDS = 5

/**
 * Makes the order, or finds the shopper's own open one with exactly this content. Open orders that it takes the place of
 * are closed first, at Stripe too: what the shopper changed their mind about can't be paid any more. These are orders of
 * the same products, and those of the same cart in the same currency.
 * @param cartId the cart that is ordered; null when products are ordered by themselves
 * @throws Problem for unknown or inactive products, quantities out of range, mixed currencies; when the older order was
 * paid in the meantime; when Stripe can't be reached to close it
 */
export async function placeOrder(
  parts: CheckoutParts,
  user: { id: number; email: string },
  wanted: readonly WantedItem[],
  cartId: number | null = null,
): Promise<PlacedOrder> {
  checkQuantities(wanted)
  for (let round = 0; round < ROUNDS; round++) {
    const { placed, older } = await parts.database.prisma.$transaction((tx) =>
      place(tx, user, wanted, cartId),
    )
    if (placed) return placed
    for (const { id, key } of older) if (!(await closeCheckout(parts, id))) throw paidMeanwhile(key)
  }
  throw new Problem(
    503,
    'order_busy',
    'Please try again',
    'Another order of the same is being changed. Nothing was charged.',
    { retryAfter: 2 },
  )
}

type Placing =
  | { placed: PlacedOrder; older: [] }
  /** These must be closed first. */
  | { placed: null; older: { id: number; key: string }[] }

async function place(
  tx: Transaction,
  user: { id: number; email: string },
  wanted: readonly WantedItem[],
  cartId: number | null,
): Promise<Placing> {
  // One placing at a time for each shopper: two tabs and a double click meet here.
  await tx.$queryRaw`SELECT id FROM "User" WHERE id = ${user.id} FOR NO KEY UPDATE`
  const lines = await priceLines(tx, wanted)
  const open = await openOrders(tx, user.id, lines, cartId)
  const isSame = (order: OpenOrder) => order.cartId === cartId && sameContent(order, lines)
  const older = open.filter((order) => !isSame(order))
  if (older.length > 0) return { placed: null, older }
  const [same] = open
  if (same) return { placed: { id: same.id, key: same.key, created: false }, older: [] }

  const order = await tx.order.create({
    data: {
      key: newOrderKey(),
      userId: user.id,
      cartId,
      email: user.email,
      currency: lines.currency,
      total: lines.total,
      items: { create: lines.items },
    },
  })
  return { placed: { id: order.id, key: order.key, created: true }, older: [] }
}

function paidMeanwhile(key: string): Problem {
  return new Problem(
    409,
    'already_paid',
    'You have just paid for this',
    'Your earlier order of the same was paid in the meantime. Look at it before you buy more.',
    { action: { href: `/orders/${key}`, label: 'See the order' } },
  )
}

interface PricedLines {
  items: {
    productId: number
    name: string
    unitAmount: number
    quantity: number
    stripePriceId: string | null
  }[]
  currency: string
  total: number
}

function checkQuantities(wanted: readonly WantedItem[]): void {
  if (wanted.length === 0) throw badRequest('empty_order', 'Choose at least one product.')
  if (wanted.length > MAX_PRODUCTS) {
    throw badRequest('too_many_products', `An order has at most ${MAX_PRODUCTS} different products.`)
  }
  if (new Set(wanted.map((item) => item.productId)).size !== wanted.length) {
    throw badRequest('duplicate_product', 'Name each product once, with its whole quantity.')
  }
  for (const { quantity } of wanted) {
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) {
      throw badRequest('invalid_quantity', `Choose a quantity from 1 to ${MAX_QUANTITY}.`)
    }
  }
}

async function priceLines(tx: Transaction, wanted: readonly WantedItem[]): Promise<PricedLines> {
  const products = await tx.product.findMany({
    where: { id: { in: wanted.map((item) => item.productId) }, active: true },
  })
  const items = wanted.map(({ productId, quantity }) => {
    const product = products.find((candidate) => candidate.id === productId)
    if (!product) throw notFound('product')
    const { name, unitAmount } = product
    return { productId, name, unitAmount, quantity, stripePriceId: usablePrice(product) }
  })
  const currencies = new Set(products.map((product) => product.currency))
  const [currency] = currencies
  if (!currency || currencies.size > 1) {
    throw badRequest(
      'mixed_currencies',
      'An order is paid in one currency: order products of another currency separately.',
    )
  }
  const total = items.reduce((sum, item) => sum + item.unitAmount * item.quantity, 0)
  if (total > MAX_AMOUNT)
    throw badRequest('order_too_large', 'That is more than can be paid at once: choose fewer units.')
  return { items, currency, total }
}

type OpenOrder = Awaited<ReturnType<typeof openOrders>>[number]

/** The shopper's open orders of exactly these products, whatever quantity or price, and those of this cart. */
async function openOrders(tx: Transaction, userId: number, lines: PricedLines, cartId: number | null) {
  const ids = lines.items.map((item) => item.productId)
  const sameProducts = {
    items: { every: { productId: { in: ids } }, some: {} },
    AND: ids.map((productId) => ({ items: { some: { productId } } })),
  }
  return tx.order.findMany({
    where: {
      userId,
      status: 'pending',
      OR: [sameProducts, ...(cartId === null ? [] : [{ cartId, currency: lines.currency }])],
    },
    include: { items: true },
    orderBy: { id: 'desc' },
    take: 20,
  })
}

function sameContent(order: { currency: string; items: PricedLines['items'] }, lines: PricedLines): boolean {
  return (
    order.currency === lines.currency &&
    order.items.length === lines.items.length &&
    lines.items.every((line) =>
      order.items.some(
        (item) =>
          item.productId === line.productId &&
          item.quantity === line.quantity &&
          item.unitAmount === line.unitAmount &&
          item.stripePriceId === line.stripePriceId,
      ),
    )
  )
}
