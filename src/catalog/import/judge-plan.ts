// Finds what Stripe would refuse in what an import would make.
import type { PrismaClient } from '../../generated/prisma/client.js'
import { problemsOf } from '../product-problems.js'
import type { EditedProduct } from '../save-product.js'
import { nameWithVariant } from '../variants.js'
import type { PlannedProduct } from './plan.js'
import { firstPicture } from './plan-pictures.js'
import type { Complain } from './read-cells.js'
import type { ImportLine } from './read-lines.js'

/** Lines of one product. */
export interface Group {
  known: EditedProduct | null
  slug: string
  lines: ImportLine[]
}

/** Adds what Stripe would refuse. */
export async function judge(
  prisma: PrismaClient,
  groups: readonly Group[],
  products: readonly PlannedProduct[],
  complain: Complain,
): Promise<void> {
  const offers = products.flatMap((product, index) => offersOf(product, groups[index]?.known ?? null))
  const problems = await problemsOf(prisma, offers)
  for (const [index, problem] of problems.entries())
    if (problem !== null && offers[index]) complain(offers[index].line, problem)
}

function offersOf(product: PlannedProduct, known: EditedProduct | null) {
  const { currency } = product
  if (product.kind === 'add')
    return product.variants
      .filter(({ unitAmount }) => unitAmount > 0 && product.name !== '')
      .map(({ line, values, unitAmount, image: own }) => ({
        ...{ line, unitAmount, currency, image: own ?? product.image },
        name: nameWithVariant(product.name, values.join(' / ')),
      }))
  const name = String(product.changes.find(({ field }) => field === 'name')?.to ?? product.name)
  const pictures = product.changes.find(({ field }) => field === 'pictures')
  const image = pictures ? firstPicture(pictures.to as string[]) : (known?.image ?? '')
  // The product's name, picture and sale concern variants that no line changes, too.
  const isJudged = product.changes.some(({ field }) => ['name', 'pictures', 'active'].includes(field))
  const changed = (known?.variants ?? []).flatMap((variant) => {
    const own = product.variants.find(({ id }) => id === variant.id)
    if (!own && !(isJudged && variant.active)) return []
    const unitAmount = Number(
      own?.changes.find(({ field }) => field === 'unitAmount')?.to ?? variant.unitAmount,
    )
    const picture = own?.changes.find(({ field }) => field === 'image')
    const shown = (picture ? (picture.to as string | null) : variant.image) ?? image
    const offer = { line: own?.line ?? product.line, unitAmount, currency, image: shown }
    return unitAmount > 0 ? [{ ...offer, name: nameWithVariant(name, variant.optionValues.join(' / ')) }] : []
  })
  const added = product.added
    .filter(({ unitAmount }) => unitAmount > 0)
    .map(({ line, values, unitAmount, image: own }) => ({
      line,
      unitAmount,
      currency,
      image: own ?? image,
      name: nameWithVariant(name, values.join(' / ')),
    }))
  return [...changed, ...added]
}
