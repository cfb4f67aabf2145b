// Writes a product's texts in another language than the shop's.
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Language } from '../messages/index.js'
import { withTranslation } from '../messages/translated.js'
import { lockProduct } from './adjust-stock.js'
import { translationOf, type ProductTexts, type ProductTranslation } from './product-texts.js'
import { translateCategory } from './translate-category.js'

/** Undefined: unchanged. Empty: none, so that the text in the shop's language is shown. */
export type TranslationChange = {
  [Text in keyof ProductTexts]?: ProductTexts[Text] | undefined
} & {
  /** By the owner's own name of an option or value. */
  options?: Readonly<Record<string, string>> | undefined
  category?: string | undefined
}

export async function translateProduct(
  prisma: PrismaClient,
  productId: number,
  language: Language,
  { category, options, ...texts }: TranslationChange,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await lockProduct(tx, productId)
    const product = await tx.product.findUniqueOrThrow({ where: { id: productId } })
    const stored = translationOf(product, language)
    const { options: known, ...others } = stored
    const named = written({ ...known, ...options })
    const all: ProductTranslation = {
      ...written({ ...others, ...definedIn(texts) }),
      ...(Object.keys(named).length > 0 && { options: named }),
    }
    const text = Object.keys(all).length > 0 ? all : null
    await tx.product.update({
      where: { id: productId },
      data: {
        translations: withTranslation(product.translations, language, text),
        revision: { increment: 1 },
      },
    })
    if (category !== undefined) await nameCategory(product.category, category)
    const fields = ['translations', ...(category === undefined ? [] : ['categoryTranslations'])]
    await recordAudit(tx, { action: 'product.changed', subject: 'product', subjectId: productId, fields })

    async function nameCategory(name: string, text: string): Promise<void> {
      const row = await tx.category.findUnique({ where: { name } })
      await translateCategory(tx, name, withTranslation(row?.translations, language, text || null))
    }
  })
}

function definedIn(texts: object): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(texts).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined),
  )
}

/** Without empty texts. */
function written<Text extends string | string[]>(texts: Record<string, Text>): Record<string, Text> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text.length > 0))
}
