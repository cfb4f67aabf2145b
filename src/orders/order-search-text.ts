// What an operator's search text can mean, and the index that finds the orders for each meaning.
import { canonicalEmail } from '../accounts/email-address.js'
import { Prisma } from '../generated/prisma/client.js'
import { ordersNamed } from './find-order.js'

/** One meaning of a text. */
export interface Meaning {
  /** Selects the ids of matching orders, by an index. */
  find: Prisma.Sql
  /** Selects those of them that conditions on the column of these ids allow. */
  among?: (within: (id: Prisma.Sql) => readonly Prisma.Sql[]) => Prisma.Sql
  /** Whether an order `o` matches. */
  matches: Prisma.Sql
  /** Whether a planner that expects to end early would rather scan the table. */
  isMisjudged?: true
  /** Whether it often matches a large part of all orders. */
  isCommon?: true
}

/** Shorter beginnings of words and addresses match too much to be meant. */
const SHORTEST_PREFIX = 3

/**
 * An order matches if it matches one of these. An id, a number or an address with "@" means only that; other texts are words
 * of names, addresses and items, products, SKUs, tracking numbers and the beginnings of email addresses.
 */
export function meaningsOf(text: string): Meaning[] {
  const named = ordersNamed(text)
  if (named) return [{ find: named, matches: Prisma.sql`o.id IN (${named})` }]
  const email = canonicalEmail(text)
  if (email !== null) return [isInSearch(Prisma.sql`lower(s.email) = ${email}`)]
  if (text.includes('@')) return [emailBeginsWith(text)]
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const isOneWord = !/\s/.test(text)
  return [
    ...(isOneWord && text.length >= SHORTEST_PREFIX ? [emailBeginsWith(text)] : []),
    ...(words.length > 0 ? [hasWords(words), hasProduct(words)] : []),
    hasSku(text),
    wasTrackedBy(text),
  ]
}

function isInSearch(matches: Prisma.Sql): Meaning {
  const find = Prisma.sql`SELECT s."orderId" FROM "OrderSearch" s WHERE ${matches}`
  return {
    find,
    // Orders in sequence are read and compared in less time than an index takes to find a word of many. OFFSET 0 makes the
    // planner do so.
    among: (within) => {
      const conditions = Prisma.join([Prisma.sql`true`, ...within(Prisma.sql`a."orderId"`)], ' AND ')
      return Prisma.sql`SELECT s."orderId" FROM (
        SELECT * FROM "OrderSearch" a WHERE ${conditions} OFFSET 0) AS s WHERE ${matches}`
    },
    matches: Prisma.sql`EXISTS (${find} AND s."orderId" = o.id)`,
  }
}

function emailBeginsWith(text: string): Meaning {
  const pattern = `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  return { ...isInSearch(Prisma.sql`lower(s.email) LIKE ${pattern}`), isCommon: true }
}

function hasWords(words: readonly string[]): Meaning {
  return {
    ...isInSearch(Prisma.sql`s.words @@ to_tsquery('simple', ${allOf(words)})`),
    isMisjudged: true,
    isCommon: true,
  }
}

/** The query that looks for texts with all words. The last one may be the beginning of a word: somebody may still be typing. */
function allOf(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return [...words.slice(0, -1), last.length < SHORTEST_PREFIX ? last : `${last}:*`].join(' & ')
}

/** The most products of a name whose orders are looked for. */
const PRODUCTS = 100

function hasProduct(words: readonly string[]): Meaning {
  // OFFSET 0 makes the planner look for words first. It would rather read every name, beginning with the newest product.
  return hasVariant(Prisma.sql`SELECT v.id FROM "Variant" v WHERE v."productId" IN (
    SELECT p.id FROM (
      SELECT id FROM "Product" WHERE to_tsvector('simple', name) @@ to_tsquery('simple', ${allOf(words)}) OFFSET 0
    ) AS p ORDER BY p.id DESC LIMIT ${PRODUCTS})`)
}

function hasSku(text: string): Meaning {
  const spellings = [...new Set([text, text.toUpperCase(), text.toLowerCase()])]
  return hasVariant(Prisma.sql`SELECT v.id FROM "Variant" v WHERE v.sku = ANY (${spellings}::text[])`)
}

function hasVariant(variants: Prisma.Sql): Meaning {
  const bought = Prisma.sql`"OrderItem" i WHERE i."variantId" = ANY (ARRAY(${variants}))`
  return {
    find: Prisma.sql`SELECT i."orderId" FROM ${bought}`,
    among: (within) =>
      Prisma.sql`SELECT i."orderId" FROM ${Prisma.join([bought, ...within(Prisma.sql`i."orderId"`)], ' AND ')}`,
    matches: Prisma.sql`EXISTS (SELECT FROM ${bought} AND i."orderId" = o.id)`,
  }
}

/** Carriers print numbers in groups, and people type them in any case. */
function wasTrackedBy(text: string): Meaning {
  const number = text.replaceAll(/\s/g, '').toUpperCase()
  const find = Prisma.sql`
    SELECT s."orderId" FROM "Shipment" s WHERE upper(replace(s."trackingNumber", ' ', '')) = ${number}`
  return { find, matches: Prisma.sql`o.id IN (${find})` }
}
