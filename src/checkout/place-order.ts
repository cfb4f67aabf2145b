// From what a shopper wants to an order row, with names and prices from our own database.
import type { Transaction } from '../database/client.js'
import { badRequest, notFound, Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { MAX_AMOUNT } from '../money.js'
import { MAX_PRODUCTS, MAX_QUANTITY } from '../catalog/products.js'
import { usablePrice } from '../payments/stripe-prices.js'
import { beginAttempt } from './begin-attempt.js'
import { PATIENCE_MS } from './close-checkout.js'
import { closeCompetingOrders, orderBusy } from './close-competing-orders.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { lockShopper, openOrders, type OpenOrder } from '../orders/open-orders.js'
import { newOrderKey } from '../orders/order-key.js'
import { changeSelectionLink } from './change-selection-link.js'

export interface WantedItem {
  productId: number
  quantity: number
}

export interface PlacedOrder {
  id: number
  userId: number
  key: string
  /** False when an order of the same content was open already: a second click is the same order. */
  created: boolean
  /** The attempt that is open, if one is. */
  attemptId: string | null
}

export interface PlaceOptions {
  /** The cart that is ordered; null when products are ordered by themselves. */
  cartId?: number | null
  /** Whether the same click goes on to Stripe: the first attempt begins with the order. */
  payNow?: boolean
}

/**
 * Makes the order, or finds the shopper's own open one with exactly this content. Open orders that it takes the place of
 * are closed first, at Stripe too: what the shopper changed their mind about can't be paid any more. These are orders of
 * the same products, and those of the same cart in the same currency.
 * @throws Problem for unknown or inactive products, quantities out of range, mixed currencies; when the older order was
 * paid in the meantime; when a later click has taken the place of this one; when Stripe can't be reached to close it; and,
 * to be paid now, when too few units are left
 */
export async function placeOrder(
  deps: PaymentDeps,
  user: { id: number; email: string },
  wanted: readonly WantedItem[],
  options: PlaceOptions = {},
): Promise<PlacedOrder> {
  checkQuantities(wanted, options.cartId ?? null)
  const deadline = Date.now() + PATIENCE_MS
  const closed = new Set<number>()
  while (Date.now() < deadline) {
    const { placed, older } = await deps.database.prisma.$transaction((tx) =>
      place(tx, user, wanted, options),
    )
    if (placed) return placed
    await closeCompetingOrders(deps, older, closed, deadline)
  }
  throw orderBusy()
}

type Placing =
  | { placed: PlacedOrder; older: [] }
  /** These must be closed first. */
  | { placed: null; older: OpenOrder[] }

async function place(
  tx: Transaction,
  user: { id: number; email: string },
  wanted: readonly WantedItem[],
  { cartId = null, payNow = false }: PlaceOptions,
): Promise<Placing> {
  await lockShopper(tx, user.id)
  const lines = await priceLines(tx, wanted, cartId)
  const productIds = wanted.map((item) => item.productId)
  const open = await openOrders(tx, { userId: user.id, productIds, cartId, currency: lines.currency })
  const isSame = (order: OpenOrder) => order.cartId === cartId && sameContent(order, lines)
  const older = open.filter((order) => !isSame(order))
  if (older.length > 0) return { placed: null, older }
  const [same] = open
  if (same) {
    const attemptId = same.attempts[0]?.id ?? null
    return { placed: { id: same.id, userId: user.id, key: same.key, created: false, attemptId }, older: [] }
  }

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
    include: { items: true, attempts: true },
  })
  // In one transaction: no other click ever sees this order without the attempt that it must close.
  const attemptId = payNow ? (await beginAttempt(tx, order)).id : null
  return { placed: { id: order.id, userId: user.id, key: order.key, created: true, attemptId }, older: [] }
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

function checkQuantities(wanted: readonly WantedItem[], cartId: number | null): void {
  if (wanted.length === 0) throw badRequest('empty_order', t().checkout.chooseProduct)
  if (wanted.length > MAX_PRODUCTS) {
    throw badRequest('too_many_products', t().checkout.tooManyProducts(MAX_PRODUCTS))
  }
  if (new Set(wanted.map((item) => item.productId)).size !== wanted.length) {
    throw badRequest('duplicate_product', t().checkout.duplicateProduct)
  }
  for (const { productId, quantity } of wanted) {
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) {
      throw invalidQuantity(productId, cartId)
    }
  }
}

async function priceLines(
  tx: Transaction,
  wanted: readonly WantedItem[],
  cartId: number | null,
): Promise<PricedLines> {
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
    throw badRequest('mixed_currencies', t().checkout.mixedCurrencies)
  }
  const total = items.reduce((sum, item) => sum + item.unitAmount * item.quantity, 0)
  if (total > MAX_AMOUNT) throw tooLarge(wanted, cartId)
  return { items, currency, total }
}

/** @param cartId null when the product was ordered by itself */
export function invalidQuantity(productId: number, cartId: number | null = null): Problem {
  return new Problem(
    400,
    'invalid_quantity',
    t().checkout.invalidQuantityTitle,
    t().checkout.invalidQuantity(MAX_QUANTITY),
    { action: changeSelectionLink(productId, cartId) },
  )
}

function tooLarge([first]: readonly WantedItem[], cartId: number | null): Problem {
  return new Problem(
    400,
    'order_too_large',
    t().checkout.orderTooLargeTitle,
    t().checkout.orderTooLarge,
    first && { action: changeSelectionLink(first.productId, cartId) },
  )
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
