// What the search field suggests while somebody types: categories and products, best first.
import type { Database } from '../database/client.js'
import { pathIn } from '../http/language-paths.js'
import { currentLanguage } from '../messages/index.js'
import { formatMoney } from '../money.js'
import { categoryHref } from './category-menu.js'
import { plainText, searchWords } from './plain-text.js'
import { listCategories, productsWith } from './products.js'
import { searchProducts } from './search-products.js'

const MOST_SUGGESTED = 6
const MOST_SUGGESTED_CATEGORIES = 2

export interface Suggestion {
  label: string
  href: string
  /** A product's price. Null for a category. */
  price: string | null
}

export async function suggestionsFor(
  { prisma, direct }: Pick<Database, 'prisma' | 'direct'>,
  text: string,
): Promise<Suggestion[]> {
  const here = (path: string) => pathIn(currentLanguage(), path)
  const words = searchWords(text)
  if (words.length === 0) return []
  const [categories, { ids }] = await Promise.all([listCategories(prisma), searchProducts(direct, text, [])])
  const products = await productsWith(direct, ids.slice(0, MOST_SUGGESTED))
  return [
    ...categories
      .filter((name) => words.every((word) => ` ${plainText(name)}`.includes(` ${word}`)))
      .slice(0, MOST_SUGGESTED_CATEGORIES)
      .map((name) => ({ label: name, href: here(categoryHref(name)), price: null })),
    ...products.map(({ id, name, variants, unitAmount, currency }) => ({
      label: name,
      href: here(`/pricing/${id}`),
      price: formatMoney(Math.min(...variants.map((variant) => variant.unitAmount), unitAmount), currency),
    })),
  ]
}
