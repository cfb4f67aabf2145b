// Says what an import changes, for a page or a terminal.
import { formatMoney } from '../../money.js'
import type { NewPlannedVariant, PlannedChange, PlannedProduct } from './plan.js'

export interface DescribedChange {
  what: string
  /** Null: it is new. */
  from: string | null
  to: string
}

const LABELS: Record<string, string> = {
  ...{ name: 'Name', summary: 'Summary', description: 'Description', category: 'Category', image: 'Picture' },
  ...{
    specifications: 'Specifications',
    requiresShipping: 'Needs delivery',
    taxCode: 'Tax code',
    active: 'On sale',
  },
  ...{ unitAmount: 'Price', stock: 'Stock', weight: 'Grams', pictures: 'Pictures' },
}

export function changesOf(product: PlannedProduct): DescribedChange[] {
  const { currency } = product
  const shown =
    (prefix: string) =>
    ({ field, from, to }: PlannedChange) => ({
      what: `${prefix}${LABELS[field] ?? field}`,
      from: textOf(field, from, currency),
      to: textOf(field, to, currency),
    })
  const added = ({ sku, values, unitAmount, stock }: NewPlannedVariant) => ({
    what: `New variant ${values.join(' / ') || sku}`,
    from: null,
    to: `${sku}, ${formatMoney(unitAmount, currency)}, ${textOf('stock', stock, currency)} in stock`,
  })
  if (product.kind === 'add')
    return [
      ...product.variants.map(added),
      ...(product.pictures.length === 0
        ? []
        : [{ what: 'Pictures', from: null, to: textOf('pictures', product.pictures, currency) }]),
    ]
  return [
    ...product.changes.map(shown('')),
    ...product.variants.flatMap(({ sku, changes }) => changes.map(shown(`${sku}: `))),
    ...product.added.map(added),
  ]
}

function textOf(field: string, value: PlannedChange['to'], currency: string): string {
  if (field === 'unitAmount') return formatMoney(Number(value), currency)
  if (field === 'stock' && value === null) return 'not counted'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (field === 'image' && value === null) return 'the first one'
  if (Array.isArray(value)) return value.join(field === 'pictures' ? '\n' : ', ') || 'none'
  return value === null || value === '' ? 'none' : String(value)
}
