// Changes the pictures of a product and nothing else of it.
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { lockProduct } from './adjust-stock.js'
import { problemsOf } from './product-problems.js'
import {
  MOST_PICTURES,
  NO_PICTURE,
  picturesOf,
  WITH_PICTURES,
  writePictures,
  type GivenPicture,
} from './product-pictures.js'
import { nameWithVariant, variantName } from './variants.js'

/**
 * Variants that show a picture that is gone show the first one.
 * @param change gives the pictures that there will be, in their order
 * @throws Problem 409 when there are too many, or Stripe would refuse the first one
 */
export function changePictures(
  prisma: PrismaClient,
  productId: number,
  change: (pictures: GivenPicture[]) => GivenPicture[],
): Promise<void> {
  return prisma.$transaction(async (tx) => {
    await lockProduct(tx, productId)
    const product = await tx.product.findUniqueOrThrow({
      where: { id: productId },
      include: WITH_PICTURES,
    })
    // One by one, because a transaction has one connection.
    const variants = await tx.variant.findMany({ where: { productId } })
    const known = picturesOf(product).map(({ image, pictureId, alt }) => ({ image, pictureId, alt }))
    const pictures = change(known)
    if (pictures.length > MOST_PICTURES)
      throw refused(`A product can have up to ${MOST_PICTURES} pictures. Remove some.`)
    const image = pictures[0]?.image ?? NO_PICTURE
    const shown = (own: string | null) => pictures.some((picture) => picture.image === own)
    const offers = variants.map((variant) => ({
      name: nameWithVariant(product.name, variantName(variant)),
      image: variant.image !== null && shown(variant.image) ? variant.image : image,
      unitAmount: variant.unitAmount,
      currency: product.currency,
    }))
    const problem = (await problemsOf(tx, offers)).find((one) => one !== null && /picture/.test(one))
    if (problem) throw refused(problem)
    const gone = known.filter((picture) => !shown(picture.image)).map((picture) => picture.image)
    await tx.variant.updateMany({ where: { productId, image: { in: gone } }, data: { image: null } })
    await tx.product.update({ where: { id: productId }, data: { image, revision: { increment: 1 } } })
    await writePictures(tx, productId, pictures)
    await recordAudit(tx, {
      ...{ action: 'product.changed', subject: 'product', subjectId: productId, fields: ['pictures'] },
    })
  })
}

function refused(detail: string): Problem {
  return new Problem(409, 'pictures_refused', 'The pictures can’t be changed', detail)
}
