// From what a shopper wants to an order row, with names and prices from our own database.
import type { Transaction } from '../database/client.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { badRequest, notFound, Problem } from '../http/problem.js'
import { MAX_AMOUNT } from '../money.js'
import { MAX_QUANTITY } from '../catalog/products.js'
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

/**
 * Makes the order, or finds the shopper's own open one with exactly this content. Open orders of the same products with
 * other content are closed first, at Stripe too: what the shopper changed their mind about can't be paid any more.
 * @throws Problem for unknown or inactive products, quantities out of range, mixed currencies; when the older order was
 * paid in the meantime; when Stripe can't be reached to close it
 */
export async function placeOrder(
  parts: CheckoutParts,
  user: { id: number; email: string },
  wanted: readonly WantedItem[],
): Promise<PlacedOrder> {
  checkQuantities(wanted)
  for (const older of await findOlder(parts.database.prisma, user.id, wanted)) {
    if (!(await closeCheckout(parts, older.id))) throw paidMeanwhile(older.key)
  }
  return parts.database.prisma.$transaction(async (tx) => {
    // One placing at a time for each shopper: two tabs and a double click meet here.
    await tx.$queryRaw`SELECT id FROM "User" WHERE id = ${user.id} FOR NO KEY UPDATE`
    const lines = await priceLines(tx, wanted)
    const same = (await openOrdersFor(tx, user.id, lines)).find((order) => sameContent(order, lines))
    if (same) return { id: same.id, key: same.key, created: false }

    const order = await tx.order.create({
      data: {
        key: newOrderKey(),
        userId: user.id,
        email: user.email,
        currency: lines.currency,
        total: lines.total,
        items: { create: lines.items },
      },
    })
    return { id: order.id, key: order.key, created: true }
  })
}

/** The shopper's open orders of the same products, with another quantity or price. */
async function findOlder(prisma: PrismaClient, userId: number, wanted: readonly WantedItem[]) {
  const lines = await priceLines(prisma, wanted)
  return (await openOrdersFor(prisma, userId, lines)).filter((order) => !sameContent(order, lines))
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
  if (new Set(wanted.map((item) => item.productId)).size !== wanted.length) {
    throw badRequest('duplicate_product', 'Name each product once, with its whole quantity.')
  }
  for (const { quantity } of wanted) {
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) {
      throw badRequest('invalid_quantity', `Choose a quantity from 1 to ${MAX_QUANTITY}.`)
    }
  }
}

async function priceLines(
  tx: Pick<Transaction, 'product'>,
  wanted: readonly WantedItem[],
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

/** The shopper's open orders of exactly these products, whatever quantity or price. */
async function openOrdersFor(tx: Pick<Transaction, 'order'>, userId: number, lines: PricedLines) {
  const ids = lines.items.map((item) => item.productId)
  return tx.order.findMany({
    where: {
      userId,
      status: 'pending',
      items: { every: { productId: { in: ids } }, some: {} },
      AND: ids.map((productId) => ({ items: { some: { productId } } })),
    },
    include: { items: true },
    orderBy: { id: 'desc' },
    take: 20,
  })
}

function sameContent(order: { currency: string; items: PricedLines['items'] }, lines: PricedLines): boolean {
  return (
    order.currency === lines.currency &&
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
