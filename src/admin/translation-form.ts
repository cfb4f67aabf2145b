// The fields of a product's form that say the same in other languages: "de_name".
import { optionsOf, readOptionNames, showOptionNames, wordsOf } from '../catalog/option-texts.js'
import { translationOf, type ProductTranslations } from '../catalog/product-texts.js'
import type { EditErrors, EditedProduct } from '../catalog/save-product.js'
import { MESSAGES, type Language } from '../messages/index.js'
import { otherLanguages, storedFor } from '../messages/translated.js'
import type { Fields } from './forms.js'
import { readSpecifications, readText, type TextField } from './product-text-fields.js'

/** As a form lists them. */
export function languageChoices(): { code: Language; name: string }[] {
  return otherLanguages().map((code) => ({ code, name: MESSAGES[code].languageName }))
}

const TEXTS = ['name', 'summary', 'description'] as const

export function translationValues(product: EditedProduct): Record<string, string> {
  const { categoryTranslations, options, variants } = product
  const words = wordsOf(optionsOf(options, variants))
  return Object.fromEntries<string>(
    otherLanguages().flatMap((code): [string, string][] => {
      const given = translationOf(product, code)
      const category = storedFor(categoryTranslations, code)
      return [
        ...TEXTS.map((text): [string, string] => [`${code}_${text}`, given[text] ?? '']),
        [`${code}_specifications`, (given.specifications ?? []).join('\n')],
        [`${code}_options`, showOptionNames(words, given.options ?? {})],
        [`${code}_category`, typeof category === 'string' ? category : ''],
      ]
    }),
  )
}

/**
 * Errors are added by the name of their field.
 * @param words the names and values of its options
 */
export function readTranslations(
  fields: Fields,
  words: readonly string[],
  errors: EditErrors,
): { translations: ProductTranslations; categoryTranslations: Record<string, string> } {
  const translations: ProductTranslations = {}
  const categoryTranslations: Record<string, string> = {}
  for (const code of otherLanguages()) {
    const text = (name: TextField) => readText(fields, `${code}_${name}`, name, errors)
    const given = Object.fromEntries(
      TEXTS.map((name) => [name, text(name)] as const).filter(([, value]) => value !== ''),
    )
    const specifications = readSpecifications(fields, `${code}_specifications`, errors)
    const options = readOptionNames(fields[`${code}_options`] ?? '', words)
    if (typeof options === 'string') errors[`${code}_options`] = options
    const all = {
      ...given,
      ...(specifications.length > 0 && { specifications }),
      ...(typeof options !== 'string' && Object.keys(options).length > 0 && { options }),
    }
    if (Object.keys(all).length > 0) translations[code] = all
    const category = text('category')
    if (category !== '') categoryTranslations[code] = category
  }
  return { translations, categoryTranslations }
}

/** Whether the category's names were changed in the form. It shows them of the category that the product had. */
export function isCategoryRenamed(fields: Fields, base: Fields): boolean {
  return otherLanguages().some((code) => {
    const field = `${code}_category`
    return (fields[field] ?? '').trim() !== (base[field] ?? '')
  })
}
