// JSON API: listing and retrieving products.
import { Router } from 'express'
import { findProducts, productCard } from '../catalog/products.js'
import { productOf, productQuery } from '../catalog/routes.js'
import type { PrismaClient, Product } from '../generated/prisma/client.js'
import type { ReadList } from '../http/list-limit.js'
import type { RateLimits } from '../http/rate-limits.js'
import type { ProductJson } from './schemas.js'

export function productApi(prisma: PrismaClient, limits: RateLimits, readList: ReadList): Router {
  const router = Router()

  router.get('/api/products', async (request, response) => {
    const query = await productQuery(request, limits)
    const { products, total, pages } = await readList(() => findProducts(prisma, query))
    response.json({ products: products.map(productJson), page: query.page, pages, total })
  })

  router.get('/api/products/:productId', async (request, response) => {
    response.json(productJson(await productOf(prisma, request)))
  })
  return router
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
