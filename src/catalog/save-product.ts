// Saves a product with its variants and pictures at once, unless somebody else has saved it meanwhile.
import { isDeepStrictEqual } from 'node:util'
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { Prisma, PrismaClient, Variant } from '../generated/prisma/client.js'
import { lockProduct } from './adjust-stock.js'
import { freeSku, type WholeProduct } from './manage-products.js'
import { moreVariants, type OptionValues } from './more-variants.js'
import { skuOf } from './new-products.js'
import type { ProductTranslations } from './product-texts.js'
import { translateCategory } from './translate-category.js'
import { optionsOf } from './option-texts.js'
import { problemsOf } from './product-problems.js'
import {
  isSamePictures,
  NO_PICTURE,
  picturesOf,
  writePictures,
  type GivenPicture,
  type StoredPicture,
} from './product-pictures.js'
import { nameWithVariant, variantName } from './variants.js'

/** What a form says of a product. */
export interface ProductEdit {
  name: string
  summary: string
  description: string
  category: string
  taxCode: string | null
  requiresShipping: boolean
  active: boolean
  /** "Material: Oak" */
  specifications: string[]
  translations: ProductTranslations
  /** The names of its category by language, which all its products share. Null: unchanged. */
  categoryTranslations: Record<string, string> | null
  options: OptionValues[]
  variants: VariantEdit[]
  pictures: GivenPicture[]
}

export interface VariantEdit {
  id: number
  sku: string
  unitAmount: number
  /** Grams. */
  weight: number | null
  active: boolean
  /** The address of one of the product's pictures. Null: the first one. */
  image: string | null
}

/** By the name of what is wrong: "name", "options", "pictures", or "sku_12" and "price_12" of a variant. */
export type EditErrors = Record<string, string>

export type Saved = { saved: true } | { outdated: true } | { errors: EditErrors }

export type EditedProduct = WholeProduct & {
  pictures: StoredPicture[]
  /** The names of its category by language. */
  categoryTranslations?: Prisma.JsonValue
}

/** @param revision of the product as the form showed it */
export async function saveProduct(
  prisma: PrismaClient,
  product: EditedProduct,
  revision: number,
  edit: ProductEdit,
): Promise<Saved> {
  const errors = await errorsOf(prisma, product, edit)
  if (Object.keys(errors).length > 0) return { errors }
  const more = moreVariants(optionsOf(product.options, product.variants), product.variants, edit.options)
  return prisma.$transaction(async (tx): Promise<Saved> => {
    await lockProduct(tx, product.id)
    const now = await tx.product.findUniqueOrThrow({ where: { id: product.id }, select: { revision: true } })
    if (now.revision !== revision) return { outdated: true }
    const shared = changedShared(product, edit)
    const update = () =>
      tx.product.update({ where: { id: product.id }, data: { ...shared, revision: { increment: 1 } } })
    // Triggers refuse a variant on sale that Stripe would refuse: a price is mended before its product goes on sale, and one
    // that goes off sale does so first.
    if (!edit.active) await update()
    const variantFields = await writeVariants(tx, product, edit)
    if (edit.active) await update()
    if (more !== null && typeof more !== 'string') {
      await tx.product.update({ where: { id: product.id }, data: { options: more.options } })
      for (const { id, values } of more.renamed)
        await tx.variant.update({ where: { id }, data: { optionValues: values } })
      await addVariants(tx, product, more.added)
    }
    const isCategoryRenamed =
      edit.categoryTranslations !== null &&
      (await translateCategory(tx, edit.category, edit.categoryTranslations))
    if (!isSamePictures(picturesOf(product), edit.pictures))
      await writePictures(tx, product.id, edit.pictures)
    const fields = [
      ...Object.keys(shared),
      ...variantFields,
      ...(more === null ? [] : ['options']),
      ...(isCategoryRenamed ? ['categoryTranslations'] : []),
      ...(isSamePictures(picturesOf(product), edit.pictures) ? [] : ['pictures']),
    ]
    await recordAudit(tx, { action: 'product.changed', subject: 'product', subjectId: product.id, fields })
    return { saved: true }
  })
}

/** What Stripe or the database would refuse, by field. */
async function errorsOf(
  prisma: PrismaClient,
  product: EditedProduct,
  edit: ProductEdit,
): Promise<EditErrors> {
  const errors: EditErrors = {}
  const more = moreVariants(optionsOf(product.options, product.variants), product.variants, edit.options)
  if (typeof more === 'string') errors['options'] = more
  const skus = edit.variants.map(({ sku }) => sku)
  const taken = await prisma.variant.findMany({
    where: { sku: { in: skus }, productId: { not: product.id } },
    include: { product: { select: { name: true } } },
  })
  for (const { id, sku } of edit.variants) {
    const other = taken.find((one) => one.sku === sku)
    if (sku === '') errors[`sku_${id}`] = 'Give it a SKU.'
    else if (other) errors[`sku_${id}`] = `${other.product.name} has this SKU.`
    else if (skus.filter((one) => one === sku).length > 1) errors[`sku_${id}`] = 'Two variants have this SKU.'
  }
  const offers = edit.variants.map((variant) => {
    const known = product.variants.find(({ id }) => id === variant.id)
    return {
      name: nameWithVariant(edit.name, known ? variantName(known) : ''),
      image: variant.image ?? edit.pictures[0]?.image ?? NO_PICTURE,
      unitAmount: variant.unitAmount,
      currency: product.currency,
    }
  })
  for (const [index, problem] of (await problemsOf(prisma, offers)).entries()) {
    const id = edit.variants[index]?.id ?? 0
    if (problem === null) continue
    const field = problem.startsWith('Its price')
      ? `price_${id}`
      : /picture/.test(problem)
        ? 'pictures'
        : 'name'
    errors[field] ??= problem
  }
  return errors
}

/** What changes of what all variants share. */
function changedShared(product: EditedProduct, edit: ProductEdit): Prisma.ProductUpdateInput {
  const {
    name,
    summary,
    description,
    category,
    taxCode,
    requiresShipping,
    active,
    specifications,
    translations,
  } = edit
  const image = edit.pictures[0]?.image ?? NO_PICTURE
  const wanted = {
    name,
    summary,
    description,
    category,
    taxCode,
    requiresShipping,
    active,
    specifications,
    translations,
    image,
  }
  return Object.fromEntries(
    Object.entries(wanted).filter(
      ([field, value]) => !isDeepStrictEqual(value, product[field as keyof typeof wanted]),
    ),
  )
}

/** @returns the names of the fields that changed */
async function writeVariants(tx: Transaction, product: EditedProduct, edit: ProductEdit): Promise<string[]> {
  const changed = new Set<string>()
  const edits = edit.variants.map(({ id, ...wanted }) => {
    const known = product.variants.find((variant) => variant.id === id)
    const data = Object.fromEntries(
      Object.entries(wanted).filter(
        ([field, value]) => known && value !== known[field as keyof typeof wanted],
      ),
    )
    return { id, data }
  })
  // Two variants may swap their skus.
  const swapped = edits.filter(({ data }) => 'sku' in data)
  if (swapped.length > 1)
    for (const { id } of swapped) await tx.variant.update({ where: { id }, data: { sku: `renamed-${id}` } })
  for (const { id, data } of edits) {
    if (Object.keys(data).length === 0) continue
    for (const field of Object.keys(data)) changed.add(field)
    await tx.variant.update({ where: { id }, data })
    await recordAudit(tx, {
      action: 'variant.changed',
      subject: 'variant',
      subjectId: id,
      fields: Object.keys(data),
    })
  }
  return [...changed]
}

/** With the first variant's price. Their stock begins at 0 if stock is counted. */
async function addVariants(
  tx: Transaction,
  product: WholeProduct,
  added: readonly string[][],
): Promise<void> {
  const [first] = product.variants
  if (!first) throw new Error(`Product ${product.id} has no variant.`)
  const { unitAmount } = await tx.variant.findUniqueOrThrow({ where: { id: first.id } })
  let position = Math.max(...product.variants.map((variant: Variant) => variant.position))
  for (const values of added) {
    const variant = await tx.variant.create({
      data: {
        ...{ productId: product.id, optionValues: values, unitAmount, currency: product.currency },
        sku: await freeSku(tx, skuOf(product.slug, values)),
        stock: first.stock === null ? null : 0,
        position: ++position,
      },
    })
    await recordAudit(tx, { action: 'variant.added', subject: 'variant', subjectId: variant.id })
  }
}
