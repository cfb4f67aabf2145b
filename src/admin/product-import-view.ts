// Shows what an import changes.
import type { StoredImport } from '../catalog/import/imports.js'
import { changesOf } from '../catalog/import/describe-plan.js'
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
