// Finds products and prepares them for the pages.
import type { Database } from '../database/client.js'
import type { RawReader } from '../database/direct.js'
import {
  Prisma,
  type Category,
  type PrismaClient,
  type Product,
  type Variant,
} from '../generated/prisma/client.js'
import { pageCount, rowsOf } from '../http/paging.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import { picturesOf, pictureView, type StoredPicture } from './product-pictures.js'
import type { ProductWithVariants } from './variants.js'
import type { ProductCard } from './view-models.js'

/** The most units of one variant in one order. */
export const MAX_QUANTITY = 20
/** The most variants in one order. */
export const MAX_PRODUCTS = 20
/** From this many units down, a product shows how many are left. */
const FEW = 5
const PAGE_SIZE = 9
/** Prices in different currencies can't be compared, so sorting by price groups products by currency first. */
const SORT_ORDERS = {
  newest: Prisma.sql`id DESC`,
  'price-up': Prisma.sql`currency DESC, "unitAmount", id`,
  'price-down': Prisma.sql`currency DESC, "unitAmount" DESC, id`,
  name: Prisma.sql`name, id`,
} as const

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

export async function findProducts(
  { prisma, direct }: Pick<Database, 'prisma' | 'direct'>,
  { search, category, sort, page }: ProductQuery,
): Promise<ProductResult> {
  const categories = await storedCategories(prisma)
  const chosen = category === '' ? null : categories.filter(({ name }) => isSameText(name, category))
  const words = search.split(/\s+/).filter(Boolean)
  const matching = [
    Prisma.sql`NOT "offSale"`,
    ...(chosen === null ? [] : [isOneOf(chosen.map(({ name }) => name))]),
    ...words.map(mentions),
  ]
  const where = Prisma.join(matching, ' AND ')
  const { skip, take } = rowsOf(page, PAGE_SIZE)
  const order = SORT_ORDERS[sort]
  const [products, total] = await Promise.all([
    // The indexes alone say which products are on the page. Only those are read.
    readProducts(
      direct,
      Prisma.sql`p.id = ANY (ARRAY(SELECT id FROM "Product" WHERE ${where} ORDER BY ${order} LIMIT ${take} OFFSET ${skip}))`,
      order,
    ),
    words.length === 0
      ? (chosen ?? categories).reduce((sum, { products }) => sum + products, 0)
      : countProducts(direct, where),
  ])
  return { products, total, pages: pageCount(total, PAGE_SIZE) }
}

async function countProducts(reader: RawReader, where: Prisma.Sql): Promise<number> {
  const [row] = await reader.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM "Product" WHERE ${where}`
  return row?.count ?? 0
}

/** The categories of products for sale. Spellings of the same name are one category. */
export async function listCategories(prisma: PrismaClient): Promise<string[]> {
  const names = (await storedCategories(prisma)).map(({ name }) => name)
  return names.filter((name, index) => names.findIndex((other) => isSameText(name, other)) === index)
}

function storedCategories(prisma: PrismaClient): Promise<Category[]> {
  return prisma.category.findMany({ where: { products: { gt: 0 } }, orderBy: { name: 'asc' } })
}

/** Most categories have one spelling, whose products an index has in order. */
function isOneOf(names: readonly string[]): Prisma.Sql {
  return names.length === 1
    ? Prisma.sql`category = ${names[0]}`
    : Prisma.sql`category = ANY (${names}::text[])`
}

/** Whether two texts are the same to a reader: whatever the case, the space around them and how letters are composed. */
export function isSameText(one: string, other: string): boolean {
  const [plain, otherPlain] = [one, other].map((text) => text.normalize('NFKC').trim().toLowerCase())
  return plain === otherPlain
}

/** The product, or null if it isn't for sale. */
export function findProduct(reader: RawReader, id: number): Promise<ProductWithVariants | null> {
  return readProduct(reader, Prisma.sql`p.id = ${id}`)
}

/** The same by its slug. */
export function findProductBySlug(reader: RawReader, slug: string): Promise<ProductWithVariants | null> {
  return readProduct(reader, Prisma.sql`p.slug = ${slug}`)
}

/** The product of a variant, or null if the variant isn't for sale. */
export function findProductOf(reader: RawReader, variantId: number): Promise<ProductWithVariants | null> {
  return readProduct(
    reader,
    Prisma.sql`p.id = (SELECT "productId" FROM "Variant" WHERE id = ${variantId} AND active)`,
  )
}

async function readProduct(reader: RawReader, which: Prisma.Sql): Promise<ProductWithVariants | null> {
  const [product] = await readProducts(
    reader,
    Prisma.sql`/* prepared */ ${which} AND NOT p."offSale"`,
    Prisma.sql`id`,
  )
  return product ?? null
}

/** In one statement, where Prisma's client sends two and takes several times as long. */
async function readProducts(
  reader: RawReader,
  which: Prisma.Sql,
  order: Prisma.Sql,
): Promise<ProductWithVariants[]> {
  const rows = await reader.$queryRaw<
    (Product & { variants: Stored[] | null; pictures: StoredPicture[] | null })[]
  >`
    SELECT p.*, (
      SELECT json_agg(v ORDER BY v.position, v.id) FROM "Variant" v WHERE v."productId" = p.id AND v.active
    ) AS variants, (
      SELECT json_agg(json_build_object('image', s.image, 'alt', s.alt, 'pictureId', s."pictureId",
        'picture', CASE WHEN f.id IS NOT NULL THEN json_build_object('files', f.files) END) ORDER BY s.position, s.id)
      FROM "ProductPicture" s LEFT JOIN "Picture" f ON f.id = s."pictureId" WHERE s."productId" = p.id
    ) AS pictures
    FROM "Product" p WHERE ${which} ORDER BY ${order}`
  return rows.map((row) => ({
    ...row,
    variants: (row.variants ?? []).map(withDates),
    pictures: row.pictures ?? [],
  }))
}

/** A row as JSON: its times are texts. */
type Stored = Omit<Variant, 'createdAt' | 'updatedAt'> & { createdAt: string; updatedAt: string }

function withDates(variant: Stored): Variant {
  return {
    ...variant,
    createdAt: new Date(variant.createdAt),
    updatedAt: new Date(variant.updatedAt),
  }
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
  const { id, name, summary, image, category, currency, variants, pictures = [] } = product
  const [first] = picturesOf({ image, pictures })
  return {
    id,
    name,
    summary,
    image,
    picture: pictureView(first ?? { image, alt: '', pictureId: null, picture: null }, ''),
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
function mentions(word: string): Prisma.Sql {
  const spellings = new Set(FORMS.map((form) => word.normalize(form)))
  const patterns = [...spellings].map((spelling) => `%${escapeLike(spelling)}%`)
  return Prisma.sql`(name ILIKE ANY (${patterns}) OR summary ILIKE ANY (${patterns}) OR description ILIKE ANY (${patterns}))`
}

/** Makes LIKE's wildcards match themselves. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
