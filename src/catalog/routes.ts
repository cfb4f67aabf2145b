// The pricing pages: the list of products and each product's page.
import { Router, type Application, type Request } from 'express'
import { z } from 'zod'
import type { Database } from '../database/client.js'
import type { RawReader } from '../database/direct.js'
import type { ReadList } from '../http/list-limit.js'
import { networkOf } from '../http/network.js'
import { pageLinks, pageNumber } from '../http/paging.js'
import { notFound } from '../http/problem.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render, renderPart } from '../http/render.js'
import { sharedValues } from '../http/shared-value.js'
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
import type { ProductPage, ProductPart } from './view-models.js'
import type { TaxShown } from '../settings/tax.js'

/** The most product pages whose content is kept. */
const MAX_SHARED = 200

/** Invalid values fall back to the closest valid option. */
const listQuery = z.object({
  q: z.string().trim().max(100).catch(''),
  category: z.string().trim().catch(''),
  sort: z.enum(SORTS).catch('newest'),
  page: pageNumber,
})

/** What the catalog needs from the orders module, which is above it and can't be imported here. */
export interface OwnOrders {
  /** Whether the visitor may have open orders that hold units. */
  mayHaveUnits: (request: Request) => boolean
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

/** @param keep whether what the page of a product shows is kept for a moment */
export function catalogPages(
  database: Pick<Database, 'prisma' | 'direct'>,
  limits: RateLimits,
  readList: ReadList,
  ownOrders: OwnOrders,
  keep: boolean,
): Router {
  const router = Router()
  const share = sharedValues<RenderedProduct>(MAX_SHARED)

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
    const part = await productPart(request, response.locals.tax ?? 'none')
    const cancelled = request.query['cancelled'] !== undefined
    render(response, 'catalog/product', {
      ...part,
      notice: cancelled ? cancelledNotice(await ownOrders.openOrderWith(part.id, request)) : null,
    })
  })

  /** What the page shows of the product. Shoppers without open orders share it; whole pages are shared by visitors without a cookie. */
  function productPart(request: Request, tax: TaxShown): Promise<RenderedProduct> {
    const variant = request.query['variant']
    const make = async () => {
      const product = await ownOrders.withOwnUnits(await productOf(database.direct, request), request)
      return renderProduct(request.app, { ...productView(product, variant), tax })
    }
    const isUsual = request.user !== undefined && !ownOrders.mayHaveUnits(request)
    const isShared = keep && isUsual && (variant === undefined || isId(variant))
    return isShared ? share(`${String(request.params['productId'])} ${variant ?? ''} ${tax}`, make) : make()
  }
  return router
}

interface RenderedProduct extends Omit<ProductPage, 'notice'> {
  id: number
}

/** Without the visitor: the view is given the model and what all pages have in common. */
async function renderProduct(app: Application, model: ProductPart): Promise<RenderedProduct> {
  const { product, options } = model
  return {
    id: product.id,
    title: product.name,
    description: product.summary,
    scripts: options.length > 0 ? ['/assets/js/options.js'] : [],
    part: await renderPart(app, 'catalog/product-part', model),
  }
}

function isId(text: unknown): text is string {
  return typeof text === 'string' && parseProductId(text) !== null
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
