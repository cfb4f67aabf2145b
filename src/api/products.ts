// JSON API: listing and retrieving products.
import { Router } from 'express'
import { findProductBySlug, findProducts, listCategories, parseProductId } from '../catalog/products.js'
import { productOf, productQuery } from '../catalog/routes.js'
import { variantName, type ProductWithVariants } from '../catalog/variants.js'
import type { Database } from '../database/client.js'
import type { Variant } from '../generated/prisma/client.js'
import type { ReadList } from '../http/list-limit.js'
import { notFound } from '../http/problem.js'
import type { RateLimits } from '../http/rate-limits.js'
import { formatMoney } from '../money.js'
import type { ReadSettings } from '../settings/read-settings.js'
import type { ProductJson } from './schemas.js'

export function productApi(
  database: Pick<Database, 'prisma' | 'direct'>,
  limits: RateLimits,
  readList: ReadList,
  settings: ReadSettings,
): Router {
  const router = Router()

  router.get('/api/products', async (request, response) => {
    const query = await productQuery(request, limits, settings)
    const { products, total, pages } = await readList(() => findProducts(database, query))
    response.json({ products: products.map(productJson), page: query.page, pages, total })
  })

  router.get('/api/products/:productId', async (request, response) => {
    const slug = request.params['productId']
    const isId = parseProductId(slug) !== null
    const product = isId
      ? await productOf(database.direct, request)
      : await findProductBySlug(database.direct, slug)
    if (!product) throw notFound('product')
    response.json(productJson(product))
  })

  router.get('/api/categories', async (_request, response) => {
    const categories = await readList(() => listCategories(database.prisma))
    response.json({ categories: categories.map(({ name }) => name) })
  })
  return router
}

function productJson(product: ProductWithVariants): ProductJson {
  const { id, slug, name, summary, description, image, category, unitAmount, currency, stock } = product
  const variants = product.variants.map((variant) => variantJson(variant, product))
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
    price: formatMoney(unitAmount, currency),
    stock,
    available: variants.some(({ available }) => available),
    options: product.options,
    variants,
  }
}

function variantJson(variant: Variant, product: ProductWithVariants): ProductJson['variants'][number] {
  const { id, sku, optionValues, unitAmount, currency, stock, image } = variant
  return {
    id,
    sku,
    name: variantName(variant),
    options: Object.fromEntries(product.options.map((name, index) => [name, optionValues[index] ?? ''])),
    unit_amount: unitAmount,
    currency,
    price: formatMoney(unitAmount, currency),
    stock,
    available: stock === null || stock > 0,
    image: image ?? product.image,
  }
}
