// What the owner does with the catalog: adds products and variants, and changes them. Everything is checked before it is written.
import { randomUUID } from 'node:crypto'
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { PrismaClient, Product, Variant } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { adjustOne, lockProduct } from './adjust-stock.js'
import { MAX_VARIANTS, type OptionValues } from './more-variants.js'
import { addProducts, numbered, skuOf, slugOf, type NewProduct } from './new-products.js'
import { problemOf } from './product-problems.js'
import { nameWithVariant, variantName } from './variants.js'

export type WholeProduct = Product & { variants: Variant[] }

/** What a variant has of its own. Undefined: unchanged. */
export interface VariantChange {
  sku?: string | undefined
  unitAmount?: number | undefined
  /** Null: not counted. */
  stock?: number | null | undefined
  image?: string | undefined
  active?: boolean | undefined
}

/** What all variants of a product share. Undefined: unchanged. */
export interface ProductChange {
  name?: string | undefined
  summary?: string | undefined
  description?: string | undefined
  category?: string | undefined
  image?: string | undefined
  requiresShipping?: boolean | undefined
  taxCode?: string | undefined
  active?: boolean | undefined
}

/**
 * Adds a product, once for a request key. With options, each combination of their values becomes a variant.
 * @throws Problem when Stripe would refuse it, or the options make no sense
 */
export async function addProduct(
  prisma: PrismaClient,
  product: Omit<NewProduct, 'slug' | 'options' | 'variants'>,
  options: readonly OptionValues[],
): Promise<number> {
  const combinations = combinationsOf(options)
  for (const values of combinations)
    await refuseProblem(prisma, { ...product, name: nameWithVariant(product.name, values.join(' / ')) })
  const [id] = await addProducts(prisma, [
    {
      ...product,
      slug: await freeSlug(prisma, product.name),
      options: options.map(({ name }) => name),
      variants: options.length === 0 ? [] : combinations.map((values) => ({ values })),
    },
  ])
  if (id !== undefined) return id
  const { requestKey = null } = product
  const added = requestKey === null ? null : await prisma.product.findUnique({ where: { requestKey } })
  if (!added) throw refused('Another product with this name was added just now. Try again.')
  return added.id
}

/** The variant with this id or sku. The id of a product means its first variant. @throws Problem 404 */
export async function findVariant(prisma: PrismaClient, text: string): Promise<Variant> {
  const byId = /^[1-9]\d{0,8}$/.test(text)
    ? await prisma.variant.findUnique({ where: { id: Number(text) } })
    : null
  const variant = byId ?? (await prisma.variant.findUnique({ where: { sku: text } }))
  if (!variant) throw new Problem(404, 'product_not_found', 'No product', `There is no product ${text}.`)
  return variant
}

/** The product with this id, or that has a variant with this id or sku. @throws Problem 404 */
export async function findWholeProduct(prisma: PrismaClient, text: string): Promise<WholeProduct> {
  const { productId } = await findVariant(prisma, text)
  return prisma.product.findUniqueOrThrow({
    where: { id: productId },
    include: { variants: { orderBy: [{ position: 'asc' }, { id: 'asc' }] } },
  })
}

/**
 * Names what a product without options is, so that it can have other variants: a mug becomes the one in Red.
 * @param given the value of each option
 */
export async function nameOptions(
  prisma: PrismaClient,
  product: WholeProduct,
  given: ReadonlyMap<string, string>,
): Promise<void> {
  if (product.options.length > 0)
    throw refused(`${product.name} already has options: ${product.options.join(', ')}.`)
  await prisma.$transaction(async (tx) => {
    const data = { options: [...given.keys()], revision: { increment: 1 } }
    await tx.product.update({ where: { id: product.id }, data })
    await tx.variant.update({ where: { id: product.id }, data: { optionValues: [...given.values()] } })
    await recordChange(tx, 'product', product.id, ['options'])
  })
}

/**
 * Adds a variant. What is not given is taken from the product's first variant; its stock starts at 0 if stock is counted.
 * @param given the value of each option
 * @throws Problem when Stripe would refuse it, or the product has this variant
 */
export async function addVariant(
  prisma: PrismaClient,
  product: WholeProduct,
  given: ReadonlyMap<string, string>,
  change: VariantChange,
): Promise<Variant> {
  const { id, slug, options, variants, currency } = product
  if (options.length === 0)
    throw refused(
      `${product.name} has no options yet. First say what it is now: npm run products -- options ${id} Size=M`,
    )
  const values = options.map((option) => given.get(option) ?? missing(option))
  const extra = [...given.keys()].find((name) => !options.includes(name))
  if (extra !== undefined)
    throw refused(`${product.name} has no option “${extra}”, only ${options.join(', ')}.`)
  if (variants.some(({ optionValues }) => optionValues.join('\n') === values.join('\n')))
    throw refused(`${product.name} already has ${values.join(' / ')}.`)
  if (variants.length >= MAX_VARIANTS) throw refused(`A product can have up to ${MAX_VARIANTS} variants.`)
  const sku = change.sku ?? (await freeSku(prisma, skuOf(slug, values)))
  await refuseTakenSku(prisma, sku)
  const [first] = variants
  const unitAmount = change.unitAmount ?? first?.unitAmount ?? product.unitAmount
  const image = change.image ?? null
  const name = nameWithVariant(product.name, values.join(' / '))
  await refuseProblem(prisma, { name, image: image ?? product.image, unitAmount, currency })
  return prisma.$transaction(async (tx) => {
    const variant = await tx.variant.create({
      data: {
        ...{ productId: id, sku, optionValues: values, unitAmount, currency, image },
        stock: change.stock === undefined ? (first?.stock === null ? null : 0) : change.stock,
        active: change.active ?? true,
        position: Math.max(...variants.map(({ position }) => position)) + 1,
      },
    })
    await tx.product.update({ where: { id }, data: { revision: { increment: 1 } } })
    await recordAudit(tx, { action: 'variant.added', subject: 'variant', subjectId: variant.id })
    return variant
  })
}

/**
 * Changes a variant. If it is its product's only one, the product goes on and off sale with it, and has its picture.
 * @throws Problem when Stripe would refuse it
 */
export async function changeVariant(
  prisma: PrismaClient,
  variant: Variant,
  change: VariantChange,
): Promise<void> {
  const product = await findWholeProduct(prisma, String(variant.id))
  const { sku, unitAmount = variant.unitAmount, image = variant.image ?? product.image, active } = change
  if (sku !== undefined && sku !== variant.sku) await refuseTakenSku(prisma, sku)
  const name = nameWithVariant(product.name, variantName(variant))
  await refuseProblem(prisma, { name, image, unitAmount, currency: variant.currency })
  const isOnly = product.variants.length === 1
  // The product's picture is the one in lists.
  const shared = isOnly ? definedIn({ active, image: change.image }) : {}
  await prisma.$transaction(async (tx) => {
    // The product's row first: so does everyone who changes a first variant.
    await lockProduct(tx, product.id)
    await tx.product.update({ where: { id: product.id }, data: { ...shared, revision: { increment: 1 } } })
    const { stock, ...others } = change
    await tx.variant.update({
      where: { id: variant.id },
      data: { ...definedIn(others), ...(isOnly && change.image !== undefined && { image: null }) },
    })
    if (stock !== undefined) await setStock(tx, variant, stock)
    await recordChange(tx, 'variant', variant.id, Object.keys(definedIn(change)))
  })
}

/**
 * Changes what all variants of a product share. An only variant goes on sale with its product.
 * @throws Problem when Stripe would refuse it
 */
export async function changeProduct(
  prisma: PrismaClient,
  product: WholeProduct,
  change: ProductChange,
): Promise<void> {
  const name = change.name ?? product.name
  const image = change.image ?? product.image
  for (const variant of product.variants)
    await refuseProblem(prisma, {
      ...variant,
      name: nameWithVariant(name, variantName(variant)),
      image: variant.image ?? image,
    })
  await prisma.$transaction(async (tx) => {
    const data = { ...definedIn(change), revision: { increment: 1 } }
    await tx.product.update({ where: { id: product.id }, data })
    const [only, another] = product.variants
    if (change.active === true && only && !another)
      await tx.variant.update({ where: { id: only.id }, data: { active: true } })
    await recordChange(tx, 'product', product.id, Object.keys(definedIn(change)))
  })
}

/** Sets stock by the difference to what it is now, under the product's lock. */
async function setStock(tx: Transaction, { id, productId }: Variant, wanted: number | null): Promise<void> {
  const { stock } = await tx.variant.findUniqueOrThrow({ where: { id }, select: { stock: true } })
  if (stock === wanted) return
  const change = wanted === null ? 'stop' : stock === null ? { start: wanted } : { by: wanted - stock }
  await adjustOne(tx, productId, id, change, { reason: 'counted', note: null, requestKey: randomUUID() })
}

function recordChange(
  tx: Transaction,
  subject: 'product' | 'variant',
  subjectId: number,
  fields: readonly string[],
): Promise<void> {
  return recordAudit(tx, { action: `${subject}.changed`, subject, subjectId, fields })
}

function combinationsOf(options: readonly OptionValues[]): string[][] {
  const names = options.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw refused(`Option “${twice}” is given twice.`)
  for (const { name, values } of options) {
    const repeated = values.find((value, index) => values.indexOf(value) !== index)
    if (repeated !== undefined) throw refused(`Option “${name}” has the value “${repeated}” twice.`)
  }
  const combinations = options.reduce<string[][]>(
    (found, { values }) => found.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  )
  if (combinations.length > MAX_VARIANTS)
    throw refused(
      `These options make ${combinations.length} variants. A product can have up to ${MAX_VARIANTS}.`,
    )
  return combinations
}

/** A slug that no product has, and no sku begins with. */
export function freeSlug(prisma: PrismaClient, name: string): Promise<string> {
  return numbered(slugOf(name) || 'product', async (slug) => {
    const [products, skus] = await Promise.all([
      prisma.product.count({ where: { slug } }),
      prisma.variant.count({ where: { OR: [{ sku: slug }, { sku: { startsWith: `${slug}-` } }] } }),
    ])
    return products + skus > 0
  })
}

/** A sku that no variant has: the one that is wanted, or with a number. */
export function freeSku(prisma: Pick<PrismaClient, 'variant'>, wanted: string): Promise<string> {
  return numbered(wanted, async (sku) => (await prisma.variant.count({ where: { sku } })) > 0)
}

async function refuseTakenSku(prisma: PrismaClient, sku: string): Promise<void> {
  if (sku.trim() === '') throw refused('A sku can’t be empty.')
  const taken = await prisma.variant.findUnique({ where: { sku }, include: { product: true } })
  if (taken) throw refused(`The sku ${sku} is taken by ${taken.product.name}, variant ${taken.id}.`)
}

async function refuseProblem(prisma: PrismaClient, offer: Parameters<typeof problemOf>[1]): Promise<void> {
  const problem = await problemOf(prisma, offer)
  if (problem !== null) throw refused(`${offer.name} could not be sold. ${problem}`)
}

function missing(option: string): never {
  throw refused(`Which ${option}? Give it as "${option}=…".`)
}

function refused(detail: string): Problem {
  return new Problem(409, 'product_refused', 'Not saved', detail)
}

/** The object without undefined values. */
function definedIn(change: VariantChange | ProductChange): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
