// The cart's page, and what changes the cart.
import { Router, type Request, type Response } from 'express'
import { findProduct, MAX_QUANTITY, parseProductId } from '../catalog/products.js'
import type { Database } from '../database/client.js'
import { notFound, Problem } from '../http/problem.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { addToCart, loadCart, setQuantity, type LoadedCart } from './cart.js'
import { partsOf } from './cart-view.js'
import { additionForm, quantityForm } from './forms.js'
import { hashGuestToken, newGuestToken, type GuestCookie } from './guest-cookie.js'
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
    const product = await findProduct(prisma, form.data.product_id)
    if (!product) throw notFound('product')
    const { user } = request
    if (user) await addToCart(prisma, { userId: user.id }, product, form.data.quantity)
    else {
      const token = cookie.read(request) ?? (await newGuest(request))
      await addToCart(prisma, { tokenHash: hashGuestToken(token) }, product, form.data.quantity)
      cookie.keep(response, token)
    }
    response.redirect(303, `/cart?added=${product.id}`)
  })

  router.post('/cart/items/:productId', async (request, response) => {
    const productId = parseProductId(request.params.productId)
    if (productId === null) throw notFound('product')
    const form = quantityForm.safeParse(request.body ?? {})
    if (!form.success) throw invalidForm('quantity', 0)
    const { quantity } = form.data
    const owner = cartOwner(request, cookie)
    const isThere = owner !== null && (await setQuantity(prisma, owner, productId, quantity))
    // Taking out what is out already is a double click.
    if (!isThere && quantity > 0) throw notInCart()
    response.redirect(303, quantity === 0 ? '/cart?removed' : '/cart')
  })

  async function newGuest(request: Request): Promise<string> {
    await limits.count(
      'newCart',
      request.ip ?? 'unknown',
      'Many carts were begun from your network. Please wait a minute.',
    )
    return newGuestToken()
  }
  return router
}

/** Answers the cart's page. */
export function showCart(response: Response, cart: LoadedCart | null, notice: Notice | null): void {
  const groups = partsOf(cart).map(({ view }) => view)
  render(response, 'cart/cart', { groups, pieces: response.locals.cartCount ?? 0, notice })
}

const CANCELLED: Notice = {
  kind: 'info',
  text: 'No charge was made, and nothing is lost: your cart is here whenever you are ready.',
}
const JOINED: Notice = { kind: 'success', text: 'What you chose before you signed in is in your cart.' }
const REMOVED: Notice = { kind: 'info', text: 'That is out of your cart.' }

/** What led here, said in words that are true of the cart as it is. */
function noticeOf({ query }: Request, response: Response, cart: LoadedCart | null): Notice | null {
  if (response.locals.cartJoined) return JOINED
  if (query['cancelled'] !== undefined) return CANCELLED
  if (query['removed'] !== undefined) return REMOVED
  const added = cart?.items.find(({ productId }) => String(productId) === query['added'])
  return added ? { kind: 'success', text: `“${added.product.name}” is in your cart.` } : null
}

function invalidForm(field: PropertyKey | undefined, least: number): Problem {
  return field === 'product_id'
    ? notFound('product')
    : problemOfCart(
        400,
        'invalid_quantity',
        'That did not work',
        `Choose a quantity from ${least} to ${MAX_QUANTITY}.`,
      )
}

function notInCart(): Problem {
  return problemOfCart(404, 'not_in_cart', 'Not in your cart', 'That product is no longer in your cart.')
}

function problemOfCart(status: number, code: string, title: string, detail: string): Problem {
  return new Problem(status, code, title, detail, { action: { href: '/cart', label: 'See your cart' } })
}
