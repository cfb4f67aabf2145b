// What an import makes of the pictures of a product.
import type { PrismaClient } from '../../generated/prisma/client.js'
import { NO_PICTURE, picturesOf } from '../product-pictures.js'
import type { EditedProduct } from '../save-product.js'
import { missingPictures, pictureLine, readPictureLine, wantedPictures } from './picture-lines.js'
import type { ChangedProduct, PlannedChange, PlannedProduct } from './plan.js'
import type { Complain } from './read-cells.js'

/** What the lines say of a product, by the names of src/catalog/import/read-cells.ts. */
export type Shared = Record<string, { value: string | boolean | string[] | null; line: number } | undefined>

/** What is said of other things than pictures. */
export function withoutPictures(said: Shared): Shared {
  return Object.fromEntries(
    Object.entries(said).filter(([field]) => !['image', 'alt', 'others'].includes(field)),
  )
}

/** The pictures that a product has then, as lines. */
export function plannedPictures(
  { image, alt, others }: Shared,
  known: EditedProduct | null,
  line: number,
  complain: Complain,
): string[] {
  const wanted = wantedPictures(
    {
      image: image?.value as string | undefined,
      alt: alt?.value as string | undefined,
      others: others?.value as string[] | undefined,
    },
    known === null ? [] : picturesOf(known),
  )
  if (typeof wanted !== 'string') return wanted
  complain((others ?? image ?? alt)?.line ?? line, wanted)
  return []
}

export function pictureChange(product: EditedProduct, pictures: string[]): PlannedChange[] {
  const from = picturesOf(product).map(pictureLine)
  return JSON.stringify(from) === JSON.stringify(pictures) ? [] : [{ field: 'pictures', from, to: pictures }]
}

/** The picture in lists. */
export function firstPicture(pictures: readonly string[]): string {
  return pictures[0] === undefined ? NO_PICTURE : readPictureLine(pictures[0]).image
}

/** Variants that no line gives another picture, and whose own one the product loses: they show its first one. */
export function variantsWithout(
  product: EditedProduct,
  pictures: readonly string[],
  planned: ChangedProduct['variants'],
  line: number,
): ChangedProduct['variants'] {
  const addresses = new Set(pictures.map((picture) => readPictureLine(picture).image))
  const lost = new Set(picturesOf(product).flatMap(({ image }) => (addresses.has(image) ? [] : [image])))
  const changed = [...planned]
  for (const { id, sku, image } of product.variants) {
    if (image === null || !lost.has(image)) continue
    const change = { field: 'image', from: image, to: null }
    const index = changed.findIndex((one) => one.id === id)
    const known = changed[index]
    if (known === undefined) changed.push({ id, line, sku, changes: [change] })
    else if (!known.changes.some(({ field }) => field === 'image'))
      changed[index] = { ...known, changes: [...known.changes, change] }
  }
  return changed
}

/** Names addresses of uploaded pictures that the shop does not have. */
export async function findPictures(
  prisma: PrismaClient,
  products: readonly PlannedProduct[],
  complain: Complain,
): Promise<void> {
  const added = products.map((product) => {
    if (product.kind === 'add') return { product, lines: product.pictures }
    const change = product.changes.find(({ field }) => field === 'pictures')
    const before = new Set(((change?.from ?? []) as string[]).map((line) => readPictureLine(line).image))
    const lines = ((change?.to ?? []) as string[]).filter((line) => !before.has(readPictureLine(line).image))
    return { product, lines }
  })
  const missing = await missingPictures(
    prisma,
    added.flatMap(({ lines }) => lines),
  )
  for (const { product, lines } of added)
    for (const { image } of lines.map(readPictureLine))
      if (missing.has(image))
        complain(product.line, `There is no picture at ${image}. Upload it in the admin first.`)
}
