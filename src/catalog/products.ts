// Finds products and prepares them for the pages.
import type { PrismaClient, Variant } from '../generated/prisma/client.js'
import type { ProductWhereInput, ProductOrderByWithRelationInput } from '../generated/prisma/models.js'
import { pageCount, rowsOf } from '../http/paging.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import { WITH_VARIANTS, type ProductWithVariants } from './variants.js'
import type { ProductCard } from './view-models.js'

/** The most units of one variant in one order. */
export const MAX_QUANTITY = 20
/** The most variants in one order. */
export const MAX_PRODUCTS = 20
/** From this many units down, a product shows how many are left. */
const FEW = 5
const PAGE_SIZE = 9
const FOR_SALE = { active: true, variants: { some: { active: true } } } as const satisfies ProductWhereInput

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
  products: ProductWithVariants[]
  total: number
  pages: number
}

export async function findProducts(prisma: PrismaClient, query: ProductQuery): Promise<ProductResult> {
  const where: ProductWhereInput = {
    ...FOR_SALE,
    ...(query.category ? { category: { in: await spellingsOf(prisma, query.category) } } : {}),
    AND: query.search.split(/\s+/).filter(Boolean).map(mentions),
  }
  const [products, total] = await Promise.all([
    prisma.product.findMany({
      where,
      include: WITH_VARIANTS,
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
    where: FOR_SALE,
    distinct: ['category'],
    select: { category: true },
    orderBy: { category: 'asc' },
  })
  return rows.map((row) => row.category)
}

/** The product, or null if it isn't for sale. */
export function findProduct(
  prisma: Pick<PrismaClient, 'product'>,
  id: number,
): Promise<ProductWithVariants | null> {
  return prisma.product.findFirst({ where: { id, ...FOR_SALE }, include: WITH_VARIANTS })
}

/** The same by its slug. */
export function findProductBySlug(
  prisma: Pick<PrismaClient, 'product'>,
  slug: string,
): Promise<ProductWithVariants | null> {
  return prisma.product.findFirst({ where: { slug, ...FOR_SALE }, include: WITH_VARIANTS })
}

/** The product of a variant, or null if the variant isn't for sale. */
export function findProductOf(
  prisma: Pick<PrismaClient, 'product'>,
  variantId: number,
): Promise<ProductWithVariants | null> {
  return prisma.product.findFirst({
    where: { active: true, variants: { some: { id: variantId, active: true } } },
    include: WITH_VARIANTS,
  })
}

/** The id of a product or variant in a path or a body, or null if the text can't be one. */
export function parseProductId(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
}

/** The most units that one order can have of this variant right now; 0 when it is sold out. */
export function maxQuantity({ stock }: Pick<Variant, 'stock'>): number {
  return stock === null ? MAX_QUANTITY : Math.min(MAX_QUANTITY, stock)
}

export function productCard(product: ProductWithVariants): ProductCard {
  const { id, name, summary, image, category, currency, variants } = product
  return {
    id,
    name,
    summary,
    image,
    category,
    price: priceOf(product),
    currency: currency.toUpperCase(),
    ...availabilityOf(stockOf(variants)),
    hasChoice: variants.length > 1,
  }
}

/** "$28.00", or "From $24.00" if the variants differ. */
function priceOf({ variants, unitAmount, currency }: ProductWithVariants): string {
  const amounts = variants.map((variant) => variant.unitAmount)
  const lowest = amounts.length === 0 ? unitAmount : Math.min(...amounts)
  const price = formatMoney(lowest, currency)
  return amounts.some((amount) => amount !== lowest) ? t().catalog.from(price) : price
}

/** Units left of all variants together. Null if one of them isn't counted. */
function stockOf(variants: readonly Variant[]): number | null {
  return variants.reduce<number | null>(
    (sum, { stock }) => (sum === null || stock === null ? null : sum + stock),
    0,
  )
}

/** @param stock units left. Null if they aren't counted */
export function availabilityOf(stock: number | null): Pick<ProductCard, 'availability' | 'availabilityText'> {
  const texts = t().catalog
  if (stock === 0) return { availability: 'sold_out', availabilityText: texts.soldOut }
  return stock !== null && stock <= FEW
    ? { availability: 'few_left', availabilityText: texts.onlyLeft(stock) }
    : { availability: 'in_stock', availabilityText: texts.inStock }
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
