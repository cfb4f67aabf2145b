// The cart's page, what changes the cart, and the way from it to an order.
import { Router, type Request, type Response } from 'express'
import { requireUser, userOf } from '../accounts/sign-in.js'
import { findProduct, MAX_QUANTITY, parseProductId } from '../catalog/products.js'
import { notFound, Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { placeOrder } from '../orders/place-order.js'
import { countCheckout, type OrderParts } from '../orders/routes.js'
import { addToCart, loadCart, notePricesTold, setQuantity, type LoadedCart } from './cart.js'
import { partsOf } from './cart-view.js'
import { chooseForCheckout } from './choose-for-checkout.js'
import { additionForm, checkoutForm, quantityForm } from './forms.js'
import { hashGuestToken, newGuestToken, type GuestCookie } from './guest-cookie.js'
import { cartOwner } from './visitors-cart.js'

export interface CartParts extends OrderParts {
  cookie: GuestCookie
}

export function cartPages(parts: CartParts): Router {
  const { cookie, limits } = parts
  const { prisma } = parts.database
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

  router.post(
    '/cart/checkout',
    requireUser(() => '/cart'),
    async (request, response) => {
      const user = userOf(request)
      const cart = await loadCart(prisma, { userId: user.id })
      const { part, refusal } = chooseForCheckout(partsOf(cart), checkoutForm.parse(request.body ?? {}))
      if (part) await notePricesTold(prisma, part.items)
      if (refusal !== null) {
        response.status(409)
        showCart(response, cart, { kind: 'error', text: refusal })
        return
      }
      await countCheckout(limits, user.id)
      const { key } = await placeOrder(parts, user, part.items, { cartId: part.cartId })
      response.redirect(303, `/orders/${key}`)
    },
  )

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

function showCart(response: Response, cart: LoadedCart | null, notice: Notice | null): void {
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
