// Loads and changes carts. A cart stores only what the shopper wants: price and stock are read from the variants.
import type { Prisma, PrismaClient, Variant } from '../generated/prisma/client.js'
import { MAX_PRODUCTS, MAX_QUANTITY } from '../catalog/products.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'

export type CartOwner = { userId: number } | { tokenHash: string }

const WITH_PRODUCTS = {
  items: { include: { product: true, variant: true }, orderBy: [{ addedAt: 'asc' }, { variantId: 'asc' }] },
  // Stock held by an open order of this cart is available to this cart.
  orders: { where: { status: 'pending', stockHeld: true }, select: { items: true } },
} as const satisfies Prisma.CartInclude

export type LoadedCart = Prisma.CartGetPayload<{ include: typeof WITH_PRODUCTS }>
export type LoadedItem = LoadedCart['items'][number]

/** Loads a cart with what is sold now. Null when there is none. */
export function loadCart(prisma: PrismaClient, owner: CartOwner): Promise<LoadedCart | null> {
  return prisma.cart.findUnique({ where: owner, include: WITH_PRODUCTS })
}

/** Whether this guest has a cart. A browser can send any token. */
export async function hasCart(prisma: PrismaClient, tokenHash: string): Promise<boolean> {
  return (await prisma.cart.count({ where: { tokenHash } })) > 0
}

/** Counts the units in a cart. 0 without one. */
export async function countPieces(prisma: PrismaClient, owner: CartOwner): Promise<number> {
  const { _sum } = await prisma.cartItem.aggregate({ where: { cart: owner }, _sum: { quantity: true } })
  return _sum.quantity ?? 0
}

/**
 * Adds units of a variant, up to MAX_QUANTITY in total. Creates the cart if there is none.
 * @throws Problem 409 when the cart already has MAX_PRODUCTS other items
 */
export async function addToCart(
  prisma: PrismaClient,
  owner: CartOwner,
  variant: Pick<Variant, 'id' | 'productId' | 'unitAmount' | 'currency'>,
  quantity: number,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    // Updating the row locks it, so that concurrent changes of one cart wait for each other.
    const cart = await tx.cart.upsert({ where: owner, create: owner, update: { updatedAt: new Date() } })
    const items = await tx.cartItem.findMany({ where: { cartId: cart.id } })
    const existing = items.find((item) => item.variantId === variant.id)
    if (!existing && items.length >= MAX_PRODUCTS) throw cartFull()
    const { id: variantId, productId, unitAmount, currency } = variant
    const key = { cartId: cart.id, variantId }
    const data = {
      quantity: Math.min(MAX_QUANTITY, quantity + (existing?.quantity ?? 0)),
      unitAmount,
      currency,
    }
    if (existing) await tx.cartItem.updateMany({ where: key, data })
    else await tx.cartItem.create({ data: { ...key, productId, ...data } })
  })
}

/**
 * Sets the quantity of a variant in the cart. 0 removes it.
 * @returns false when the variant is not in the cart
 */
export async function setQuantity(
  prisma: PrismaClient,
  owner: CartOwner,
  variantId: number,
  quantity: number,
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const { count: carts } = await tx.cart.updateMany({ where: owner, data: { updatedAt: new Date() } })
    if (carts === 0) return false
    const where = { cart: owner, variantId }
    if (quantity === 0) return (await tx.cartItem.deleteMany({ where })).count > 0
    return (await tx.cartItem.updateMany({ where, data: { quantity } })).count > 0
  })
}

/**
 * Sets the quantities of these variants, as far as they are in the cart. 0 removes one.
 * @returns how many were changed
 */
export async function saveQuantities(
  prisma: PrismaClient,
  owner: CartOwner,
  quantities: ReadonlyMap<number, number>,
): Promise<number> {
  const items = await prisma.cartItem.findMany({
    where: { cart: owner, variantId: { in: [...quantities.keys()] } },
  })
  let changed = 0
  for (const { variantId, quantity } of items) {
    const wanted = quantities.get(variantId)
    if (wanted === undefined || wanted === quantity) continue
    if (await setQuantity(prisma, owner, variantId, wanted)) changed++
  }
  return changed
}

/** Saves the current prices of these items as those that the shopper has seen. */
export async function savePricesShown(prisma: PrismaClient, items: readonly LoadedItem[]): Promise<void> {
  for (const { cartId, variantId, variant } of items.filter(hasNewPrice)) {
    const { unitAmount, currency } = variant
    await prisma.cartItem.updateMany({ where: { cartId, variantId }, data: { unitAmount, currency } })
  }
}

/** Whether the price has changed since the shopper last saw it. */
export function hasNewPrice({ unitAmount, currency, variant }: LoadedItem): boolean {
  return unitAmount !== variant.unitAmount || currency !== variant.currency
}

/**
 * Merges a guest's cart into the account's. Quantities are added, up to MAX_QUANTITY. So that nothing is lost, neither
 * other currencies nor more than MAX_PRODUCTS items are refused here: the cart's page deals with them.
 * @returns false when the guest's cart was empty or missing
 */
export async function mergeGuestCart(
  prisma: PrismaClient,
  tokenHash: string,
  userId: number,
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    // Concurrent requests wait here for each other, and only the first one finds the guest's cart.
    const [guest] = await tx.$queryRaw<{ id: number }[]>`
      SELECT id FROM "Cart" WHERE "tokenHash" = ${tokenHash} FOR UPDATE`
    if (!guest) return false
    const cart = await tx.cart.upsert({
      where: { userId },
      create: { userId },
      update: { updatedAt: new Date() },
    })
    // Before the items, as a settlement locks them. What is paid leaves the cart that it is in now.
    await tx.order.updateMany({ where: { cartId: guest.id }, data: { cartId: cart.id } })
    const added = await tx.$executeRaw`
      UPDATE "CartItem" own SET quantity = LEAST(${MAX_QUANTITY}, own.quantity + guests.quantity),
        "unitAmount" = guests."unitAmount", currency = guests.currency
      FROM "CartItem" guests
      WHERE own."cartId" = ${cart.id} AND guests."cartId" = ${guest.id} AND guests."variantId" = own."variantId"`
    // The account's cart is locked by its update above, so nothing is added to it meanwhile.
    const moved = await tx.$executeRaw`
      UPDATE "CartItem" guests SET "cartId" = ${cart.id} WHERE guests."cartId" = ${guest.id} AND NOT EXISTS (
        SELECT FROM "CartItem" own WHERE own."cartId" = ${cart.id} AND own."variantId" = guests."variantId")`
    await tx.cart.delete({ where: { id: guest.id } })
    return added + moved > 0
  })
}

function cartFull(): Problem {
  return new Problem(409, 'cart_full', t().cart.fullTitle, t().cart.full(MAX_PRODUCTS), {
    action: { href: '/cart', label: t().cart.seeCart },
  })
}
