// JSON API: the cart of an account, or of a guest on the shop's own origin.
import { Router, type Request } from 'express'
import { hasNewPrice, loadCart, type CartOwner, type LoadedItem } from '../cart/cart.js'
import { partsOf, type CartPart } from '../cart/cart-view.js'
import { addItem, changeItem, type CartDeps } from '../cart/change-cart.js'
import type { CartLine } from '../cart/view-models.js'
import { parseProductId } from '../catalog/products.js'
import { variantName } from '../catalog/variants.js'
import { notFound } from '../http/problem.js'
import { formatMoney } from '../money.js'
import { readBody } from './body.js'
import { apiCartOwner } from './cart-owner.js'
import { cartQuantity, newCartItem, type CartJson } from './cart-schemas.js'

export function cartApi(deps: CartDeps & { baseUrl: string }): Router {
  const { database, cookie, baseUrl } = deps
  const router = Router()
  const ownerOf = (request: Request) => apiCartOwner(request, cookie, baseUrl)

  router.get('/api/cart', async (request, response) => {
    response.json(await cartOf(ownerOf(request)))
  })

  router.post('/api/cart/items', async (request, response) => {
    readBody(newCartItem, request.body, 'invalid_item')
    ownerOf(request)
    const { owner } = await addItem(deps, request, response)
    response.json(await cartOf(owner))
  })

  router.put('/api/cart/items/:variantId', async (request, response) => {
    const { quantity } = readBody(cartQuantity, request.body, 'invalid_quantity')
    const owner = ownerOf(request)
    await changeItem(deps, request, variantIn(request), quantity)
    response.json(await cartOf(owner))
  })

  router.delete('/api/cart/items/:variantId', async (request, response) => {
    const owner = ownerOf(request)
    await changeItem(deps, request, variantIn(request), 0)
    response.json(await cartOf(owner))
  })

  async function cartOf(owner: CartOwner | null): Promise<CartJson> {
    const cart = owner && (await loadCart(database.prisma, owner))
    return {
      units: cart?.items.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0,
      parts: partsOf(cart).map(partJson),
    }
  }
  return router
}

function variantIn(request: Request): number {
  const id = parseProductId(String(request.params['variantId']))
  if (id === null) throw notFound('product')
  return id
}

function partJson({ currency, total, obstacle, items, view }: CartPart): CartJson['parts'][number] {
  return {
    currency,
    total,
    price: view.total,
    obstacle,
    items: items.map((item) =>
      itemJson(
        item,
        view.lines.find(({ variantId }) => variantId === item.variantId),
      ),
    ),
  }
}

function itemJson(item: LoadedItem, line: CartLine | undefined): CartJson['parts'][number]['items'][number] {
  const { product, variant, quantity } = item
  return {
    variant_id: variant.id,
    product_id: product.id,
    name: product.name,
    variant_name: variantName(variant),
    image: variant.image ?? product.image,
    quantity,
    max_quantity: line?.maxQuantity ?? 0,
    unit_amount: variant.unitAmount,
    previous_unit_amount: hasNewPrice(item) && item.currency === variant.currency ? item.unitAmount : null,
    price: formatMoney(variant.unitAmount, variant.currency),
    problem: line?.problem?.text ?? null,
  }
}
