// The pricing pages: the list of products, and each product.
import { Router, type Request } from 'express'
import { z } from 'zod'
import type { PrismaClient, Product } from '../generated/prisma/client.js'
import { pageLinks, pageNumber } from '../http/paging.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import {
  findProduct,
  findProducts,
  listCategories,
  maxQuantity,
  parseProductId,
  productCard,
  SORTS,
  type ProductQuery,
  type ProductSort,
} from './products.js'

/** Invalid values fall back to the closest valid option. */
const listQuery = z.object({
  q: z.string().trim().max(100).catch(''),
  category: z.string().max(60).catch(''),
  sort: z.enum(Object.keys(SORTS) as [ProductSort, ...ProductSort[]]).catch('newest'),
  page: pageNumber,
})

/** What the catalogue must know of a shopper's orders, which are above it. */
export interface OwnOrders {
  /** The product with the units that the shopper's own open orders hold counted as available to them. */
  withOwnUnits: (product: Product, userId: number) => Promise<Product>
  /** The key of the shopper's newest open order with this product, or null. */
  openOrderWith: (productId: number, userId: number) => Promise<string | null>
}

export function catalogPages(prisma: PrismaClient, ownOrders: OwnOrders): Router {
  const router = Router()

  router.get('/', (_request, response) => {
    response.redirect(302, '/pricing')
  })

  router.get('/pricing', async (request, response) => {
    const query = productQuery(request)
    const [{ products, total, pages }, categories] = await Promise.all([
      findProducts(prisma, query),
      listCategories(prisma),
    ])
    const href = (change: Partial<ProductQuery>) => listHref({ ...query, page: 1, ...change })
    render(response, 'catalog/list', {
      products: products.map(productCard),
      total,
      search: query.search,
      keep: { category: query.category, sort: query.sort },
      categories: ['', ...categories].map((category) => ({
        label: category || 'All',
        href: href({ category }),
        active: category === query.category,
      })),
      sorts: Object.entries(SORTS).map(([sort, label]) => ({
        label,
        href: href({ sort: sort as ProductSort }),
        active: sort === query.sort,
      })),
      ...pageLinks(query.page, pages, (page) => href({ page })),
      resetHref: '/pricing',
    })
  })

  router.get('/pricing/:productId', async (request, response) => {
    const product = await productOf(prisma, request)
    const { user } = request
    const available = user ? await ownOrders.withOwnUnits(product, user.id) : product
    render(response, 'catalog/product', {
      product: {
        ...productCard(available),
        description: product.description,
        maxQuantity: maxQuantity(available),
      },
      notice:
        request.query['cancelled'] === undefined
          ? null
          : cancelledNotice(user ? await ownOrders.openOrderWith(product.id, user.id) : null),
    })
  })
  return router
}

/** The product that the path names. @throws Problem 404 when there is none for sale */
export async function productOf(prisma: PrismaClient, request: Request): Promise<Product> {
  const id = parseProductId(String(request.params['productId']))
  const product = id === null ? null : await findProduct(prisma, id)
  if (!product) throw notFound('product')
  return product
}

/**
 * For a shopper who comes back from Stripe's page without having paid.
 * @param orderKey of the order that is still open; null without one
 */
function cancelledNotice(orderKey: string | null): Notice {
  return orderKey === null
    ? { kind: 'info', text: 'No charge was made.' }
    : {
        kind: 'info',
        text: 'No charge was made, and nothing is lost: your order is kept for whenever you are ready.',
        link: { href: `/orders/${orderKey}`, label: 'See your order' },
      }
}

/** The list that an address asks for. */
export function productQuery(request: Request): ProductQuery {
  const { q, category, sort, page } = listQuery.parse(request.query)
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
