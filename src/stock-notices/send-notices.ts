// Writes the mails to those who wait for a variant that can be bought again.
import { variantNameFor } from '../catalog/option-names.js'
import { productName } from '../catalog/product-texts.js'
import { variantPath } from '../catalog/variants.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { hashToken, newToken } from '../http/random-token.js'
import { isLanguage, usualLanguage, withLanguage } from '../messages/index.js'
import { writeAccountMail } from '../outbox/write-mails.js'

const BATCH = 100
/** How long the link in a mail works, and how long somebody waits at most. */
export const NOTICE_DAYS = { afterSending: 30, waiting: 365 } as const

/** Returns how many were due. */
export async function sendDueNotices(prisma: PrismaClient): Promise<number> {
  return prisma.$transaction(async (tx) => {
    const due = await tx.$queryRaw<{ id: number; isThere: boolean }[]>`
      SELECT n.id, v.active AND NOT p."offSale" AND (v.stock IS NULL OR v.stock > 0) AS "isThere"
      FROM "StockNotice" n JOIN "Variant" v ON v.id = n."variantId" JOIN "Product" p ON p.id = v."productId"
      WHERE n."dueAt" IS NOT NULL ORDER BY n."dueAt", n.id LIMIT ${BATCH} FOR UPDATE OF n SKIP LOCKED`
    const gone = due.filter(({ isThere }) => !isThere).map(({ id }) => id)
    // Sold again before they were told: they wait for the next time.
    await tx.stockNotice.updateMany({ where: { id: { in: gone } }, data: { dueAt: null } })
    const there = due.filter(({ isThere }) => isThere).map(({ id }) => id)
    const notices = await tx.stockNotice.findMany({
      where: { id: { in: there } },
      include: { variant: { include: { product: true } } },
    })
    for (const { id, email, locale, variant } of notices) {
      const token = newToken()
      await tx.stockNotice.update({
        where: { id },
        data: { dueAt: null, sentAt: new Date(), tokenHash: hashToken(token) },
      })
      const { product } = variant
      const language = isLanguage(locale) ? locale : usualLanguage()
      const data = {
        product: productName(product, language),
        variant: variantNameFor(product, variant, language),
        path: variantPath(product.id, variant.id),
        endPath: `/stock-notices/${token}`,
      }
      await withLanguage(language, () => writeAccountMail(tx, { kind: 'back_in_stock', to: email, data }))
    }
    return due.length
  })
}
