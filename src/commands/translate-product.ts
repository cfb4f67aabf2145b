// npm run products -- translate: a product's texts in another language than the shop's.
import type { WholeProduct } from '../catalog/manage-products.js'
import { optionsOf, readOptionNames, wordsOf } from '../catalog/option-texts.js'
import { translateProduct } from '../catalog/translate-product.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Language } from '../messages/index.js'
import { otherLanguages } from '../messages/translated.js'
import { CommandError } from './run.js'

/** An empty text is none. */
interface Texts {
  language?: string
  name?: string
  summary?: string
  description?: string
  category?: string
  /** "Red=Rot" */
  option?: string[]
}

export async function translate(
  prisma: PrismaClient,
  product: WholeProduct,
  { language, name, summary, description, category, option }: Texts,
): Promise<void> {
  const options = option === undefined ? undefined : optionNames(product, option)
  const change = { name, summary, description, category, options }
  if (Object.values(change).every((text) => text === undefined))
    throw new CommandError(
      'What is to be translated? Give --name, --summary, --description, --option or --category.',
    )
  await translateProduct(prisma, product.id, otherLanguage(language), change)
}

/** Empty names are kept: they take back what was written. */
function optionNames({ options, variants }: WholeProduct, given: readonly string[]): Record<string, string> {
  const words = wordsOf(optionsOf(options, variants))
  const taken = given.map((one) => one.trim()).filter((one) => one.endsWith('='))
  const names = readOptionNames(given.join('\n'), words)
  if (typeof names === 'string') throw new CommandError(names)
  return { ...Object.fromEntries(taken.map((one) => [one.slice(0, -1).trim(), ''])), ...names }
}

/** @throws CommandError for a language that texts can't be translated to */
export function otherLanguage(text: string | undefined): Language {
  const languages = otherLanguages()
  const language = languages.find((code) => code === text)
  if (language === undefined)
    throw new CommandError(
      `Give --language ${languages.join(' or ')}: the shop’s own texts are not translations.`,
    )
  return language
}
