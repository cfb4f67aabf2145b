// The checkout of a cart, and the way there from the cart's page.
import { Router, type Request } from 'express'
import { loadCart, savePricesShown, saveQuantities, type LoadedCart } from '../cart/cart.js'
import { partsOf, type CartPart } from '../cart/cart-view.js'
import { readSeen, typedQuantities, validOf } from '../cart/forms.js'
import { showCart } from '../cart/routes.js'
import { cartOwner } from '../cart/visitors-cart.js'
import { MAX_QUANTITY } from '../catalog/products.js'
import { t } from '../messages/index.js'
import { requireShopper } from './buyer.js'
import { checkoutHref } from './checkout-link.js'
import { chooseCartPart } from './choose-cart-part.js'
import { readCheckoutForm, readCheckoutQuery, type CheckoutForm } from './forms.js'
import { pay, type CheckoutDeps } from './pay.js'
import { cartSelection } from './selection.js'
import { showCheckout } from './show-checkout.js'

export function cartCheckoutPages(deps: CheckoutDeps): Router {
  const { prisma } = deps.database
  const router = Router()

  /** Quantities that were typed and not updated count like updated ones. They must not get lost at the sign-in. */
  router.post('/cart/checkout', async (request, _response, next) => {
    const owner = cartOwner(request, deps.cookie)
    if (owner !== null) await saveQuantities(prisma, owner, validOf(typedQuantities(request.body)))
    next()
  })

  router.post(
    '/cart/checkout',
    requireShopper(deps.settings, () => '/cart'),
    async (request, response) => {
      const cart = await ownCart(request)
      const parts = partsOf(cart)
      const { part, refusal } = chooseCartPart(parts, readSeen(request.body))
      if (part) await savePricesShown(prisma, part.items)
      const isTypedWrong = [...typedQuantities(request.body).values()].includes(null)
      if (refusal !== null || isTypedWrong) {
        response.status(409)
        response.locals.cartCount = countUnits(cart)
        const text = refusal ?? t().cart.invalidQuantity(0, MAX_QUANTITY)
        await showCart(prisma, request, response, cart, { kind: 'error', text })
        return
      }
      const currency = parts.length > 1 ? part.currency : undefined
      response.redirect(303, checkoutHref('/checkout', { currency }))
    },
  )

  // After sign-in, shoppers see the page: a purchase starts with a click, not with a redirect.
  const signedIn = requireShopper(deps.settings, () => '/checkout')

  router.get('/checkout', requireShopper(deps.settings), async (request, response, next) => {
    // A product without its page's address.
    if (request.query['variant'] !== undefined) {
      next()
      return
    }
    const chosen = readCheckoutQuery(request.query)
    const { part, isOnly } = await ownPart(request, chosen)
    if (part === null || part.obstacle !== null) response.redirect(303, '/cart')
    else await showCheckout(deps, request, response, cartSelection(part, isOnly), chosen)
  })

  router.post('/checkout', signedIn, async (request, response) => {
    const form = readCheckoutForm(request.body)
    const { part, isOnly } = await ownPart(request, form)
    if (part === null || part.obstacle !== null) {
      await refuse(t().checkout.cartChanged)
      return
    }
    const selection = cartSelection(part, isOnly)
    await pay(deps, request, response, selection, form, async (said) => {
      const now = await ownPart(request, form)
      if (now.part === null || now.part.obstacle !== null) {
        await refuse(said.notice?.text ?? t().checkout.cartChanged)
        return
      }
      const selected = cartSelection(now.part, now.isOnly)
      await showCheckout(deps, request, response, selected, form, said)
    })

    /** The cart's page says what to change. */
    async function refuse(text: string): Promise<void> {
      response.status(409)
      await showCart(prisma, request, response, await ownCart(request), { kind: 'error', text })
    }
  })

  async function ownCart(request: Request): Promise<LoadedCart | null> {
    const owner = cartOwner(request, deps.cookie)
    return owner === null ? null : loadCart(prisma, owner)
  }

  /** The part of the shopper's cart in this currency, or the only one. Null: none, or it is not said which. */
  async function ownPart(
    request: Request,
    { currency }: Pick<CheckoutForm, 'currency'>,
  ): Promise<{ part: CartPart | null; isOnly: boolean }> {
    const parts = partsOf(await ownCart(request))
    const part = parts.length === 1 ? parts[0] : parts.find((each) => each.currency === currency)
    return { part: part ?? null, isOnly: parts.length === 1 }
  }

  return router
}

function countUnits(cart: LoadedCart | null): number {
  return cart?.items.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0
}
