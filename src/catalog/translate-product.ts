// Writes a product's texts in another language than the shop's.
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Language } from '../messages/index.js'
import { storedFor, withTranslation } from '../messages/translated.js'
import { lockProduct } from './adjust-stock.js'
import type { ProductTexts, ProductTranslations } from './product-texts.js'
import { translateCategory } from './translate-category.js'

/** Undefined: unchanged. Empty: none, so that the text in the shop's language is shown. */
export type TranslationChange = {
  [Text in keyof ProductTexts]?: ProductTexts[Text] | undefined
} & { category?: string | undefined }

export async function translateProduct(
  prisma: PrismaClient,
  productId: number,
  language: Language,
  { category, ...texts }: TranslationChange,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await lockProduct(tx, productId)
    const product = await tx.product.findUniqueOrThrow({ where: { id: productId } })
    const stored = storedFor(product.translations, language) as ProductTranslations[string] | undefined
    const written = Object.fromEntries(
      Object.entries({ ...stored, ...definedIn(texts) }).filter(([, text]) => text.length > 0),
    )
    const text = Object.keys(written).length > 0 ? written : null
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

function definedIn(
  texts: Partial<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(texts).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined),
  )
}
