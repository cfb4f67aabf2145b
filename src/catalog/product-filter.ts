// The filters of the product list: what they mean in the database, and which options there are to choose from.
import type { RawReader } from '../database/direct.js'
import { Prisma } from '../generated/prisma/client.js'
import { currentLanguage } from '../messages/index.js'

export interface ProductFilter {
  /** Minor units of `currency`. Null: no limit. */
  least: number | null
  most: number | null
  /** Of both limits. Products in another currency are left out. */
  currency: string
  inStock: boolean
  /** "Size: L". One of each option is enough. */
  options: string[]
}

export const NO_FILTER: ProductFilter = { least: null, most: null, currency: '', inStock: false, options: [] }

export function isFiltered({ least, most, inStock, options }: ProductFilter): boolean {
  return least !== null || most !== null || inStock || options.length > 0
}

/** Conditions on rows of "ProductSearch" AS s. */
export function filterConditions(filter: ProductFilter): Prisma.Sql[] {
  const { least, most, currency, inStock, options } = filter
  return [
    ...(least === null && most === null ? [] : [Prisma.sql`s.currency = ${currency}`]),
    ...(least === null ? [] : [Prisma.sql`s.highest >= ${least}`]),
    ...(most === null ? [] : [Prisma.sql`s.lowest <= ${most}`]),
    ...(inStock ? [Prisma.sql`s."inStock"`] : []),
    ...byOption(options).map((values) => Prisma.sql`s.options && ${values}::text[]`),
  ]
}

/** The chosen values of each option. */
function byOption(options: readonly string[]): string[][] {
  const groups = new Map<string, string[]>()
  for (const option of options) {
    const { name } = optionParts(option)
    groups.set(name, [...(groups.get(name) ?? []), option])
  }
  return [...groups.values()]
}

/** "Size: L" → Size and L */
export function optionParts(option: string): { name: string; value: string } {
  const at = option.indexOf(': ')
  return { name: option.slice(0, Math.max(0, at)), value: option.slice(at + 2) }
}

/** The newest products of a category say what there is to choose from. */
const SAMPLE = 1000
const MOST_OPTIONS = 4
const MOST_VALUES = 12

export interface OptionChoice {
  name: string
  /** What it is called in the language at hand. */
  label: string
  values: { value: string; label: string }[]
}

/** The options that most products have, and their values. @param categories spellings of one. Empty: all */
export async function optionChoices(
  reader: RawReader,
  categories: readonly string[],
): Promise<OptionChoice[]> {
  const where =
    categories.length === 0 ? Prisma.empty : Prisma.sql`WHERE category = ANY (${[...categories]}::text[])`
  // If products call one option differently, the last in the alphabet is shown.
  const rows = await reader.$queryRaw<
    { option: string; nameText: string | null; valueText: string | null }[]
  >`
    SELECT option, max(texts ->> left(option, strpos(option, ': ') - 1)) AS "nameText",
      max(texts ->> substr(option, strpos(option, ': ') + 2)) AS "valueText"
    FROM (
      SELECT options, "optionTexts" -> ${currentLanguage()} AS texts FROM "ProductSearch" ${where}
      ORDER BY "productId" DESC LIMIT ${SAMPLE}) AS newest, unnest(options) AS option
    GROUP BY option ORDER BY count(*) DESC, option LIMIT 200`
  const choices = new Map<string, OptionChoice>()
  for (const { option, nameText, valueText } of rows) {
    const { name, value } = optionParts(option)
    const choice = choices.get(name) ?? { name, label: name, values: [] }
    if (nameText !== null) choice.label = nameText
    choice.values.push({ value, label: valueText ?? value })
    choices.set(name, choice)
  }
  const { compare } = new Intl.Collator(currentLanguage(), { numeric: true })
  return [...choices.values()]
    .filter(({ values }) => values.length > 1)
    .slice(0, MOST_OPTIONS)
    .map((choice) => ({
      ...choice,
      values: choice.values.slice(0, MOST_VALUES).sort((one, other) => compare(one.label, other.label)),
    }))
}
