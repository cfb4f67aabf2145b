// What the search field suggests while somebody types: categories and products, best first.
import type { Database } from '../database/client.js'
import { pathIn } from '../http/language-paths.js'
import { currentLanguage } from '../messages/index.js'
import { translatedName } from '../messages/translated.js'
import { formatMoney } from '../money.js'
import { categoryHref } from './category-menu.js'
import { plainText, searchWords } from './plain-text.js'
import { productName } from './product-texts.js'
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
      .map((category) => ({ label: translatedName(category), name: category.name }))
      .filter(({ label, name }) =>
        words.every((word) => ` ${plainText(label)} ${plainText(name)}`.includes(` ${word}`)),
      )
      .slice(0, MOST_SUGGESTED_CATEGORIES)
      .map(({ label, name }) => ({ label, href: here(categoryHref(name)), price: null })),
    ...products.map((product) => ({
      label: productName(product),
      href: here(`/pricing/${product.id}`),
      price: formatMoney(
        Math.min(...product.variants.map((variant) => variant.unitAmount), product.unitAmount),
        product.currency,
      ),
    })),
  ]
}
