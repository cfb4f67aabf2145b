// Makes exactly the changes of a plan. A product that was changed meanwhile is left alone, and named.
import { randomUUID } from 'node:crypto'
import { recordAudit } from '../../audit/record-audit.js'
import type { Transaction } from '../../database/client.js'
import { Prisma, type PrismaClient } from '../../generated/prisma/client.js'
import { Problem } from '../../http/problem.js'
import { adjustOne, lockProduct } from '../adjust-stock.js'
import { addProductsIn } from '../new-products.js'
import { picturesOf, WITH_PICTURES, writePictures } from '../product-pictures.js'
import { pictureLine, picturesIn } from './picture-lines.js'
import { firstPicture } from './plan-pictures.js'
import {
  importResult,
  type AddedProduct,
  type ChangedProduct,
  type ImportPlan,
  type ImportResult,
  type NewPlannedVariant,
  type PlannedChange,
} from './plan.js'

/**
 * Each product is a transaction of its own, so that no lock is held for long, and the transaction counts it as done. So
 * an import that was interrupted goes on where it stopped, and two at once make each change once.
 */
export async function applyPlan(prisma: PrismaClient, id: string, plan: ImportPlan): Promise<ImportResult> {
  if (plan.errors.length > 0)
    throw new Problem(
      409,
      'import_has_errors',
      'Not imported',
      'The list has mistakes. Fix them, and upload it again.',
    )
  for (const [index, product] of plan.products.entries()) {
    try {
      await prisma.$transaction(async (tx) => {
        if (!(await isNext(tx, id, index))) return
        const reason = await (product.kind === 'add' ? add(tx, product) : change(tx, product))
        await countDone(tx, id, reason === null ? null : { name: product.name, reason })
      })
    } catch (error) {
      const reason = reasonOf(error)
      await prisma.$transaction(async (tx) => {
        if (await isNext(tx, id, index)) await countDone(tx, id, { name: product.name, reason })
      })
    }
  }
  const { done, skipped } = await prisma.productImport.findUniqueOrThrow({ where: { id } })
  const left = importResult.shape.skipped.parse(skipped)
  return { applied: done - left.length, skipped: left }
}

/** Locks the import. Another request may have done this product already. */
async function isNext(tx: Transaction, id: string, index: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ done: number }[]>`
    SELECT "done" FROM "ProductImport" WHERE "id" = ${id} FOR UPDATE`
  return row?.done === index
}

async function countDone(
  tx: Transaction,
  id: string,
  skipped: ImportResult['skipped'][number] | null,
): Promise<void> {
  const added = JSON.stringify(skipped === null ? [] : [skipped])
  await tx.$executeRaw`
    UPDATE "ProductImport" SET "done" = "done" + 1, "skipped" = "skipped" || ${added}::jsonb WHERE "id" = ${id}`
}

const CHANGED = 'It was changed after the preview. Upload the list again to see what it would change now.'

async function add(tx: Transaction, product: AddedProduct): Promise<string | null> {
  const { slug, name, summary, description, category, specifications, image, currency, variants } = product
  const { requiresShipping, taxCode } = product
  const pictures = await picturesIn(tx, product.pictures)
  const [first] = variants
  if (!first) return 'It has no variant.'
  const skus = variants.map(({ sku }) => sku)
  const taken = await tx.variant.findFirst({
    where: { OR: [{ sku: { in: skus } }, { product: { slug } }] },
  })
  if (taken) return `There is a product with the name ${slug} or the sku ${taken.sku} already.`
  const [id] = await addProductsIn(tx, [
    {
      ...{
        slug,
        name,
        summary,
        description,
        category,
        specifications,
        image,
        currency,
        requiresShipping,
        taxCode,
        pictures,
      },
      ...{ unitAmount: first.unitAmount, stock: first.stock, active: false, options: [], variants: [] },
    },
  ])
  if (id === undefined) return `There is a product ${slug} already.`
  await tx.variant.update({
    where: { id },
    data: {
      ...{ sku: first.sku, optionValues: first.values, weight: first.weight, active: first.active },
      image: first.image,
    },
  })
  await addVariants(tx, id, currency, variants.slice(1), 1)
  await tx.product.update({ where: { id }, data: { options: product.options, active: product.active } })
  return null
}

async function change(tx: Transaction, planned: ChangedProduct): Promise<string | null> {
  await lockProduct(tx, planned.id)
  const found = await tx.product.findUnique({
    where: { id: planned.id },
    include: WITH_PICTURES,
  })
  if (!found) return 'It was deleted.'
  // One by one, because a transaction has one connection.
  const variants = await tx.variant.findMany({ where: { productId: found.id } })
  const product = { ...found, variants, pictures: picturesOf(found).map(pictureLine) }
  const steps = planned.variants.map((variant) => ({
    ...variant,
    known: product.variants.find(({ id }) => id === variant.id) ?? {},
  }))
  // Stock alone may have changed meanwhile: it is changed by the difference of the preview.
  const isOld =
    planned.changes.some(isDifferent(product)) ||
    steps.some(({ known, changes }) =>
      changes.filter(({ field }) => field !== 'stock').some(isDifferent(known)),
    ) ||
    planned.added.some(({ values }) =>
      product.variants.some(({ optionValues }) => optionValues.join('\n') === values.join('\n')),
    )
  if (isOld) return CHANGED
  const { pictures, ...others } = Object.fromEntries(planned.changes.map(({ field, to }) => [field, to]))
  const lines = pictures as string[] | undefined
  const shared = { ...others, ...(lines && { image: firstPicture(lines) }) } as Record<
    string,
    PlannedChange['to']
  >
  const update = () =>
    tx.product.update({ where: { id: product.id }, data: { ...shared, revision: { increment: 1 } } })
  // Triggers refuse variants on sale that Stripe would refuse, so prices come before a product goes on sale.
  if (shared['active'] !== true) await update()
  for (const { id, changes } of steps) await changeVariant(tx, product.id, id, changes)
  if (shared['active'] === true) await update()
  if (lines) await writePictures(tx, product.id, await picturesIn(tx, lines))
  // Planned by a release that knew only the first picture.
  else if (shared['image'] !== undefined)
    await tx.productPicture.deleteMany({ where: { productId: product.id, position: 0 } })
  const last = Math.max(...product.variants.map(({ position }) => position))
  await addVariants(tx, product.id, product.currency, planned.added, last + 1)
  await recordAudit(tx, {
    ...{ action: 'product.changed', subject: 'product', subjectId: product.id },
    fields: [
      ...planned.changes.map(({ field }) => field),
      ...new Set(steps.flatMap(({ changes }) => changes.map(({ field }) => field))),
    ],
  })
  return null
}

function isDifferent(row: object): (change: PlannedChange) => boolean {
  return ({ field, from }) => JSON.stringify((row as Record<string, unknown>)[field]) !== JSON.stringify(from)
}

async function changeVariant(
  tx: Transaction,
  productId: number,
  id: number,
  changes: readonly PlannedChange[],
): Promise<void> {
  const own = changes.filter(({ field }) => field !== 'stock')
  if (own.length > 0)
    await tx.variant.update({
      where: { id },
      data: Object.fromEntries(own.map(({ field, to }) => [field, to])),
    })
  const stock = changes.find(({ field }) => field === 'stock')
  if (!stock) return
  const [from, to] = [stock.from as number | null, stock.to as number | null]
  const step = to === null ? 'stop' : from === null ? { start: to } : { by: to - from }
  await adjustOne(tx, productId, id, step, { reason: 'counted', note: 'Imported', requestKey: randomUUID() })
}

async function addVariants(
  tx: Transaction,
  productId: number,
  currency: string,
  variants: readonly NewPlannedVariant[],
  position: number,
): Promise<void> {
  for (const [index, { sku, values, unitAmount, stock, weight, active, image }] of variants.entries()) {
    const { id } = await tx.variant.create({
      data: {
        productId,
        sku,
        optionValues: values,
        unitAmount,
        currency,
        stock,
        weight,
        active,
        image,
        position: position + index,
      },
    })
    await recordAudit(tx, { action: 'variant.added', subject: 'variant', subjectId: id })
  }
}

/** What the database or a rule refused. Everything else is thrown on. */
function reasonOf(error: unknown): string {
  if (error instanceof Problem && error.status === 409) return error.detail
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
    return 'Another product or variant has its name or SKU since the preview.'
  // A trigger's words: what Stripe would refuse is never on sale.
  const refused = /Variant \S+ can’t be on sale\.[^\n"`]*/.exec(String(error))
  if (refused) return refused[0].trim()
  throw error
}
