// Finds products and prepares them for the pages.
import type { Database } from '../database/client.js'
import type { RawReader } from '../database/direct.js'
import { Prisma, type Category, type PrismaClient, type Variant } from '../generated/prisma/client.js'
import { pageCount, rowsOf } from '../http/paging.js'
import { t } from '../messages/index.js'
import { translatedName } from '../messages/translated.js'
import { formatMoney } from '../money.js'
import { filterConditions, isFiltered, NO_FILTER, type ProductFilter } from './product-filter.js'
import { picturesOf, pictureView, type StoredPicture } from './product-pictures.js'
import { textsOf } from './product-texts.js'
import { MOST_FOUND, searchProducts } from './search-products.js'
import type { ProductRow, ProductWithVariants } from './variants.js'
import type { ProductCard } from './view-models.js'

/** The most units of one variant in one order. */
export const MAX_QUANTITY = 20
/** The most variants in one order. */
export const MAX_PRODUCTS = 20
/** From this many units down, a product shows how many are left. */
const FEW = 5
/** Fills two, three and four columns. */
const PAGE_SIZE = 12
/** Products that match a filter are counted up to here: counting all takes longer the more there are. */
export const MOST_COUNTED = 100 * PAGE_SIZE
/** Prices in different currencies can't be compared, so sorting by price groups products by currency first. */
const SORT_ORDERS = {
  newest: Prisma.sql`p.id DESC`,
  'price-up': Prisma.sql`p.currency DESC, p."unitAmount", p.id`,
  'price-down': Prisma.sql`p.currency DESC, p."unitAmount" DESC, p.id`,
  name: Prisma.sql`p.name, p.id`,
} as const

/** "best" orders what a search found. Without a search it is the same as "newest". */
export type ProductSort = keyof typeof SORT_ORDERS | 'best'
export const SORTS = ['best', 'newest', 'price-up', 'price-down', 'name'] as const satisfies ProductSort[]

export interface ProductQuery {
  search: string
  category: string
  sort: ProductSort
  /** From 1. */
  page: number
  /** Missing: all products. */
  filter?: ProductFilter
}

export interface ProductResult {
  products: ProductWithVariants[]
  total: number
  /** Whether there are more than `total`, which were not counted. */
  isMore: boolean
  pages: number
  /** What was searched for instead, because nothing was found for what was typed. */
  corrected: string | null
}

/** @param read the stored categories, if they are known */
export async function findProducts(
  { prisma, direct }: Pick<Database, 'prisma' | 'direct'>,
  { search, category, sort, page, filter = NO_FILTER }: ProductQuery,
  read?: readonly Category[],
): Promise<ProductResult> {
  const categories = read ?? (await storedCategories(prisma))
  const chosen = category === '' ? null : categories.filter(({ name }) => isSameText(name, category))
  const names = chosen?.map(({ name }) => name) ?? null
  const conditions = [
    ...(names === null ? [] : [Prisma.sql`s.${isOneOf(names)}`]),
    ...filterConditions(filter),
  ]
  const { skip, take } = rowsOf(page, PAGE_SIZE)
  if (search.trim() !== '') {
    const { ids, corrected } = await searchProducts(direct, search, conditions)
    const products =
      sort === 'best' ? await productsWith(direct, ids.slice(skip, skip + take)) : await sorted(ids)
    const isMore = ids.length >= MOST_FOUND
    return { products, total: ids.length, isMore, pages: pageCount(ids.length, PAGE_SIZE), corrected }
  }
  const order = SORT_ORDERS[sort === 'best' ? 'newest' : sort]
  const isPlain = !isFiltered(filter)
  const which = isPlain
    ? Prisma.sql`SELECT p.id FROM "Product" p WHERE ${onSaleIn(names)}`
    : Prisma.sql`SELECT p.id FROM "Product" p JOIN "ProductSearch" s ON s."productId" = p.id
        WHERE NOT p."offSale" AND ${Prisma.join(conditions, ' AND ')}`
  const [products, counted] = await Promise.all([
    // The indexes alone say which products are on the page. Only those are read.
    readProducts(
      direct,
      Prisma.sql`p.id = ANY (ARRAY(${which} ORDER BY ${order} LIMIT ${take} OFFSET ${skip}))`,
      order,
    ),
    isPlain
      ? (chosen ?? categories).reduce((sum, { products }) => sum + products, 0)
      : countFiltered(direct, conditions),
  ])
  const total = isPlain ? counted : Math.min(counted, MOST_COUNTED)
  return { products, total, isMore: counted > total, pages: pageCount(total, PAGE_SIZE), corrected: null }

  function sorted(ids: readonly number[]): Promise<ProductWithVariants[]> {
    const order = SORT_ORDERS[sort === 'best' ? 'newest' : sort]
    return readProducts(
      direct,
      Prisma.sql`p.id = ANY (ARRAY(SELECT p.id FROM "Product" p WHERE p.id = ANY (${[...ids]}::int[])
        ORDER BY ${order} LIMIT ${take} OFFSET ${skip}))`,
      order,
    )
  }
}

function onSaleIn(names: readonly string[] | null): Prisma.Sql {
  return names === null ? Prisma.sql`NOT p."offSale"` : Prisma.sql`NOT p."offSale" AND p.${isOneOf(names)}`
}

/** The products with these ids that are for sale, in this order. */
export async function productsWith(
  reader: RawReader,
  ids: readonly number[],
): Promise<ProductWithVariants[]> {
  if (ids.length === 0) return []
  return readProducts(
    reader,
    Prisma.sql`p.id = ANY (${[...ids]}::int[]) AND NOT p."offSale"`,
    Prisma.sql`array_position(${[...ids]}::int[], p.id)`,
  )
}

async function countFiltered(reader: RawReader, conditions: readonly Prisma.Sql[]): Promise<number> {
  const [row] = await reader.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT FROM "ProductSearch" s WHERE ${Prisma.join([...conditions], ' AND ')} LIMIT ${MOST_COUNTED + 1}) AS counted`
  return row?.count ?? 0
}

/** The newest products of a category, then of others. For those that go with a product. */
export async function newestOf(
  reader: RawReader,
  category: string,
  most: number,
): Promise<ProductWithVariants[]> {
  const newest = (where: Prisma.Sql) =>
    Prisma.sql`(SELECT id FROM "Product" WHERE NOT "offSale" AND ${where} ORDER BY id DESC LIMIT ${most})`
  return readProducts(
    reader,
    Prisma.sql`p.id = ANY (ARRAY(${newest(Prisma.sql`category = ${category}`)} UNION ${newest(Prisma.sql`true`)}))`,
    Prisma.sql`p.category = ${category} DESC, p.id DESC LIMIT ${most}`,
  )
}

/** The stored spellings of a category. */
export function spellingsOf(stored: readonly Category[], category: string): string[] {
  return stored.map(({ name }) => name).filter((name) => isSameText(name, category))
}

/** The categories of products for sale. Spellings of the same name are one category. */
export async function listCategories(prisma: PrismaClient): Promise<Category[]> {
  return differentCategories(await storedCategories(prisma))
}

export function differentCategories(stored: readonly Category[]): Category[] {
  return stored.filter(
    ({ name }, index) => stored.findIndex((other) => isSameText(name, other.name)) === index,
  )
}

/** The categories of products for sale, in each spelling. */
export function storedCategories(prisma: PrismaClient): Promise<Category[]> {
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
    Prisma.sql`p.id`,
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
    (ProductRow & {
      variants: Stored[] | null
      pictures: StoredPicture[] | null
      categoryTranslations: Prisma.JsonValue
    })[]
  >`
    SELECT p.id, p.slug, p.name, p.summary, p.description, p.specifications, p.translations, p.image, p.category, p.options,
      p."requiresShipping", p."taxCode", p."unitAmount", p.currency, p.active, p.stock, p."offSale", (
      SELECT c.translations FROM "Category" c WHERE c.name = p.category
    ) AS "categoryTranslations", (
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
  const { id, image, currency, variants, pictures = [] } = product
  const { name, summary } = textsOf(product)
  const [first] = picturesOf({ image, pictures })
  return {
    id,
    name,
    summary,
    image,
    picture: pictureView(first ?? { image, alt: '', pictureId: null, picture: null }, ''),
    category: categoryLabel(product),
    price: priceOf(product),
    currency: currency.toUpperCase(),
    ...availabilityOf(stockOf(variants)),
    hasChoice: variants.length > 1,
  }
}

/** The name of a product's category, for the reader. */
export function categoryLabel({
  category,
  categoryTranslations,
}: Pick<ProductWithVariants, 'category' | 'categoryTranslations'>): string {
  return translatedName({ name: category, translations: categoryTranslations })
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
