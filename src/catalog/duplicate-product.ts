// Copies a product with its variants and pictures. The copy is off sale, so that it can be changed first.
import { recordAudit } from '../audit/record-audit.js'
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import { freeSku, freeSlug } from './manage-products.js'
import { skuOf } from './new-products.js'
import { picturesOf, writePictures } from './product-pictures.js'
import type { EditedProduct } from './save-product.js'

const LONGEST_NAME = 250

/**
 * Stock of the copy begins at 0 where it is counted. It has no price in Stripe's catalog.
 * @param requestKey makes repeated requests one
 * @returns its id
 */
export async function duplicateProduct(
  prisma: PrismaClient,
  product: EditedProduct,
  requestKey: string | null = null,
): Promise<number> {
  try {
    return await copy(prisma, product, requestKey)
  } catch (error) {
    const copied = requestKey === null ? null : await prisma.product.findUnique({ where: { requestKey } })
    if (!copied) throw error
    return copied.id
  }
}

async function copy(
  prisma: PrismaClient,
  product: EditedProduct,
  requestKey: string | null,
): Promise<number> {
  const name = `Copy of ${product.name}`.slice(0, LONGEST_NAME)
  const slug = await freeSlug(prisma, name)
  const { summary, description, image, category, options, requiresShipping, taxCode, specifications } =
    product
  const [first, ...others] = product.variants
  if (!first) throw new Error(`Product ${product.id} has no variant.`)
  return prisma.$transaction(async (tx) => {
    const { id } = await tx.product.create({
      data: {
        ...{ slug, name, summary, description, image, category, options, requiresShipping, taxCode },
        ...{
          specifications,
          translations: product.translations as Prisma.InputJsonValue,
          unitAmount: first.unitAmount,
          currency: product.currency,
          active: false,
        },
        ...{ stock: first.stock === null ? null : 0, requestKey },
      },
    })
    for (const [position, variant] of [first, ...others].entries()) {
      const sku = await freeSku(tx, skuOf(slug, variant.optionValues))
      const own = {
        ...{ optionValues: variant.optionValues, unitAmount: variant.unitAmount, position },
        ...{ weight: variant.weight, image: variant.image, active: variant.active },
      }
      // A trigger has added the first one together with the product, with its slug as the sku.
      if (position === 0)
        await tx.variant.update({
          where: { id },
          data: variant.optionValues.length > 0 ? { ...own, sku } : own,
        })
      else
        await tx.variant.create({
          data: {
            ...own,
            productId: id,
            sku,
            currency: product.currency,
            stock: variant.stock === null ? null : 0,
          },
        })
    }
    await writePictures(tx, id, picturesOf(product))
    await recordAudit(tx, { action: 'product.added', subject: 'product', subjectId: id })
    return id
  })
}
