// The pictures of a product: which are shown, and how they are replaced.
import type { Transaction } from '../database/client.js'
import type { Picture, Prisma, Product, ProductPicture } from '../generated/prisma/client.js'
import { sourcesOf } from '../pictures/store-picture.js'
import type { PictureView } from './view-models.js'

/** Shown for a product without a picture. */
export const NO_PICTURE = '/assets/images/products/none.svg'

/** As many as Stripe's page shows of a product. */
export const MOST_PICTURES = 8
export const LONGEST_ALT = 250

export const WITH_PICTURES = {
  pictures: { orderBy: [{ position: 'asc' }, { id: 'asc' }], include: { picture: true } },
} as const satisfies Prisma.ProductInclude

/** A picture as a form has it. */
export interface GivenPicture {
  /** URL path of the picture, or its https address. */
  image: string
  /** Null for one that was not uploaded. */
  pictureId: string | null
  alt: string
}

export type StoredPicture = Pick<ProductPicture, 'image' | 'alt' | 'pictureId'> & {
  picture: Pick<Picture, 'files'> | null
}

/**
 * The pictures of a product in their order, the one in lists first. A product that the previous release or a command changed
 * may have another first picture than its list of pictures.
 */
export function picturesOf(
  product: Pick<Product, 'image'> & { pictures: readonly StoredPicture[] },
): StoredPicture[] {
  const { image, pictures } = product
  if (pictures[0]?.image === image || (image === NO_PICTURE && pictures.length === 0)) return [...pictures]
  const first = { image, alt: '', pictureId: null, picture: null }
  return [first, ...pictures.filter((picture) => picture.image !== image)]
}

/** As a page shows it. @param alt for a picture without a text of its own */
export function pictureView({ image, alt, picture }: StoredPicture, usualAlt: string): PictureView {
  const sources = picture === null ? [] : sourcesOf(picture)
  const srcset = (wanted: string) =>
    sources
      .filter(({ format }) => format === wanted)
      .map(({ address, width }) => `${address} ${width}w`)
      .join(', ')
  const largest = sources.at(-1)
  return {
    image,
    alt: alt === '' ? usualAlt : alt,
    webp: srcset('webp'),
    jpeg: srcset('jpeg'),
    width: largest?.width ?? 480,
    height: largest?.height ?? 480,
  }
}

/** Replaces the pictures of a product. Call it under the product's lock, which is changed, too. */
export async function writePictures(
  tx: Transaction,
  productId: number,
  pictures: readonly GivenPicture[],
): Promise<void> {
  const ids = pictures.flatMap(({ pictureId }) => (pictureId === null ? [] : [pictureId]))
  await tx.picture.updateMany({ where: { id: { in: ids }, kept: false }, data: { kept: true } })
  await tx.productPicture.deleteMany({ where: { productId } })
  await tx.productPicture.createMany({
    data: pictures.map(({ image, pictureId, alt }, position) => ({
      productId,
      position,
      image,
      pictureId,
      alt,
    })),
  })
}

/** Whether two lists of pictures are the same. */
export function isSamePictures(one: readonly GivenPicture[], other: readonly GivenPicture[]): boolean {
  const textOf = (pictures: readonly GivenPicture[]) =>
    pictures.map(({ image, alt }) => `${image}\n${alt}`).join('\n\n')
  return textOf(one) === textOf(other)
}
