// What stands in a cart. It keeps what a shopper wants; whether that can be had is asked of the products each time.
import type { Prisma, PrismaClient, Product } from '../generated/prisma/client.js'
import { MAX_PRODUCTS, MAX_QUANTITY } from '../catalog/products.js'
import { Problem } from '../http/problem.js'

export type CartOwner = { userId: number } | { tokenHash: string }

const WITH_PRODUCTS = {
  items: { include: { product: true }, orderBy: [{ addedAt: 'asc' }, { productId: 'asc' }] },
  // Units that were taken from stock for an order of this cart are there for this cart.
  orders: { where: { status: 'pending', stockHeld: true }, select: { items: true } },
} as const satisfies Prisma.CartInclude

export type LoadedCart = Prisma.CartGetPayload<{ include: typeof WITH_PRODUCTS }>
export type LoadedItem = LoadedCart['items'][number]

/** The cart as it is now, with its products as they are now; null when there is none. */
export function loadCart(prisma: PrismaClient, owner: CartOwner): Promise<LoadedCart | null> {
  return prisma.cart.findUnique({ where: owner, include: WITH_PRODUCTS })
}

/** How many pieces are in it. */
export async function countPieces(prisma: PrismaClient, owner: CartOwner): Promise<number> {
  const { _sum } = await prisma.cartItem.aggregate({ where: { cart: owner }, _sum: { quantity: true } })
  return _sum.quantity ?? 0
}

/**
 * Adds units to what is there of the product, up to MAX_QUANTITY. Makes the cart when there is none.
 * @throws Problem 409 when the cart has MAX_PRODUCTS others
 */
export async function addToCart(
  prisma: PrismaClient,
  owner: CartOwner,
  product: Product,
  quantity: number,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    // Its lock makes changes of one cart wait for each other.
    const cart = await tx.cart.upsert({ where: owner, create: owner, update: { updatedAt: new Date() } })
    const items = await tx.cartItem.findMany({ where: { cartId: cart.id } })
    const known = items.find((item) => item.productId === product.id)
    if (!known && items.length >= MAX_PRODUCTS) throw cartFull()
    const { unitAmount, currency } = product
    const key = { cartId: cart.id, productId: product.id }
    const data = {
      quantity: Math.min(MAX_QUANTITY, quantity + (known?.quantity ?? 0)),
      unitAmount,
      currency,
    }
    await tx.cartItem.upsert({
      where: { cartId_productId: key },
      create: { ...key, ...data },
      update: data,
    })
  })
}

/**
 * Sets how many of a product are in the cart; 0 takes it out.
 * @returns false when it is not in there
 */
export async function setQuantity(
  prisma: PrismaClient,
  owner: CartOwner,
  productId: number,
  quantity: number,
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const { count: carts } = await tx.cart.updateMany({ where: owner, data: { updatedAt: new Date() } })
    if (carts === 0) return false
    const where = { cart: owner, productId }
    if (quantity === 0) return (await tx.cartItem.deleteMany({ where })).count > 0
    return (await tx.cartItem.updateMany({ where, data: { quantity } })).count > 0
  })
}

/** Notes the prices that the shopper has just been told. */
export async function notePricesTold(prisma: PrismaClient, items: readonly LoadedItem[]): Promise<void> {
  for (const { cartId, productId, product } of items.filter(hasNewPrice)) {
    const { unitAmount, currency } = product
    await prisma.cartItem.updateMany({ where: { cartId, productId }, data: { unitAmount, currency } })
  }
}

/** Whether it costs something else than when the shopper was told last. */
export function hasNewPrice({ unitAmount, currency, product }: LoadedItem): boolean {
  return unitAmount !== product.unitAmount || currency !== product.currency
}

/**
 * Puts what a guest chose into the account's cart: quantities add up, to MAX_QUANTITY at most. Other currencies and any
 * number of products are welcome: the cart's page parts what can't be paid together, so that nothing is lost.
 * @returns false when the guest had nothing
 */
export async function joinCarts(prisma: PrismaClient, tokenHash: string, userId: number): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    // Pages that are opened at once meet here; the first one finds the guest's cart.
    const [guest] = await tx.$queryRaw<{ id: number }[]>`
      SELECT id FROM "Cart" WHERE "tokenHash" = ${tokenHash} FOR UPDATE`
    if (!guest) return false
    const cart = await tx.cart.upsert({
      where: { userId },
      create: { userId },
      update: { updatedAt: new Date() },
    })
    const joined = await tx.$executeRaw`
      INSERT INTO "CartItem" ("cartId", "productId", quantity, "unitAmount", currency, "addedAt")
      SELECT ${cart.id}, "productId", quantity, "unitAmount", currency, "addedAt"
      FROM "CartItem" WHERE "cartId" = ${guest.id} ORDER BY "productId"
      ON CONFLICT ("cartId", "productId") DO UPDATE SET
        quantity = LEAST(${MAX_QUANTITY}, "CartItem".quantity + excluded.quantity),
        "unitAmount" = excluded."unitAmount", currency = excluded.currency`
    await tx.cart.delete({ where: { id: guest.id } })
    return joined > 0
  })
}

function cartFull(): Problem {
  return new Problem(
    409,
    'cart_full',
    'Your cart is full',
    `A cart has room for ${MAX_PRODUCTS} different products. Order what is in it, or take something out.`,
    { action: { href: '/cart', label: 'See your cart' } },
  )
}
