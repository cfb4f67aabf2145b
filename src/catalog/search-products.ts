// Finds the products that a text may mean, best first: by stems and beginnings of words, then by parts of words, and at last with
// mistyped words corrected. Each step costs about the same however many products there are.
import type { RawReader } from '../database/direct.js'
import { Prisma } from '../generated/prisma/client.js'
import { searchWords } from './plain-text.js'

/** The most products that are found. Nobody reads on to the end of so many. */
export const MOST_FOUND = 300
/** With fewer, parts of words are looked for, too. */
const FEW = 12
/** How alike a mistyped word and the one that is meant must be, for PostgreSQL's similarity(). */
const ALIKE = 0.4

export interface Found {
  ids: number[]
  /** What was looked for instead of the text that was typed. Null: that text. */
  corrected: string | null
}

/** @param conditions on rows of "ProductSearch" AS s */
export async function searchProducts(
  reader: RawReader,
  text: string,
  conditions: readonly Prisma.Sql[],
): Promise<Found> {
  const words = searchWords(text)
  if (words.length === 0) return { ids: [], corrected: null }
  const where = [Prisma.sql`true`, ...conditions]
  const ids = await byWords(reader, words, where)
  const more = ids.length < FEW ? await byParts(reader, words, where) : []
  const all = [...new Set([...ids, ...more])]
  if (all.length > 0) return { ids: all, corrected: null }
  const meant = await correct(reader, words)
  if (meant === null) return { ids: [], corrected: null }
  return { ids: await byWords(reader, meant, where), corrected: meant.join(' ') }
}

/**
 * Those with the words in their names come first: of so many that not all can be ranked, they are found first, too.
 * Materialized, the planner does not know of the limits, for which it would read the table. Rows are still read one by one.
 */
async function byWords(
  reader: RawReader,
  words: readonly string[],
  where: readonly Prisma.Sql[],
): Promise<number[]> {
  const given = [...words]
  const all = Prisma.join([...where], ' AND ')
  const rows = await reader.$queryRaw<{ id: number }[]>`
    WITH asked AS MATERIALIZED (SELECT "searchQuery"(${given}::text[], '') AS query),
    named AS MATERIALIZED (SELECT s."productId" FROM "ProductSearch" s
      WHERE s.document @@ "searchQuery"(${given}::text[], 'A') AND ${all}),
    anywhere AS MATERIALIZED (SELECT s."productId" FROM "ProductSearch" s
      WHERE s.document @@ "searchQuery"(${given}::text[], '') AND ${all}),
    found AS (
      (SELECT "productId" FROM named LIMIT ${MOST_FOUND})
      UNION
      (SELECT "productId" FROM anywhere LIMIT ${MOST_FOUND}))
    SELECT s."productId" AS id FROM found JOIN "ProductSearch" s USING ("productId"), asked
    ORDER BY ts_rank(s.document, asked.query) DESC, s."productId" DESC LIMIT ${MOST_FOUND}`
  return rows.map(({ id }) => id)
}

/** "löffel" in "Rührlöffel". Parts of fewer than three letters are in too many words. */
async function byParts(
  reader: RawReader,
  words: readonly string[],
  where: readonly Prisma.Sql[],
): Promise<number[]> {
  if (words.every((word) => word.length < 3)) return []
  const parts = words.map((word) => Prisma.sql`lower(s.words) LIKE ${`%${word}%`}`)
  const rows = await reader.$queryRaw<{ id: number }[]>`
    WITH found AS MATERIALIZED (
      SELECT s."productId" FROM "ProductSearch" s WHERE ${Prisma.join([...parts, ...where], ' AND ')})
    SELECT "productId" AS id FROM found LIMIT ${MOST_FOUND}`
  return rows.map(({ id }) => id).sort((one, other) => other - one)
}

/** The words with those that no product has replaced by the likeliest. Null if there is nothing to replace. */
async function correct(reader: RawReader, words: readonly string[]): Promise<string[] | null> {
  if (!(await hasTrigrams(reader))) return null
  const rows = await reader.$queryRaw<{ word: string; meant: string | null }[]>`
    SELECT given.word, (
      SELECT w.word FROM "SearchWord" w
      WHERE lower(w.word) % given.word AND similarity(lower(w.word), given.word) >= ${ALIKE}::float8
      ORDER BY similarity(lower(w.word), given.word) DESC, w.word LIMIT 1) AS meant
    FROM unnest(${[...words]}::text[]) WITH ORDINALITY AS given(word, place) ORDER BY given.place`
  const meant = rows.map((row) => row.meant ?? row.word)
  return meant.every((word, index) => word === words[index]) ? null : meant
}

/** For operators. */
export const NO_TRIGRAMS =
  'The database has no extension pg_trgm with its indexes: searches find no mistyped words, and parts of words slowly. docs/3-go-live.md says how to add it.'

const trigrams = new WeakMap<RawReader, Promise<boolean>>()

/** Whether the server compares words by their trigrams. Without, mistyped words are not corrected. */
export function hasTrigrams(reader: RawReader): Promise<boolean> {
  const known = trigrams.get(reader)
  if (known) return known
  const asked = Promise.resolve(
    reader.$queryRaw<{ present: boolean }[]>`
      SELECT to_regclass('"SearchWord_trigrams_idx"') IS NOT NULL AS present`,
  ).then(([row]) => row?.present ?? false)
  trigrams.set(reader, asked)
  asked.catch(() => trigrams.delete(reader))
  return asked
}
