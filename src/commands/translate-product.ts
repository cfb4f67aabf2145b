// npm run products -- translate: a product's texts in another language than the shop's.
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
}

export async function translate(
  prisma: PrismaClient,
  productId: number,
  { language, name, summary, description, category }: Texts,
): Promise<void> {
  const change = { name, summary, description, category }
  if (Object.values(change).every((text) => text === undefined))
    throw new CommandError('What is to be translated? Give --name, --summary, --description or --category.')
  await translateProduct(prisma, productId, otherLanguage(language), change)
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
