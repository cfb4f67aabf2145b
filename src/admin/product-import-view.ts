// Shows what an import changes.
import type { StoredImport } from '../catalog/import/imports.js'
import type { NewPlannedVariant, PlannedChange, PlannedProduct } from '../catalog/import/plan.js'
import { formatMoney } from '../money.js'
import type { ImportPage } from './products-models.js'
import { formatDateTime } from './times.js'

const SHOWN_PRODUCTS = 200

export function importPage(
  { id, fileName, createdAt, plan, result }: StoredImport,
  timeZone: string,
): ImportPage {
  const { products, errors, unchanged } = plan
  return {
    ...{ id, fileName, at: formatDateTime(createdAt, timeZone), errors, unchanged, result },
    added: products.filter(({ kind }) => kind === 'add').length,
    changed: products.filter(({ kind }) => kind === 'change').length,
    more: Math.max(0, products.length - SHOWN_PRODUCTS),
    products: products.slice(0, SHOWN_PRODUCTS).map((product) => ({
      name: product.name,
      line: product.line,
      isNew: product.kind === 'add',
      href: product.kind === 'add' ? null : `/admin/products/${product.id}`,
      changes: changesOf(product),
    })),
  }
}

const LABELS: Record<string, string> = {
  ...{ name: 'Name', summary: 'Summary', description: 'Description', category: 'Category', image: 'Picture' },
  ...{
    specifications: 'Specifications',
    requiresShipping: 'Needs delivery',
    taxCode: 'Tax code',
    active: 'On sale',
  },
  ...{ unitAmount: 'Price', stock: 'Stock', weight: 'Grams' },
}

function changesOf(product: PlannedProduct): ImportPage['products'][number]['changes'] {
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
  if (product.kind === 'add') return product.variants.map(added)
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
  if (Array.isArray(value)) return value.join(', ') || 'none'
  return value === null || value === '' ? 'none' : String(value)
}
