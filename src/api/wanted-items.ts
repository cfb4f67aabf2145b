// Finds the variants that the items of a new order mean.
import type { z } from 'zod'
import { variantRequired, WITH_VARIANTS } from '../catalog/variants.js'
import type { WantedItem } from '../checkout/price-lines.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'
import type { orderedItems } from './schemas.js'

type Item = z.infer<typeof orderedItems>[number]

/** @throws Problem 404 for a product that isn't sold, 400 for one of which several variants are */
export async function wantedItems(prisma: PrismaClient, items: readonly Item[]): Promise<WantedItem[]> {
  const ids = items.flatMap(({ product_id: id }) => id ?? [])
  const products =
    ids.length === 0
      ? []
      : await prisma.product.findMany({
          where: { id: { in: ids }, active: true },
          include: WITH_VARIANTS,
        })
  return items.map(({ variant_id: variantId, product_id: productId, quantity }, index) => {
    if (productId === undefined) return { variantId: variantId ?? 0, quantity }
    const product = products.find(({ id }) => id === productId)
    const offered = product?.variants.filter(({ id }) => variantId === undefined || id === variantId)
    const [variant, another] = offered ?? []
    if (!product || !variant) throw notFound('product')
    if (another) throw variantRequired(product, `items[${index}].variant_id`)
    return { variantId: variant.id, quantity }
  })
}
