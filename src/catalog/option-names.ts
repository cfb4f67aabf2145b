// What a variant is called in the visitor's language, where the owner wrote it.
import { currentLanguage, type Language } from '../messages/index.js'
import { optionName, productName, type Translated } from './product-texts.js'
import { nameWithVariant, variantName } from './variants.js'

type Values = Parameters<typeof variantName>[0]

/** "Rot / L" of the variant that the owner calls "Red / L". Empty for a product without options. */
export function variantNameFor(
  product: Translated,
  { optionValues }: Values,
  language: Language = currentLanguage(),
): string {
  return variantName({ optionValues: optionValues.map((value) => optionName(product, value, language)) })
}

/** "Steingutbecher – Rot / L", for lines that hold one name. */
export function fullNameFor(product: { name: string } & Translated, variant: Values): string {
  return nameWithVariant(productName(product), variantNameFor(product, variant))
}
