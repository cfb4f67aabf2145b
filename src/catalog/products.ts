// Finds products and prepares them for the pages.
import type { PrismaClient, Product } from '../generated/prisma/client.js'
import type { ProductWhereInput, ProductOrderByWithRelationInput } from '../generated/prisma/models.js'
import { pageCount, rowsOf } from '../http/paging.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import type { ProductCard } from './view-models.js'

/** The most units of one product in one order. */
export const MAX_QUANTITY = 20
/** The most products in one order. */
export const MAX_PRODUCTS = 20
/** From this many units down, a product shows how many are left. */
const FEW = 5
const PAGE_SIZE = 9

/** Prices in different currencies can't be compared, so sorting by price groups products by currency first. */
const SORT_ORDERS = {
  newest: [{ id: 'desc' }],
  'price-up': [{ currency: 'desc' }, { unitAmount: 'asc' }, { id: 'asc' }],
  'price-down': [{ currency: 'desc' }, { unitAmount: 'desc' }, { id: 'asc' }],
  name: [{ name: 'asc' }, { id: 'asc' }],
} as const satisfies Record<string, ProductOrderByWithRelationInput[]>

export type ProductSort = keyof typeof SORT_ORDERS
export const SORTS = Object.keys(SORT_ORDERS) as [ProductSort, ...ProductSort[]]

export interface ProductQuery {
  search: string
  category: string
  sort: ProductSort
  /** From 1. */
  page: number
}

export interface ProductResult {
  products: Product[]
  total: number
  pages: number
}

export async function findProducts(prisma: PrismaClient, query: ProductQuery): Promise<ProductResult> {
  const where: ProductWhereInput = {
    active: true,
    ...(query.category ? { category: { in: await spellingsOf(prisma, query.category) } } : {}),
    AND: query.search.split(/\s+/).filter(Boolean).map(mentions),
  }
  const [products, total] = await Promise.all([
    prisma.product.findMany({
      where,
      orderBy: [...SORT_ORDERS[query.sort]],
      ...rowsOf(query.page, PAGE_SIZE),
    }),
    prisma.product.count({ where }),
  ])
  return { products, total, pages: pageCount(total, PAGE_SIZE) }
}

/** The categories of products for sale. Spellings of the same name are one category. */
export async function listCategories(prisma: PrismaClient): Promise<string[]> {
  const categories = await storedCategories(prisma)
  return categories.filter(
    (name, index) => categories.findIndex((other) => isSameText(name, other)) === index,
  )
}

/** The spellings of a category that products have. */
async function spellingsOf(prisma: PrismaClient, category: string): Promise<string[]> {
  return (await storedCategories(prisma)).filter((name) => isSameText(name, category))
}

/** Whether two texts are the same to a reader: whatever the case, the space around them and how letters are composed. */
export function isSameText(one: string, other: string): boolean {
  const [plain, otherPlain] = [one, other].map((text) => text.normalize('NFKC').trim().toLowerCase())
  return plain === otherPlain
}

async function storedCategories(prisma: PrismaClient): Promise<string[]> {
  const rows = await prisma.product.findMany({
    where: { active: true },
    distinct: ['category'],
    select: { category: true },
    orderBy: { category: 'asc' },
  })
  return rows.map((row) => row.category)
}

/** The product, or null if it isn't for sale. */
export function findProduct(prisma: Pick<PrismaClient, 'product'>, id: number): Promise<Product | null> {
  return prisma.product.findFirst({ where: { id, active: true } })
}

/** The product id in a path or a body, or null if the text can't be one. */
export function parseProductId(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
}

/** The most units that one order can have of this product right now; 0 when it is sold out. */
export function maxQuantity(product: Pick<Product, 'stock'>): number {
  return product.stock === null ? MAX_QUANTITY : Math.min(MAX_QUANTITY, product.stock)
}

export function productCard(product: Product): ProductCard {
  const { id, name, summary, image, category, currency, stock } = product
  const availability = stock === 0 ? 'sold_out' : stock !== null && stock <= FEW ? 'few_left' : 'in_stock'
  const texts = t().catalog
  const text = {
    sold_out: texts.soldOut,
    few_left: texts.onlyLeft(stock ?? 0),
    in_stock: texts.inStock,
  }
  return {
    id,
    name,
    summary,
    image,
    category,
    price: formatMoney(product.unitAmount, currency),
    unitAmount: product.unitAmount,
    currency: currency.toUpperCase(),
    availability,
    availabilityText: text[availability],
  }
}

const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const

/** A product matches when each word is somewhere in its texts, in any order, in any of Unicode's forms. */
function mentions(word: string): ProductWhereInput {
  const spellings = new Set(FORMS.map((form) => word.normalize(form)))
  return {
    OR: [...spellings].flatMap((spelling) => {
      const contains = { contains: escapeLike(spelling), mode: 'insensitive' as const }
      return [{ name: contains }, { summary: contains }, { description: contains }]
    }),
  }
}

/** Makes LIKE's wildcards match themselves. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
