// Adds products with their variants.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { writePictures, type GivenPicture } from './product-pictures.js'
import type { ProductTranslations } from './product-texts.js'

export interface NewProduct {
  slug: string
  name: string
  /** One sentence. */
  summary: string
  /** Paragraphs separated by empty lines. */
  description: string
  /** Path of an image on this site, or an https address. */
  image: string
  category: string
  /** Minor units of the currency: cents for usd and eur, whole yen for jpy. Variants may have other prices. */
  unitAmount: number
  currency: string
  /** Units left of each variant; null when stock isn't counted. */
  stock: number | null
  requiresShipping: boolean
  /** Stripe's code for Stripe Tax. Null: the one that is preset in the Stripe account. */
  taxCode: string | null
  /** Whether it is on sale. By default it is. */
  active?: boolean
  /** "Material: Oak" */
  specifications?: string[]
  translations?: ProductTranslations
  /** What the variants differ in: "Size", "Color". */
  options?: string[]
  /** At least one if there are options. */
  variants?: NewVariant[]
  /** The first one is `image`. */
  pictures?: readonly GivenPicture[]
  /** Makes repeated requests one. */
  requestKey?: string | null
}

export interface NewVariant {
  /** One for each option. */
  values: string[]
  unitAmount?: number
  stock?: number | null
  image?: string
}

/**
 * Adds these products. Those whose slug or request key is taken are left out.
 * @returns the ids of those that were added
 */
export function addProducts(prisma: PrismaClient, products: readonly NewProduct[]): Promise<number[]> {
  return prisma.$transaction((tx) => addProductsIn(tx, products))
}

/** The same within a transaction. */
export async function addProductsIn(tx: Transaction, products: readonly NewProduct[]): Promise<number[]> {
  const parts = products.map(({ variants = [], pictures = [], ...product }) => ({
    product,
    variants,
    pictures,
  }))
  const added = await tx.product.createManyAndReturn({
    data: parts.map(({ product, variants }) => ({
      ...product,
      unitAmount: variants[0]?.unitAmount ?? product.unitAmount,
      stock: variants[0]?.stock === undefined ? product.stock : variants[0].stock,
    })),
    select: { id: true, slug: true },
    skipDuplicates: true,
  })
  for (const { id, slug } of added) {
    const part = parts.find(({ product }) => product.slug === slug)
    if (!part) continue
    const { product, variants, pictures } = part
    if (pictures.length > 0) await writePictures(tx, id, pictures)
    const [first, ...others] = variants
    if (!first) continue
    const [firstSku = slug, ...skus] = await skusOf(slug, [first, ...others])
    // A trigger has added it together with the product.
    const image = first.image ?? null
    const data = { optionValues: first.values, sku: firstSku, image }
    await tx.variant.update({ where: { id }, data })
    await tx.variant.createMany({
      data: others.map((variant, index) => ({
        productId: id,
        sku: skus[index] ?? '',
        optionValues: variant.values,
        unitAmount: variant.unitAmount ?? product.unitAmount,
        currency: product.currency,
        stock: variant.stock === undefined ? product.stock : variant.stock,
        image: variant.image ?? null,
        position: index + 1,
      })),
    })
  }
  for (const { id } of added)
    await recordAudit(tx, { action: 'product.added', subject: 'product', subjectId: id })
  return added.map(({ id }) => id)
}

/** A number tells those apart that would be the same: of "+1" and "-1", or of values without letters of the Latin alphabet. */
async function skusOf(slug: string, variants: readonly NewVariant[]): Promise<string[]> {
  const skus = new Set<string>()
  for (const { values } of variants) skus.add(await numbered(skuOf(slug, values), (sku) => skus.has(sku)))
  return [...skus]
}

/** "stoneware-mug", or "stoneware-mug-2" if that is taken. */
export async function numbered(
  name: string,
  isTaken: (candidate: string) => boolean | Promise<boolean>,
): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`
    if (!(await isTaken(candidate))) return candidate
  }
}

/** "stoneware-mug-sage-320-ml" */
export function skuOf(slug: string, values: readonly string[]): string {
  return [slug, ...values.map(slugOf)].filter(Boolean).join('-')
}

/** A name in an address: "Café mug" → "cafe-mug". Empty for a name without letters of the Latin alphabet and digits. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
