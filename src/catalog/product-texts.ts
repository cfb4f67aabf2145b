// What a product is called and described as, in the visitor's language where the owner wrote it.
import type { Prisma, Product } from '../generated/prisma/client.js'
import { currentLanguage, type Language } from '../messages/index.js'
import { storedFor } from '../messages/translated.js'

export type ProductTexts = Pick<Product, 'name' | 'summary' | 'description' | 'specifications'>

/** Texts by language. Those that are missing are in the shop's own. Its names are in the order in which PostgreSQL stores them. */
export type ProductTranslations = Record<string, Partial<ProductTexts>>

/** Each of its texts in a language, or as the owner wrote it first. */
export function textsOf(
  product: ProductTexts & { translations: Prisma.JsonValue },
  language: Language = currentLanguage(),
): ProductTexts {
  const { name, summary, description, specifications, translations } = product
  const given = storedFor(translations, language) as Partial<ProductTexts> | undefined
  return { name, summary, description, specifications, ...given }
}

/** The same of its name alone. */
export function productName(
  product: { name: string; translations: Prisma.JsonValue },
  language: Language = currentLanguage(),
): string {
  const given = storedFor(product.translations, language) as Partial<ProductTexts> | undefined
  return given?.name ?? product.name
}
