// Places an order as a shopper does through the API.
import { postJson, signedIn } from '../reliability/crowd.js'
import type { RunningShop } from './shop.js'
import { addVariedProduct } from './variants.js'

/** Of each variant, before it is ordered. */
export const STOCK = 50

/** An order of two variants that need delivery, up to the page where it is paid. */
export async function place(shop: RunningShop, { units: quantities }: { units: readonly number[] }) {
  const { prisma } = shop.database
  const { variants } = await addVariedProduct(
    shop,
    ['Size'],
    [
      { values: ['M'], unitAmount: 1999, stock: STOCK },
      { values: ['L'], unitAmount: 3100, stock: STOCK },
    ],
    { requiresShipping: true },
  )
  const variantIds = [variants['M']?.id ?? 0, variants['L']?.id ?? 0]
  const rate = await prisma.shippingRate.findFirstOrThrow({ where: { countries: { has: 'DE' } } })
  const [ada] = await signedIn(shop, 1)
  if (!ada) throw new Error('nobody is signed in')
  const { body } = await postJson(shop, ada, '/api/orders', {
    items: variantIds.map((id, index) => ({ variant_id: id, quantity: quantities[index] })),
    ...{ country: 'DE', shipping_rate: rate.id },
  })
  const session = await postJson(shop, ada, '/api/payments/create-session', { order_id: body['order_id'] })
  const { id: orderId } = await prisma.order.findUniqueOrThrow({ where: { key: String(body['order_id']) } })
  return { shopper: ada, orderId, variantIds, url: String(session.body['checkout_url']) }
}
