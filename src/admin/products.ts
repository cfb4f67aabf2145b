// The list of products, and adding one.
import { Router, type Request } from 'express'
import { z } from 'zod'
import {
  allCategories,
  hasNoPicture,
  listProducts,
  PRODUCT_ORDERS,
  PRODUCT_STATES,
  type ListedProduct,
  type ProductState,
} from '../catalog/admin-list.js'
import { render } from '../http/render.js'
import { readUploads } from '../http/uploads.js'
import { formatMoney } from '../money.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { keyList, readCursor, rowIdIn, ROWS_TO_READ } from './key-list.js'
import { addProductFrom, newProductPage } from './new-product.js'
import { fieldsOf } from './forms.js'
import type { Badge } from './order-models.js'
import { PICTURE_UPLOADS } from './product-uploads.js'
import type { ProductLine } from './products-models.js'

const PATH = '/admin/products'

const STATE_TEXTS: Record<ProductState, string> = {
  on_sale: 'On sale',
  off_sale: 'Off sale',
  low_stock: 'Low on stock',
  no_picture: 'Without a picture',
}

const query = z.object({
  q: z.string().trim().max(200).catch(''),
  category: z.string().max(200).catch(''),
  state: z.enum(PRODUCT_STATES).nullable().catch(null),
  sort: z.enum(PRODUCT_ORDERS).catch('newest'),
})

export function productListPages(deps: AdminDeps): Router {
  const { direct } = deps.database
  const router = Router()

  router.get(PATH, async (request, response) => {
    const { q, category, state, sort } = query.parse(request.query)
    const search = {
      text: q,
      category,
      state,
      order: sort,
      after: placeIn(request, sort),
      limit: ROWS_TO_READ,
    }
    const [rows, categories] = await Promise.all([listProducts(direct, search), allCategories(direct)])
    const values = { q, category, state: state ?? '', sort: sort === 'newest' ? '' : sort }
    const { rows: shown, ...links } = keyList(
      rows,
      PATH,
      { ...values, after: request.query['after'] },
      (row) => (sort === 'name' ? [row.name, row.id] : [row.id]),
    )
    render(response, 'admin/products', {
      notice: doneNotice(request.query, { archived: 'Archived. Shoppers can’t buy it any more.' }),
      values,
      choices: {
        category: categories.map((value) => ({ value, label: value })),
        state: PRODUCT_STATES.map((value) => ({ value, label: STATE_TEXTS[value] })),
        sort: [{ value: 'name', label: 'By name' }],
      },
      isFiltered: q !== '' || category !== '' || state !== null,
      list: { rows: shown.map(productLine), ...links },
    })
  })

  router.get(`${PATH}/new`, async (_request, response) => {
    const { currency } = await deps.settings()
    const form = { values: { currency, active: 'on', category: '' }, errors: {} }
    render(response, 'admin/new-product', await newProductPage(deps, form, []))
  })

  router.post(`${PATH}/new`, readUploads(PICTURE_UPLOADS), async (request, response) => {
    const added = await addProductFrom(deps, fieldsOf(request.body), request.uploads ?? [])
    if ('id' in added) {
      response.redirect(303, `${PATH}/${added.id}?done=added`)
      return
    }
    response.status(422)
    render(response, 'admin/new-product', await newProductPage(deps, added.form, added.pictures))
  })
  return router
}

/** Where the page begins. Invalid places mean the first page. */
function placeIn(request: Request, sort: string): { id: number; name: string } | null {
  const cursor = readCursor(request.query) ?? []
  const id = rowIdIn(cursor.at(-1))
  const [name] = cursor
  if (id === null || (sort === 'name' && typeof name !== 'string')) return null
  return { id, name: String(name) }
}

function productLine(product: ListedProduct): ProductLine {
  const { id, name, category, image, variants, lowest, highest, currency, stock } = product
  const price = formatMoney(lowest, currency)
  return {
    href: `${PATH}/${id}`,
    ...{ image, name, category, variants },
    price: lowest === highest ? price : `${price} – ${formatMoney(highest, currency)}`,
    stock: stock === null ? 'Not counted' : String(stock),
    states: statesOf(product),
  }
}

function statesOf({ active, offSale, isLow, image }: ListedProduct): Badge[] {
  const sale: Badge = !active
    ? { text: 'Archived', kind: '' }
    : offSale
      ? { text: 'Off sale', kind: 'warn' }
      : { text: 'On sale', kind: 'good' }
  return [
    sale,
    ...(isLow && !offSale ? [{ text: 'Low stock', kind: 'warn' } as const] : []),
    ...(hasNoPicture(image) ? [{ text: 'No picture', kind: '' } as const] : []),
  ]
}
