// Finding products, and saying of them what a shopper needs to know.
import type { PrismaClient, Product } from '../generated/prisma/client.js'
import type { ProductWhereInput, ProductOrderByWithRelationInput } from '../generated/prisma/models.js'
import { pageCount, rowsOf } from '../http/paging.js'
import { formatMoney } from '../money.js'
import type { ProductCard } from './view-models.js'

/** Units of one product in one order. */
export const MAX_QUANTITY = 20
/** Different products in one order. */
export const MAX_PRODUCTS = 20
const FEW = 5
const PAGE_SIZE = 9

/** Prices of different currencies do not compare: they are listed currency by currency. */
const ORDERS = {
  newest: [{ id: 'desc' }],
  'price-up': [{ currency: 'desc' }, { unitAmount: 'asc' }, { id: 'asc' }],
  'price-down': [{ currency: 'desc' }, { unitAmount: 'desc' }, { id: 'asc' }],
  name: [{ name: 'asc' }, { id: 'asc' }],
} as const satisfies Record<string, ProductOrderByWithRelationInput[]>

export type ProductSort = keyof typeof ORDERS
export const SORTS: Record<ProductSort, string> = {
  newest: 'Newest',
  'price-up': 'Price, low to high',
  'price-down': 'Price, high to low',
  name: 'Name',
}

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
    ...(query.category ? { category: query.category } : {}),
    AND: query.search.split(/\s+/).filter(Boolean).map(mentions),
  }
  const [products, total] = await Promise.all([
    prisma.product.findMany({
      where,
      orderBy: [...ORDERS[query.sort]],
      ...rowsOf(query.page, PAGE_SIZE),
    }),
    prisma.product.count({ where }),
  ])
  return { products, total, pages: pageCount(total, PAGE_SIZE) }
}

export async function listCategories(prisma: PrismaClient): Promise<string[]> {
  const rows = await prisma.product.findMany({
    where: { active: true },
    distinct: ['category'],
    select: { category: true },
    orderBy: { category: 'asc' },
  })
  return rows.map((row) => row.category)
}

/** A product that is for sale, or null. */
export function findProduct(prisma: Pick<PrismaClient, 'product'>, id: number): Promise<Product | null> {
  return prisma.product.findFirst({ where: { id, active: true } })
}

/** The id that a path or a body names, or null when it can be none. */
export function parseProductId(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
}

/** How many units one order may take of it now; 0 is sold out. */
export function maxQuantity(product: Pick<Product, 'stock'>): number {
  return product.stock === null ? MAX_QUANTITY : Math.min(MAX_QUANTITY, product.stock)
}

/** The beginning of a sentence for who wants more than there are. */
export function onlyLeft(units: number): string {
  return `There ${units === 1 ? 'is' : 'are'} only ${units} left`
}

export function productCard(product: Product): ProductCard {
  const { id, name, summary, image, category, currency, stock } = product
  const availability = stock === 0 ? 'sold_out' : stock !== null && stock <= FEW ? 'few_left' : 'in_stock'
  const text = { sold_out: 'Sold out', few_left: `Only ${stock} left`, in_stock: 'In stock' }
  return {
    id,
    name,
    summary,
    image,
    category,
    price: formatMoney(product.unitAmount, currency),
    currency: currency.toUpperCase(),
    availability,
    availabilityText: text[availability],
  }
}

/** Every word must stand somewhere; where, and in which order, is the same. */
function mentions(word: string): ProductWhereInput {
  const contains = { contains: escapeLike(word), mode: 'insensitive' as const }
  return { OR: [{ name: contains }, { summary: contains }, { description: contains }] }
}

/** LIKE's own wildcards, meant literally by whoever searches. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
