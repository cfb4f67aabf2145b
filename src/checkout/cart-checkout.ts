// Turns a cart into an order.
import { Router } from 'express'
import { requireUser, userOf } from '../accounts/sign-in.js'
import { loadCart, savePricesShown, saveQuantities } from '../cart/cart.js'
import { partsOf } from '../cart/cart-view.js'
import { readSeen, typedQuantities, validOf } from '../cart/forms.js'
import type { GuestCookie } from '../cart/guest-cookie.js'
import { showCart } from '../cart/routes.js'
import { cartOwner } from '../cart/visitors-cart.js'
import { MAX_QUANTITY } from '../catalog/products.js'
import { t } from '../messages/index.js'
import { chooseCartPart } from './choose-cart-part.js'
import { countCheckout } from './count-checkout.js'
import { placeOrder } from './place-order.js'
import type { CheckoutDeps } from './routes.js'

export interface CartCheckoutDeps extends CheckoutDeps {
  cookie: GuestCookie
}

export function cartCheckoutPages(deps: CartCheckoutDeps): Router {
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
    requireUser(() => '/cart'),
    async (request, response) => {
      const user = userOf(request)
      const cart = await loadCart(prisma, { userId: user.id })
      const { part, refusal } = chooseCartPart(partsOf(cart), readSeen(request.body))
      if (part) await savePricesShown(prisma, part.items)
      const isTypedWrong = [...typedQuantities(request.body).values()].includes(null)
      if (refusal !== null || isTypedWrong) {
        response.status(409)
        response.locals.cartCount = cart?.items.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0
        const text = refusal ?? t().cart.invalidQuantity(0, MAX_QUANTITY)
        showCart(response, cart, { kind: 'error', text })
        return
      }
      await countCheckout(deps.limits, user)
      const { key } = await placeOrder(deps, user, part.items, {
        cartId: part.cartId,
        shown: { total: part.total, currency: part.currency },
      })
      response.redirect(303, `/orders/${key}`)
    },
  )

  return router
}
