// The pricing pages: the list of products and each product's page.
import { Router, type Request } from 'express'
import { z } from 'zod'
import type { Database } from '../database/client.js'
import type { RawReader } from '../database/direct.js'
import type { ReadList } from '../http/list-limit.js'
import { networkOf } from '../http/network.js'
import { pageLinks, pageNumber } from '../http/paging.js'
import { notFound } from '../http/problem.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import {
  findProduct,
  findProducts,
  isSameText,
  listCategories,
  parseProductId,
  productCard,
  SORTS,
  type ProductQuery,
} from './products.js'
import { productView } from './product-view.js'
import type { ProductWithVariants } from './variants.js'

/** Invalid values fall back to the closest valid option. */
const listQuery = z.object({
  q: z.string().trim().max(100).catch(''),
  category: z.string().trim().catch(''),
  sort: z.enum(SORTS).catch('newest'),
  page: pageNumber,
})

/** What the catalog needs from the orders module, which is above it and can't be imported here. */
export interface OwnOrders {
  /** The product with the units held by the visitor's own open orders added to its stock. */
  withOwnUnits: (product: ProductWithVariants, request: Request) => Promise<ProductWithVariants>
  /** The key of the visitor's newest open order with this product, or null. */
  openOrderWith: (productId: number, request: Request) => Promise<string | null>
}

const SHARED_PATH = /^\/(?:pricing|api\/products)(?:\/[\w-]{1,100})?$|^\/api\/categories$/
const SHARED_PARAMETERS = new Set(['category', 'sort', 'page', 'variant'])

/**
 * Whether a visitor without a cookie gets the same as all others: not where searches are counted, or where the visitor
 * comes back from Stripe's page.
 */
export function isSharedCatalogPage(path: string, query: URLSearchParams): boolean {
  return SHARED_PATH.test(path) && [...query.keys()].every((name) => SHARED_PARAMETERS.has(name))
}

export function catalogPages(
  database: Pick<Database, 'prisma' | 'direct'>,
  limits: RateLimits,
  readList: ReadList,
  ownOrders: OwnOrders,
): Router {
  const router = Router()

  router.get('/', (_request, response) => {
    response.redirect(302, '/pricing')
  })

  router.get('/pricing', async (request, response) => {
    const query = await productQuery(request, limits)
    const [{ products, total, pages }, categories] = await readList(() =>
      Promise.all([findProducts(database, query), listCategories(database.prisma)]),
    )
    const href = (change: Partial<ProductQuery>) => listHref({ ...query, page: 1, ...change })
    render(response, 'catalog/list', {
      products: products.map(productCard),
      total,
      search: query.search,
      keep: { category: query.category, sort: query.sort },
      categories: ['', ...categories].map((category) => ({
        label: category || t().catalog.all,
        href: href({ category }),
        active: isSameText(category, query.category),
      })),
      sorts: SORTS.map((sort) => ({
        label: t().catalog.sorts[sort],
        href: href({ sort }),
        active: sort === query.sort,
      })),
      ...pageLinks(query.page, pages, (page) => href({ page })),
      resetHref: '/pricing',
    })
  })

  router.get('/pricing/:productId', async (request, response) => {
    const product = await productOf(database.direct, request)
    const available = await ownOrders.withOwnUnits(product, request)
    render(response, 'catalog/product', {
      ...productView(available, request.query['variant']),
      notice:
        request.query['cancelled'] === undefined
          ? null
          : cancelledNotice(await ownOrders.openOrderWith(product.id, request)),
    })
  })
  return router
}

/** The product in the path. @throws Problem 404 when it doesn't exist or isn't for sale */
export async function productOf(reader: RawReader, request: Request): Promise<ProductWithVariants> {
  const id = parseProductId(String(request.params['productId']))
  const product = id === null ? null : await findProduct(reader, id)
  if (!product) throw notFound('product')
  return product
}

/**
 * For a shopper who comes back from Stripe's page without paying.
 * @param orderKey the order that is still open, or null
 */
function cancelledNotice(orderKey: string | null): Notice {
  return orderKey === null
    ? { kind: 'info', text: t().catalog.cancelled }
    : {
        kind: 'info',
        text: t().catalog.cancelledWithOrder,
        link: { href: `/orders/${orderKey}`, label: t().catalog.viewOrder },
      }
}

/** The query of a list's address. @throws Problem 429 when this network has searched too often */
export async function productQuery(request: Request, limits: RateLimits): Promise<ProductQuery> {
  const { q, category, sort, page } = listQuery.parse(request.query)
  if (q !== '') await limits.count('search', networkOf(request.ip), t().catalog.tooManySearches)
  return { search: q, category, sort, page }
}

function listHref(query: ProductQuery): string {
  const parameters = new URLSearchParams()
  if (query.search) parameters.set('q', query.search)
  if (query.category) parameters.set('category', query.category)
  if (query.sort !== 'newest') parameters.set('sort', query.sort)
  if (query.page > 1) parameters.set('page', String(query.page))
  const text = parameters.toString()
  return text ? `/pricing?${text}` : '/pricing'
}
