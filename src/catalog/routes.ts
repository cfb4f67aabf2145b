// The pricing pages, and the same as JSON.
import { Router, type Request } from 'express'
import { z } from 'zod'
import type { ProductJson } from '../api/schemas.js'
import type { Product } from '../generated/prisma/client.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { openOrderWith, withOwnUnits } from '../orders/open-orders.js'
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

/** What a hand-edited address asks for is brought to the nearest thing that exists. */
const listQuery = z.object({
  q: z.string().trim().max(100).catch(''),
  category: z.string().max(60).catch(''),
  sort: z.enum(Object.keys(SORTS) as [ProductSort, ...ProductSort[]]).catch('newest'),
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
})

export function catalogPages(prisma: PrismaClient): Router {
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
      page: query.page,
      pages,
      previousHref: query.page > 1 ? href({ page: Math.min(query.page - 1, pages) }) : null,
      nextHref: query.page < pages ? href({ page: query.page + 1 }) : null,
      resetHref: '/pricing',
    })
  })

  router.get('/pricing/:productId', async (request, response) => {
    const product = await productFor(prisma, request)
    render(response, 'catalog/product', {
      product: {
        ...productCard(product),
        description: product.description,
        maxQuantity: maxQuantity(product),
      },
      notice: request.query['cancelled'] === undefined ? null : await cancelled(prisma, request, product.id),
    })
  })
  return router
}

export function catalogApi(prisma: PrismaClient): Router {
  const router = Router()

  router.get('/api/products', async (request, response) => {
    const query = productQuery(request)
    const { products, total, pages } = await findProducts(prisma, query)
    response.json({ products: products.map(productJson), page: query.page, pages, total })
  })

  router.get('/api/products/:productId', async (request, response) => {
    response.json(productJson(await productOf(prisma, request)))
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

/** The same, as it is for who asks. @throws Problem 404 */
export async function productFor(prisma: PrismaClient, request: Request): Promise<Product> {
  const product = await productOf(prisma, request)
  return request.user ? withOwnUnits(prisma, product, request.user.id) : product
}

/** For who comes back from Stripe's page without having paid. */
async function cancelled(prisma: PrismaClient, { user }: Request, productId: number): Promise<Notice> {
  const key = user ? await openOrderWith(prisma, productId, user.id) : null
  return key === null
    ? { kind: 'info', text: 'No charge was made.' }
    : {
        kind: 'info',
        text: 'No charge was made, and nothing is lost: your order is kept for whenever you are ready.',
        link: { href: `/orders/${key}`, label: 'See your order' },
      }
}

function productQuery(request: Request): ProductQuery {
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

function productJson(product: Product): ProductJson {
  const { id, slug, name, summary, description, image, category, unitAmount, currency, stock } = product
  return {
    id,
    slug,
    name,
    summary,
    description,
    image,
    category,
    unit_amount: unitAmount,
    currency,
    price: productCard(product).price,
    stock,
    available: stock === null || stock > 0,
  }
}
