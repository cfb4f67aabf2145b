// Compares the lines of a file with the catalog: what an import would change, and what is wrong.
import type { PrismaClient } from '../../generated/prisma/client.js'
import { isCurrency } from '../../money.js'
import { MAX_VARIANTS } from '../more-variants.js'
import { slugOf } from '../new-products.js'
import { picturesOf, WITH_PICTURES } from '../product-pictures.js'
import type { EditedProduct } from '../save-product.js'
import { judge, type Group } from './judge-plan.js'
import type {
  AddedProduct,
  ChangedProduct,
  ImportPlan,
  NewPlannedVariant,
  PlannedChange,
  PlannedProduct,
} from './plan.js'
import {
  findPictures,
  firstPicture,
  pictureChange,
  plannedPictures,
  variantsWithout,
  withoutPictures,
  type Shared,
} from './plan-pictures.js'
import { newVariantOf, valuesOf } from './plan-variants.js'
import * as cellsAs from './read-cells.js'
import type { ImportLine } from './read-lines.js'

export interface ImportOptions {
  /** Of new products whose lines name none. */
  currency: string
  allowedHosts: readonly string[]
}

interface Context extends ImportOptions {
  complain: cellsAs.Complain
}

export async function makePlan(
  prisma: PrismaClient,
  lines: readonly ImportLine[],
  options: ImportOptions,
): Promise<ImportPlan> {
  const errors: ImportPlan['errors'] = []
  const complain: cellsAs.Complain = (line, message) => void errors.push({ line, message })
  const context = { ...options, complain }
  const groups = groupLines(await knownProducts(prisma, lines), lines, complain)
  const products = groups.map((group) =>
    group.known ? changesOf(group, group.known, context) : additionOf(group, context),
  )
  await Promise.all([judge(prisma, groups, products, complain), findPictures(prisma, products, complain)])
  const planned = products.filter(changesSomething)
  const touched = planned.reduce((sum, product) => sum + linesOf(product), 0)
  return {
    products: planned,
    errors: errors.sort((one, other) => one.line - other.line),
    unchanged: Math.max(0, lines.length - touched),
  }
}

async function knownProducts(prisma: PrismaClient, lines: readonly ImportLine[]): Promise<EditedProduct[]> {
  const skus = lines.flatMap(({ cells }) => cells.sku ?? [])
  const slugs = lines.flatMap(({ cells }) => cells.product ?? [])
  return prisma.product.findMany({
    where: { OR: [{ slug: { in: slugs } }, { variants: { some: { sku: { in: skus } } } }] },
    include: { variants: { orderBy: [{ position: 'asc' }, { id: 'asc' }] }, ...WITH_PICTURES },
  })
}

function groupLines(
  known: readonly EditedProduct[],
  lines: readonly ImportLine[],
  complain: cellsAs.Complain,
): Group[] {
  const bySku = new Map(
    known.flatMap((product) => product.variants.map(({ sku }) => [sku, product] as const)),
  )
  const bySlug = new Map(known.map((product) => [product.slug, product]))
  const groups = new Map<string, Group>()
  const seen = new Map<string, number>()
  for (const one of lines) {
    const { line, cells } = one
    const { sku } = cells
    const before = sku === undefined ? undefined : seen.get(sku)
    if (sku === undefined) complain(line, 'It has no sku.')
    else if (before !== undefined) complain(line, `The sku ${sku} is on line ${before} already.`)
    if (sku === undefined || before !== undefined) continue
    seen.set(sku, line)
    const named = cells.product ?? slugOf(cells.name ?? '')
    const product = bySku.get(sku) ?? bySlug.get(named) ?? null
    if (product !== null && cells.product !== undefined && cells.product !== product.slug)
      complain(line, `The sku ${sku} belongs to the product ${product.slug}, not ${cells.product}.`)
    const slug = product?.slug ?? (named || slugOf(sku))
    if (product === null && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))
      complain(line, `product is “${slug}”: write small letters, digits and hyphens, such as iron-kettle.`)
    const group = groups.get(slug) ?? { known: product, slug, lines: [] }
    group.lines.push(one)
    groups.set(slug, group)
  }
  return [...groups.values()]
}

/** What the lines say of their product. Lines that contradict each other are named. */
function sharedOf({ lines, known }: Group, { allowedHosts, complain }: Context) {
  const shared: Shared = {}
  // A product's own pictures stay, whatever hosts are allowed now.
  const own = known === null ? [] : picturesOf(known).map(({ image }) => image)
  const check = (image: string) => (own.includes(image) ? null : cellsAs.addressProblem(image, allowedHosts))
  for (const one of lines) {
    for (const [field, value] of Object.entries(cellsAs.readProductCells(one, check, complain))) {
      const before = shared[field]
      if (before === undefined) shared[field] = { value, line: one.line }
      else if (JSON.stringify(before.value) !== JSON.stringify(value))
        complain(one.line, `It says something else about the product than line ${before.line}: ${field}.`)
    }
  }
  return shared
}

function changesOf(group: Group, product: EditedProduct, context: Context): ChangedProduct {
  const { complain } = context
  const said = sharedOf(group, context)
  const firstLine = group.lines[0]?.line ?? 0
  const pictures = plannedPictures(said, product, firstLine, complain)
  const changes = Object.entries(withoutPictures(said)).flatMap(([field, said]): PlannedChange[] => {
    if (said === undefined) return []
    const { value } = said
    const from = product[field as 'name']
    return JSON.stringify(from) === JSON.stringify(value) ? [] : [{ field, from, to: value }]
  })
  changes.push(...pictureChange(product, pictures))
  const variants: ChangedProduct['variants'] = []
  const added: NewPlannedVariant[] = []
  for (const { line, cells } of group.lines) {
    if (cells.currency !== undefined && cells.currency.toLowerCase() !== product.currency)
      complain(
        line,
        `currency is ${cells.currency}, and the product’s is ${product.currency.toUpperCase()}, which can’t change.`,
      )
    const known = product.variants.find(({ sku }) => sku === cells.sku)
    const values = valuesOf(
      { line, cells },
      known && cells.options === undefined
        ? product.options.map((_, index) => known.optionValues[index] ?? '')
        : null,
      product.options,
      complain,
    )
    if (!known) {
      if (product.options.length === 0)
        complain(
          line,
          `${product.name} has no options, so it can’t have another variant. Add options to it first.`,
        )
      else if (product.variants.some(({ optionValues }) => optionValues.join('\n') === values.join('\n')))
        complain(line, `${product.name} already has ${values.join(' / ')}, with another sku.`)
      added.push(
        newVariantOf(
          { line, cells },
          values,
          product.currency,
          product.variants[0]?.unitAmount ?? null,
          pictures,
          complain,
        ),
      )
      continue
    }
    if (values.join('\n') !== known.optionValues.join('\n'))
      complain(
        line,
        `${known.sku} is ${known.optionValues.join(' / ') || 'without options'}: that can’t change.`,
      )
    const wanted = {
      ...(cells.price !== undefined && {
        unitAmount: cellsAs.readPriceCell(line, cells.price, product.currency, complain),
      }),
      ...(cells.stock !== undefined && { stock: cellsAs.readStockCell(line, cells.stock, complain) }),
      ...(cells.grams !== undefined && { weight: cellsAs.readGrams(line, cells.grams, complain) }),
      ...(cells.variant_on_sale !== undefined && {
        active: cellsAs.readYesNo(line, 'variant_on_sale', cells.variant_on_sale, complain),
      }),
      ...(cells.variant_picture !== undefined && {
        image: cellsAs.readVariantPicture(line, cells.variant_picture, pictures, known.image, complain),
      }),
    }
    const own = Object.entries(wanted).flatMap(([field, to]): PlannedChange[] => {
      const from = known[field as keyof typeof wanted]
      return from === to ? [] : [{ field, from, to }]
    })
    if (own.length > 0) variants.push({ id: known.id, line, sku: known.sku, changes: own })
  }
  const { id, name, currency } = product
  if (product.variants.length + added.length > MAX_VARIANTS)
    complain(firstLine, `${name} would have more than ${MAX_VARIANTS} variants.`)
  return {
    ...{ kind: 'change', line: firstLine, id, name, currency, changes, added },
    variants: variantsWithout(product, pictures, variants, firstLine),
  }
}

function additionOf(group: Group, context: Context): AddedProduct {
  const { complain } = context
  const [first] = group.lines
  const line = first?.line ?? 0
  const shared = sharedOf(group, context)
  const pictures = plannedPictures(shared, null, line, complain)
  const text = (field: string, otherwise = '') => String(shared[field]?.value ?? otherwise)
  if (shared['name'] === undefined)
    complain(line, `There is no product with the sku ${first?.cells.sku ?? ''}, and a new one needs a name.`)
  const currency = (first?.cells.currency ?? context.currency).toLowerCase()
  if (!isCurrency(currency)) complain(line, `currency is “${currency}”, which Stripe doesn’t have.`)
  const other = group.lines.find(({ cells }) => (cells.currency ?? currency).toLowerCase() !== currency)
  if (other) complain(other.line, 'All variants of a product have the same currency.')
  const options =
    first?.cells.options === undefined
      ? []
      : cellsAs.readOptionCell(line, first.cells.options, () => undefined).map(([name]) => name)
  const variants = group.lines.map((one) =>
    newVariantOf(one, valuesOf(one, null, options, complain), currency, null, pictures, complain),
  )
  const twice = variants.find(
    ({ values }, index) =>
      variants.findIndex((known) => known.values.join('\n') === values.join('\n')) < index,
  )
  if (twice)
    complain(
      twice.line,
      options.length === 0
        ? 'A product with several variants needs options that tell them apart.'
        : `${twice.values.join(' / ')} is there twice.`,
    )
  if (variants.length > MAX_VARIANTS) complain(line, `A product can have up to ${MAX_VARIANTS} variants.`)
  return {
    ...{
      kind: 'add',
      line,
      slug: group.slug,
      name: text('name'),
      summary: text('summary'),
      currency,
      options,
    },
    ...{
      description: text('description'),
      category: text('category', 'Other'),
      image: firstPicture(pictures),
    },
    specifications: (shared['specifications']?.value as string[] | undefined) ?? [],
    requiresShipping: shared['requiresShipping']?.value === true,
    taxCode: (shared['taxCode']?.value as string | null | undefined) ?? null,
    active: shared['active']?.value !== false,
    pictures,
    variants,
  }
}

function changesSomething(product: PlannedProduct): boolean {
  return product.kind === 'add' || product.changes.length + product.variants.length + product.added.length > 0
}

function linesOf(product: PlannedProduct): number {
  if (product.kind === 'add') return product.variants.length
  return Math.max(product.changes.length > 0 ? 1 : 0, product.variants.length + product.added.length)
}
