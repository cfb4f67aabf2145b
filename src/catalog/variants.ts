// The variants of a product: how they are named, and which one a form asks for.
import type { Prisma, Product, Variant } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import type { StoredPicture } from './product-pictures.js'
import { optionName, productName } from './product-texts.js'

/** Loads the variants that are for sale, in their order. */
export const WITH_VARIANTS = {
  variants: { where: { active: true }, orderBy: [{ position: 'asc' }, { id: 'asc' }] },
} as const satisfies Prisma.ProductInclude

/** The columns that shoppers' pages need. */
export type ProductRow = Omit<
  Product,
  | 'stripePriceId'
  | 'stripePriceAmount'
  | 'stripePriceCurrency'
  | 'revision'
  | 'requestKey'
  | 'createdAt'
  | 'updatedAt'
>

/** A product with its variants for sale, and with its pictures where they are shown. */
export type ProductWithVariants = ProductRow & {
  variants: Variant[]
  pictures?: StoredPicture[]
  /** The names of its category by language, where they are shown. */
  categoryTranslations?: Prisma.JsonValue
}

/** "Red / L", as the owner wrote it. Empty for a product without options. */
export function variantName({ optionValues }: Pick<Variant, 'optionValues'>): string {
  return optionValues.join(' / ')
}

/** "Stoneware mug – Red / L", for lines that hold one name. */
export function nameWithVariant(name: string, variantName: string): string {
  return variantName === '' ? name : `${name} – ${variantName}`
}

/** The variant that a row is about. Rows of earlier releases name only a product, and mean its first variant. */
export function variantIdOf({
  variantId,
  productId,
}: {
  variantId: number | null
  productId: number
}): number {
  return variantId ?? productId
}

/** The page of a product with one of its variants chosen. */
export function variantPath(productId: number, variantId: number): string {
  return productId === variantId ? `/pricing/${productId}` : `/pricing/${productId}?variant=${variantId}`
}

/**
 * The variant that a form or query string asks for: by `variant_id`, by its option values (`option_0=Red`), or by nothing if
 * the product has only one.
 * @throws Problem 404 for a variant that isn't sold, 409 for option values that don't go together, 400 when it must be chosen
 */
export function chosenVariant(product: ProductWithVariants, fields: unknown): Variant {
  const { variant_id: id, ...others } = (fields ?? {}) as Record<string, unknown>
  if (id !== undefined) {
    const variant = product.variants.find((known) => known.id === id || String(known.id) === id)
    if (!variant) throw notOffered(product, null)
    return variant
  }
  const [first, second] = product.variants
  const values = product.options.map((_option, index) => others[`option_${index}`])
  if (values.length > 0 && values.every((value) => typeof value === 'string' && value !== '')) {
    const wanted = values as string[]
    const variant = product.variants.find(({ optionValues }) => isSame(optionValues, wanted))
    if (!variant) throw notOffered(product, wanted)
    return variant
  }
  if (!first || second) throw variantRequired(product)
  return first
}

/** The variant that is shown when none was chosen: the first that can be bought, or that is sold at all. */
export function firstToBuy({ id, variants }: ProductWithVariants): Variant {
  const variant = variants.find(({ stock }) => stock !== 0) ?? variants[0]
  if (!variant) throw new Error(`Product ${id} has no variant for sale.`)
  return variant
}

/** The fields of a form that say which variant is meant, for a link to the page where it is bought. */
export function selectionFields(fields: unknown): Record<string, string> {
  const entries = Object.entries((fields ?? {}) as Record<string, unknown>)
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] =>
        /^(variant_id|option_\d)$/.test(entry[0]) && typeof entry[1] === 'string',
    ),
  )
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index])
}

/** @param values the option values that were asked for. Null: a variant that isn't sold */
function notOffered(product: ProductWithVariants, values: string[] | null): Problem {
  const texts = t().catalog
  const { id } = product
  const name = productName(product)
  const named = (values ?? []).map((value) => optionName(product, value))
  const detail =
    values === null
      ? texts.variantNotSold(name)
      : texts.combinationNotOffered(name, variantName({ optionValues: named }))
  return new Problem(values === null ? 404 : 409, 'variant_not_found', texts.notOfferedTitle, detail, {
    action: { href: `/pricing/${id}`, label: texts.chooseOptions },
  })
}

/**
 * For a request that names only a product of which several variants are sold.
 * @param field where the variant should have been named
 */
export function variantRequired(product: ProductWithVariants, field = 'variant_id'): Problem {
  const texts = t().catalog
  const { id, variants } = product
  const options = product.options.map((name) => optionName(product, name))
  const choices = variants.map((variant) => `${variant.id} (${variantName(variant)})`)
  return new Problem(400, 'variant_required', texts.chooseFirstTitle, texts.chooseFirst(options), {
    action: { href: `/pricing/${id}`, label: texts.chooseOptions },
    errors: [{ field, detail: `must be one of ${choices.join(', ')}` }],
  })
}
