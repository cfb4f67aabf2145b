// The cart's page and the forms that change the cart.
import { Router, type Request, type Response } from 'express'
import { parseProductId } from '../catalog/products.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { ordersHolding } from '../orders/open-orders.js'
import { orderNumber } from '../orders/order-key.js'
import type { Shopper } from '../orders/shopper.js'
import { shopperOf } from '../orders/visitor.js'
import type { CartGroup } from './view-models.js'
import { fullNameFor } from '../catalog/option-names.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { countPieces, loadCart, saveQuantities, type LoadedCart } from './cart.js'
import { nameOf, partsOf } from './cart-view.js'
import { againNotice, buyAgain } from './buy-again.js'
import { addItem, changeItem, invalidForm, type CartDeps } from './change-cart.js'
import { quantityForm, typedQuantities, validOf } from './forms.js'
import { cartOwner } from './visitors-cart.js'

export function cartPages(deps: CartDeps): Router {
  const { cookie } = deps
  const { prisma } = deps.database
  const router = Router()

  router.get('/cart', async (request, response) => {
    const owner = cartOwner(request, cookie)
    const cart = owner && (await loadCart(prisma, owner))
    const again =
      request.query['again'] === undefined ? null : await againNotice(deps.database, request, cart)
    await showCart(prisma, request, response, cart, again ?? noticeOf(request, response, cart))
  })

  router.post('/cart/items', async (request, response) => {
    const { variant, product, owner } = await addItem(deps, request, response)
    if (request.accepts(['html', 'json']) === 'json') {
      const count = await countPieces(prisma, owner)
      const message = t().cart.added(fullNameFor(product, variant))
      response.json({ count, items: t().frame.cartItems(count), message })
      return
    }
    const back = listAddress(request.body)
    response.redirect(303, back === null ? `/cart?added=${variant.id}` : addedIn(back, product.id))
  })

  router.post('/orders/:orderKey/buy-again', (request, response) => buyAgain(deps, request, response))

  router.post('/cart/items/:variantId', async (request, response) => {
    const variantId = parseProductId(request.params.variantId)
    if (variantId === null) throw notFound('product')
    const owner = cartOwner(request, cookie)
    const typed = typedQuantities(request.body)
    const quantity = typed.has(variantId) ? typed.get(variantId) : readQuantity(request.body)
    if (quantity === null || quantity === undefined) throw invalidForm('quantity', 0)
    await changeItem(deps, request, variantId, quantity)
    if (owner !== null) await saveQuantities(prisma, owner, validOf(typed))
    response.redirect(303, quantity === 0 ? '/cart?removed' : '/cart')
  })
  return router
}

/** The list that the form was on. Null: it was on another page. */
function listAddress(body: unknown): string | null {
  const { back } = (body ?? {}) as { back?: unknown }
  return typeof back === 'string' && /^\/pricing(\?[\w%.~*+&=-]{0,2000})?$/.test(back) ? back : null
}

/** The same place of the list, which says that it was added. */
function addedIn(list: string, productId: number): string {
  return `${list}${list.includes('?') ? '&' : '?'}added=${productId}#product-${productId}`
}

/** Renders the cart's page. */
export async function showCart(
  prisma: PrismaClient,
  request: Request,
  response: Response,
  cart: LoadedCart | null,
  notice: Notice | null,
): Promise<void> {
  const groups = partsOf(cart).map(({ view }) => view)
  await nameHolders(prisma, shopperOf(request), cart?.id ?? null, groups)
  render(response, 'cart/cart', { groups, pieces: response.locals.cartCount ?? 0, notice })
}

/** Says it of items that lack because the shopper's own open order, which is not this cart's, holds them. */
async function nameHolders(
  prisma: PrismaClient,
  shopper: Shopper,
  cartId: number | null,
  groups: readonly CartGroup[],
): Promise<void> {
  const lacking = groups.flatMap(({ lines }) =>
    lines.filter(({ problem, href }) => problem !== null && href !== null),
  )
  const holders = await ordersHolding(
    prisma,
    lacking.map(({ variantId }) => variantId),
    shopper,
    cartId,
  )
  for (const { variantId, problem } of lacking) {
    const key = holders.get(variantId)
    if (problem === null || key === undefined) continue
    problem.order = { href: `/orders/${key}`, label: t().cart.heldByOrder(orderNumber(key)) }
  }
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
