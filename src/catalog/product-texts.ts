// What a product is called and described as, in the visitor's language where the owner wrote it.
import type { Product } from '../generated/prisma/client.js'
import { currentLanguage, type Language } from '../messages/index.js'
import { storedFor } from '../messages/translated.js'

export type ProductTexts = Pick<Product, 'name' | 'summary' | 'description' | 'specifications'>

/** Texts by language. Those that are missing are in the shop's own. */
export type ProductTranslations = Record<string, ProductTranslation>

export type ProductTranslation = Partial<ProductTexts> & {
  /** What its options and their values are called: {"Color": "Farbe", "Red": "Rot"}. */
  options?: Record<string, string>
}

/** What of a product's row says how it is called in other languages. */
export type Translated = Pick<Product, 'translations'>

/** Each of its texts in a language, or as the owner wrote it first. */
export function textsOf(
  product: ProductTexts & Translated,
  language: Language = currentLanguage(),
): ProductTexts {
  const given = translationOf(product, language)
  return {
    name: given.name ?? product.name,
    summary: given.summary ?? product.summary,
    description: given.description ?? product.description,
    specifications: given.specifications ?? product.specifications,
  }
}

/** The same of its name alone. */
export function productName(
  product: { name: string } & Translated,
  language: Language = currentLanguage(),
): string {
  return translationOf(product, language).name ?? product.name
}

/**
 * What one of its options, or a value of one, is called.
 * @param text as the owner wrote it first
 */
export function optionName(
  product: Translated,
  text: string,
  language: Language = currentLanguage(),
): string {
  const { options = {} } = translationOf(product, language)
  return Object.hasOwn(options, text) ? (options[text] ?? text) : text
}

/** What is stored of a product for a language. */
export function translationOf({ translations }: Translated, language: Language): ProductTranslation {
  return storedFor(translations, language) ?? {}
}
