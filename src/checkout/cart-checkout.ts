// Turns a cart into an order.
import { Router } from 'express'
import { requireUser, userOf } from '../accounts/sign-in.js'
import { loadCart, savePricesShown } from '../cart/cart.js'
import { partsOf } from '../cart/cart-view.js'
import { checkoutForm } from '../cart/forms.js'
import { showCart } from '../cart/routes.js'
import { chooseCartPart } from './choose-cart-part.js'
import { countCheckout } from './count-checkout.js'
import { placeOrder } from './place-order.js'
import type { CheckoutDeps } from './routes.js'

export function cartCheckoutPages(deps: CheckoutDeps): Router {
  const { prisma } = deps.database
  const router = Router()

  router.post(
    '/cart/checkout',
    requireUser(() => '/cart'),
    async (request, response) => {
      const user = userOf(request)
      const cart = await loadCart(prisma, { userId: user.id })
      const { part, refusal } = chooseCartPart(partsOf(cart), checkoutForm.parse(request.body ?? {}))
      if (part) await savePricesShown(prisma, part.items)
      if (refusal !== null) {
        response.status(409)
        showCart(response, cart, { kind: 'error', text: refusal })
        return
      }
      await countCheckout(deps.limits, user)
      const { key } = await placeOrder(deps, user, part.items, { cartId: part.cartId })
      response.redirect(303, `/orders/${key}`)
    },
  )

  return router
}
