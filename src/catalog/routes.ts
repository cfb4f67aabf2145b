// The pricing pages: the list of products and each product's page.
import { Router, type Application, type Request } from 'express'
import type { Database } from '../database/client.js'
import type { ShippingRate } from '../generated/prisma/client.js'
import type { RawReader } from '../database/direct.js'
import type { ReadList } from '../http/list-limit.js'
import { networkOf } from '../http/network.js'
import { notFound } from '../http/problem.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render, renderPart } from '../http/render.js'
import { sharedValues } from '../http/shared-value.js'
import type { FoundPage, Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { foundProduct, type Site } from './found.js'
import { LIST_PARAMETERS, readListQuery, type ListQuery } from './list-query.js'
import { listView, type ListParts } from './list-view.js'
import { isFiltered, optionChoices, type OptionChoice } from './product-filter.js'
import {
  differentCategories,
  findProduct,
  findProducts,
  newestOf,
  parseProductId,
  productsWith,
  spellingsOf,
  storedCategories,
  type ProductQuery,
} from './products.js'
import { suggestionsFor } from './suggestions.js'
import { productScripts, productView } from './product-view.js'
import type { ProductWithVariants } from './variants.js'
import type { ProductPage, ProductPart } from './view-models.js'
import { activeRates } from '../shipping/rates.js'
import type { ReadSettings } from '../settings/read-settings.js'
import type { TaxShown } from '../settings/tax.js'

/** The most product pages whose content is kept. */
const MAX_SHARED = 200

/** Products that are shown beside another. */
const RELATED = 4
/** Products that are shown to whoever finds nothing. */
const MOST_POPULAR = 4

/** What the catalog needs from the modules of orders and numbers, which are above it and can't be imported here. */
export interface OwnOrders {
  /** Ids of the products of which most is sold. */
  popular: (currency: string, most: number) => Promise<number[]>
  /** Whether the visitor may have open orders that hold units. */
  mayHaveUnits: (request: Request) => boolean
  /** The product with the units held by the visitor's own open orders added to its stock. */
  withOwnUnits: (product: ProductWithVariants, request: Request) => Promise<ProductWithVariants>
  /** The key of the visitor's newest open order with this product, or null. */
  openOrderWith: (productId: number, request: Request) => Promise<string | null>
}

const SHARED_PATH = /^\/(?:pricing|api\/products)(?:\/[\w-]{1,100})?$|^\/api\/categories$/
const SHARED_PARAMETERS = new Set<string>([...LIST_PARAMETERS, 'variant'])

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
  settings: ReadSettings,
  site: Site,
  keep: boolean,
): Router {
  const router = Router()
  const { popular } = ownOrders
  const share = sharedValues<RenderedProduct>(MAX_SHARED)
  const shareRates = sharedValues<ShippingRate[]>(MAX_SHARED)
  const shareRelated = sharedValues<ProductWithVariants[]>(MAX_SHARED)
  const shareChoices = sharedValues<OptionChoice[]>(MAX_SHARED)

  router.get('/', (_request, response) => {
    response.redirect(302, '/pricing')
  })

  router.get('/pricing', async (request, response) => {
    const shop = await settings()
    const query = readListQuery(request, shop.currency)
    await countSearch(query, request, limits)
    const added = parseProductId(textOf(request.query['added']))
    const parts = await readList(() => readListPage(query))
    render(response, 'catalog/list', listView(query, { ...parts, added, site, settings: shop }))
  })

  async function readListPage(query: ListQuery): Promise<Omit<ListParts, 'added' | 'site' | 'settings'>> {
    const { category, filter } = query
    const stored = await storedCategories(database.prisma)
    const [result, choices] = await Promise.all([
      findProducts(database, query, stored),
      shareChoices(category, () =>
        optionChoices(database.direct, category === '' ? [] : spellingsOf(stored, category)),
      ),
    ])
    const isEmpty = result.total === 0 && !isFiltered(filter)
    const categories = differentCategories(stored)
    return { result, categories, choices, popular: isEmpty ? await popularOf(filter.currency) : [] }
  }

  /** What sells best, or what is new in a shop that has sold nothing. */
  async function popularOf(currency: string): Promise<ProductWithVariants[]> {
    const best = await productsWith(database.direct, await popular(currency, MOST_POPULAR))
    return best.length > 0 ? best : newestOf(database.direct, '', MOST_POPULAR)
  }

  router.get('/pricing/suggestions', async (request, response) => {
    const { search } = readListQuery(request, 'usd')
    if (search !== '') await limits.count('suggestions', networkOf(request.ip), t().catalog.tooManySearches)
    response.json({ suggestions: await readList(() => suggestionsFor(database, search)) })
  })

  router.get('/pricing/:productId', async (request, response) => {
    const part = await productPart(request, response.locals.tax ?? 'none')
    const cancelled = request.query['cancelled'] !== undefined
    render(response, 'catalog/product', {
      ...part,
      notice: cancelled
        ? cancelledNotice(await ownOrders.openOrderWith(part.id, request))
        : request.query['notice'] === undefined
          ? null
          : { kind: 'success', text: t().notices.asked },
    })
  })

  /** What the page shows of the product. Shoppers without open orders share it; whole pages are shared by visitors without a cookie. */
  function productPart(request: Request, tax: TaxShown): Promise<RenderedProduct> {
    const variant = request.query['variant']
    const make = async () => {
      const product = await ownOrders.withOwnUnits(await productOf(database.direct, request), request)
      const [shop, rates, related] = await Promise.all([
        settings(),
        shareRates(product.currency, () => activeRates(database.prisma, product.currency)),
        shareRelated(product.category, () => newestOf(database.direct, product.category, RELATED + 1)),
      ])
      const others = related.filter(({ id }) => id !== product.id).slice(0, RELATED)
      const askEmail = request.user === undefined
      const around = { tax, settings: shop, rates, related: others, askEmail }
      const model = productView(product, variant, around)
      const found = foundProduct(site, shop, product, model.pictures, rates)
      return renderProduct(request.app, model, found)
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
async function renderProduct(
  app: Application,
  model: ProductPart,
  found: FoundPage,
): Promise<RenderedProduct> {
  const { product } = model
  return {
    id: product.id,
    title: product.name,
    description: product.summary,
    scripts: productScripts(model),
    found,
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

/** @throws Problem 429 when this network has searched too often */
async function countSearch(
  { search }: Pick<ListQuery, 'search'>,
  request: Request,
  limits: RateLimits,
): Promise<void> {
  if (search !== '') await limits.count('search', networkOf(request.ip), t().catalog.tooManySearches)
}

/** What a list of the API asks for, as the page does. @throws Problem 429 when this network has searched too often */
export async function productQuery(
  request: Request,
  limits: RateLimits,
  settings: ReadSettings,
): Promise<ProductQuery> {
  const query = readListQuery(request, (await settings()).currency)
  await countSearch(query, request, limits)
  return query
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
