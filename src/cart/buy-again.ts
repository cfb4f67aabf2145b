// Puts the items of an earlier order into the cart, as far as they are still sold.
import type { Request, Response } from 'express'
import { maxQuantity } from '../catalog/products.js'
import { nameWithVariant, variantIdOf } from '../catalog/variants.js'
import type { PrismaClient, Variant } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { orderNumber } from '../orders/order-key.js'
import type { OrderWithLines } from '../orders/order-with-lines.js'
import { ownOrder } from '../orders/own-order.js'
import { visitorOf } from '../orders/visitor.js'
import { addToCart, type LoadedCart } from './cart.js'
import { cartToAddTo, type CartDeps } from './change-cart.js'

interface Wanted {
  /** Null: it is no longer sold. */
  variant: Variant | null
  name: string
  quantity: number
  /** How many of them can be bought. */
  left: number
}

/**
 * Adds what can still be bought of an order.
 * @throws Problem 404 when the visitor may not see the order
 */
export async function buyAgain(deps: CartDeps, request: Request, response: Response): Promise<void> {
  const { prisma } = deps.database
  const order = await ownOrder(prisma, request.params['orderKey'], visitorOf(request))
  const available = (await wantedOf(prisma, order)).filter(({ left }) => left > 0)
  if (available.length > 0) {
    const { owner, keep } = await cartToAddTo(deps, request)
    for (const { variant, left } of available)
      if (variant !== null) await addToCart(prisma, owner, variant, left).catch(unlessFull)
    keep(response)
  }
  response.redirect(303, `/cart?again=${order.key}`)
}

/** The cart's page says which items did not fit. */
function unlessFull(error: unknown): void {
  if (!(error instanceof Problem) || error.status !== 409) throw error
}

/** Says what came of it, for the cart's page. Null when the visitor may not see such an order. */
export async function againNotice(
  { prisma }: CartDeps['database'],
  request: Request,
  cart: LoadedCart | null,
): Promise<Notice | null> {
  const order = await ownOrder(prisma, request.query['again'], visitorOf(request)).catch(() => null)
  if (order === null) return null
  const texts = t().cart
  const wanted = await wantedOf(prisma, order)
  const isIn = ({ variant }: Wanted) =>
    cart?.items.some(({ variantId }) => variantId === variant?.id) ?? false
  const missing = wanted.filter((one) => !isIn(one)).map(({ name }) => texts.againMissing(name))
  const fewer = wanted
    .filter((one) => isIn(one) && one.left < one.quantity)
    .map(({ name, left }) => texts.againFewer(name, left))
  const added = wanted.some(isIn) ? [texts.again(orderNumber(order.key))] : []
  return {
    kind: added.length > 0 ? 'success' : 'info',
    text: [...added, ...fewer, ...missing].join(' '),
  }
}

async function wantedOf(prisma: PrismaClient, { items }: OrderWithLines): Promise<Wanted[]> {
  const variants = await prisma.variant.findMany({
    where: { id: { in: items.map(variantIdOf) }, active: true, product: { active: true } },
  })
  return items.map((item) => {
    const variant = variants.find(({ id }) => id === variantIdOf(item)) ?? null
    return {
      variant,
      name: nameWithVariant(item.name, item.variantName),
      quantity: item.quantity,
      left: variant === null ? 0 : Math.min(item.quantity, maxQuantity(variant)),
    }
  })
}
