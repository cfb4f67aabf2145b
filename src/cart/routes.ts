// The cart's page and the forms that change the cart.
import { Router, type Request, type Response } from 'express'
import { findProduct, findProductOf, MAX_QUANTITY, parseProductId } from '../catalog/products.js'
import { chosenVariant } from '../catalog/variants.js'
import type { Database } from '../database/client.js'
import { networkOf } from '../http/network.js'
import { notFound, Problem } from '../http/problem.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { addToCart, hasCart, loadCart, saveQuantities, setQuantity, type LoadedCart } from './cart.js'
import { nameOf, partsOf } from './cart-view.js'
import { additionForm, quantityForm, typedQuantities, validOf } from './forms.js'
import { hashToken, newToken } from '../http/random-token.js'
import type { GuestCookie } from './guest-cookie.js'
import { cartOwner } from './visitors-cart.js'

export interface CartDeps {
  database: Pick<Database, 'prisma'>
  limits: RateLimits
  cookie: GuestCookie
}

export function cartPages(deps: CartDeps): Router {
  const { cookie, limits } = deps
  const { prisma } = deps.database
  const router = Router()

  router.get('/cart', async (request, response) => {
    const owner = cartOwner(request, cookie)
    const cart = owner && (await loadCart(prisma, owner))
    showCart(response, cart, noticeOf(request, response, cart))
  })

  router.post('/cart/items', async (request, response) => {
    const form = additionForm.safeParse(request.body ?? {})
    if (!form.success) throw invalidForm(form.error.issues[0]?.path[0], 1)
    const { product_id: productId, variant_id: variantId, quantity } = form.data
    const product =
      variantId === undefined
        ? await findProduct(prisma, productId ?? 0)
        : await findProductOf(prisma, variantId)
    if (!product) throw notFound('product')
    const variant = chosenVariant(product, request.body)
    const { user } = request
    if (user) await addToCart(prisma, { userId: user.id }, variant, quantity)
    else {
      const token = await guestToken(request)
      await addToCart(prisma, { tokenHash: hashToken(token) }, variant, quantity)
      cookie.keep(response, token)
    }
    response.redirect(303, `/cart?added=${variant.id}`)
  })

  router.post('/cart/items/:variantId', async (request, response) => {
    const variantId = parseProductId(request.params.variantId)
    if (variantId === null) throw notFound('product')
    const owner = cartOwner(request, cookie)
    const typed = typedQuantities(request.body)
    const quantity = typed.has(variantId) ? typed.get(variantId) : readQuantity(request.body)
    if (quantity === null || quantity === undefined) throw invalidForm('quantity', 0)
    const inCart = owner !== null && (await setQuantity(prisma, owner, variantId, quantity))
    // Removing an item twice is a double click, not an error.
    if (!inCart && quantity > 0) throw notInCart()
    if (owner !== null) await saveQuantities(prisma, owner, validOf(typed))
    response.redirect(303, quantity === 0 ? '/cart?removed' : '/cart')
  })

  /** The token of the guest's cart, or a new one. An invented one creates no cart. */
  async function guestToken(request: Request): Promise<string> {
    const token = cookie.read(request)
    if (token !== null && (await hasCart(prisma, hashToken(token)))) return token
    await limits.count('newCart', networkOf(request.ip), t().cart.tooManyCarts)
    return newToken()
  }
  return router
}

/** Renders the cart's page. */
export function showCart(response: Response, cart: LoadedCart | null, notice: Notice | null): void {
  const groups = partsOf(cart).map(({ view }) => view)
  render(response, 'cart/cart', { groups, pieces: response.locals.cartCount ?? 0, notice })
}

/** Says what brought the shopper to the cart's page, unless the cart has changed since. */
function noticeOf({ query }: Request, response: Response, cart: LoadedCart | null): Notice | null {
  const texts = t().cart
  if (response.locals.cartMerged) return { kind: 'success', text: texts.joined }
  if (query['cancelled'] !== undefined) return { kind: 'info', text: texts.cancelled }
  if (query['removed'] !== undefined) return { kind: 'info', text: texts.removed }
  const added = cart?.items.find(({ variantId }) => String(variantId) === query['added'])
  return added ? { kind: 'success', text: texts.added(nameOf(added)) } : null
}

function readQuantity(body: unknown): number | null {
  const form = quantityForm.safeParse(body ?? {})
  return form.success ? form.data.quantity : null
}

function invalidForm(field: PropertyKey | undefined, least: number): Problem {
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
