// What the cart's forms and the API do to a visitor's cart.
import type { Request, Response } from 'express'
import { findProduct, findProductOf, MAX_QUANTITY } from '../catalog/products.js'
import { chosenVariant, type ProductWithVariants } from '../catalog/variants.js'
import type { Database } from '../database/client.js'
import type { PrismaClient, Variant } from '../generated/prisma/client.js'
import { networkOf } from '../http/network.js'
import { notFound, Problem } from '../http/problem.js'
import { hashToken, newToken } from '../http/random-token.js'
import type { RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'
import { hasOrders } from '../orders/shopper.js'
import { addToCart, hasCart, setQuantity, type CartOwner } from './cart.js'
import { additionForm } from './forms.js'
import type { GuestCookie } from './guest-cookie.js'
import { cartOwner } from './visitors-cart.js'

export interface CartDeps {
  database: Pick<Database, 'prisma'>
  limits: RateLimits
  cookie: GuestCookie
}

/**
 * Adds what the request's body names. A guest gets the cookie of their cart.
 * @returns the variant and its product, and whose cart it is in
 * @throws Problem 404 when it isn't sold, 400 for an invalid quantity or when a variant must be chosen, 409 when the cart is full
 */
export async function addItem(
  deps: CartDeps,
  request: Request,
  response: Response,
): Promise<{ variant: Variant; product: ProductWithVariants; owner: CartOwner }> {
  const { prisma } = deps.database
  const form = additionForm.safeParse(request.body ?? {})
  if (!form.success) throw invalidForm(form.error.issues[0]?.path[0], 1)
  const { product_id: productId, variant_id: variantId, quantity } = form.data
  const product =
    variantId === undefined
      ? await findProduct(prisma, productId ?? 0)
      : await findProductOf(prisma, variantId)
  if (!product) throw notFound('product')
  const variant = chosenVariant(product, request.body)
  const { owner, keep } = await cartToAddTo(deps, request)
  await addToCart(prisma, owner, variant, quantity)
  keep(response)
  return { variant, product, owner }
}

/**
 * The cart that the visitor's items go into.
 * @returns its owner, and what gives a guest its cookie once something is in it
 * @throws Problem 429 after too many new carts of one network
 */
export async function cartToAddTo(
  deps: CartDeps,
  request: Request,
): Promise<{ owner: CartOwner; keep: (response: Response) => void }> {
  const { user } = request
  if (user) return { owner: { userId: user.id }, keep: () => undefined }
  const token = await guestToken(deps, request)
  return { owner: { tokenHash: hashToken(token) }, keep: (response) => deps.cookie.keep(response, token) }
}

/**
 * Sets the quantity of a variant in the visitor's cart. 0 removes it.
 * @throws Problem 404 when it isn't in the cart. Removing an item twice is a double click, not an error
 */
export async function changeItem(
  { database: { prisma }, cookie }: CartDeps,
  request: Request,
  variantId: number,
  quantity: number,
): Promise<void> {
  const owner = cartOwner(request, cookie)
  const inCart = owner !== null && (await setQuantity(prisma, owner, variantId, quantity))
  if (!inCart && quantity > 0) throw notInCart()
}

/** The token of the guest's cart or orders, or a new one. An invented one creates no cart. */
async function guestToken({ database, limits, cookie }: CartDeps, request: Request): Promise<string> {
  const token = cookie.read(request)
  if (token !== null && (await isKnown(database.prisma, hashToken(token)))) return token
  await limits.count('newCart', networkOf(request.ip), t().cart.tooManyCarts)
  return newToken()
}

async function isKnown(prisma: PrismaClient, guestHash: string): Promise<boolean> {
  return (await hasCart(prisma, guestHash)) || (await hasOrders(prisma, { userId: null, guestHash }))
}

export function invalidForm(field: PropertyKey | undefined, least: number): Problem {
  return field === 'product_id' || field === 'variant_id'
    ? notFound('product')
    : cartProblem(
        400,
        'invalid_quantity',
        t().cart.invalidQuantityTitle,
        t().cart.invalidQuantity(least, MAX_QUANTITY),
      )
}

function notInCart(): Problem {
  return cartProblem(404, 'not_in_cart', t().cart.notInCartTitle, t().cart.notInCart)
}

function cartProblem(status: number, code: string, title: string, detail: string): Problem {
  return new Problem(status, code, title, detail, { action: { href: '/cart', label: t().cart.seeCart } })
}
