// The list of all products for operators, with those that are off sale. A page costs the same whatever the size of the catalog.
import type { RawReader } from '../database/direct.js'
import { Prisma } from '../generated/prisma/client.js'
import { NO_PICTURE } from './product-pictures.js'

export const PRODUCT_STATES = ['on_sale', 'off_sale', 'low_stock', 'no_picture'] as const
export type ProductState = (typeof PRODUCT_STATES)[number]
export const PRODUCT_ORDERS = ['newest', 'name'] as const
export type ProductOrder = (typeof PRODUCT_ORDERS)[number]

export interface ProductSearch {
  /** A name or its beginning, words of it, a sku or an id. Empty: all. */
  text: string
  category: string
  state: ProductState | null
  order: ProductOrder
  /** The id, or name and id, of the last row of the page before. */
  after: { id: number; name: string } | null
  limit: number
}

export interface ListedProduct {
  id: number
  name: string
  category: string
  image: string
  active: boolean
  offSale: boolean
  currency: string
  variants: number
  lowest: number
  highest: number
  /** Units of all variants. Null if one isn't counted. */
  stock: number | null
  isLow: boolean
}

export function listProducts(reader: RawReader, search: ProductSearch): PromiseLike<ListedProduct[]> {
  const { order, limit } = search
  const by = order === 'name' ? Prisma.sql`name, id` : Prisma.sql`id DESC`
  const where = Prisma.join([Prisma.sql`true`, ...conditions(search)], ' AND ')
  // The indexes alone say which products are on the page. Only those and their variants are read.
  return reader.$queryRaw<ListedProduct[]>`
    SELECT p.id, p.name, p.category, p.image, p.active, p."offSale", p.currency, v.*
    FROM "Product" p, LATERAL (
      SELECT count(*)::int AS variants, min("unitAmount") AS lowest, max("unitAmount") AS highest,
        CASE WHEN bool_and(stock IS NOT NULL) THEN sum(stock)::int END AS stock,
        coalesce(bool_or(active AND "isLow"), false) AS "isLow"
      FROM "Variant" WHERE "productId" = p.id) v
    WHERE p.id = ANY (ARRAY(SELECT id FROM "Product" WHERE ${where} ORDER BY ${by} LIMIT ${limit}))
    ORDER BY ${by}`
}

function conditions({ text, category, state, order, after }: ProductSearch): Prisma.Sql[] {
  return [
    ...(text === '' ? [] : [isMeant(text)]),
    ...(category === '' ? [] : [Prisma.sql`category = ${category}`]),
    ...(state === null ? [] : [STATES[state]]),
    ...(after === null
      ? []
      : [
          order === 'name'
            ? Prisma.sql`(name, id) > (${after.name}, ${after.id}::int)`
            : Prisma.sql`id < ${after.id}::int`,
        ]),
  ]
}

const STATES: Record<ProductState, Prisma.Sql> = {
  on_sale: Prisma.sql`NOT "offSale"`,
  off_sale: Prisma.sql`"offSale"`,
  low_stock: Prisma.sql`id = ANY (ARRAY(
    SELECT "productId" FROM "Variant" WHERE active AND "isLow"))`,
  no_picture: Prisma.sql`image IN ('', '/assets/images/products/none.svg')`,
}

/** Each way has an index: words of the name, a sku or its beginning, an id of a product or variant. */
function isMeant(text: string): Prisma.Sql {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? []
  const query = words.map((word) => `${word}:*`).join(' & ')
  const id = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0
  return Prisma.sql`id = ANY (ARRAY(
    SELECT id FROM "Product" WHERE to_tsvector('simple', name) @@ to_tsquery('simple', ${query})
    UNION SELECT "productId" FROM "Variant" WHERE sku = ${text} OR id = ${id}::int
    UNION SELECT "productId" FROM "Variant" WHERE sku >= ${text} AND sku < ${text + '\uffff'} AND sku LIKE ${likeStart(text)}))`
}

function likeStart(text: string): string {
  return `${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** All categories, with those of which nothing is on sale. */
export async function allCategories(reader: RawReader): Promise<string[]> {
  const rows = await reader.$queryRaw<{ name: string }[]>`SELECT name FROM "Category" ORDER BY name`
  return rows.map(({ name }) => name)
}

export function hasNoPicture(image: string): boolean {
  return image === '' || image === NO_PICTURE
}
