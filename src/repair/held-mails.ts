// Keeps emails from going out again that the lost shop had sent.
import type { Prisma, PrismaClient, Repair } from '../generated/prisma/client.js'

/**
 * Marks what was written during the repair about what happened before the database was lost: its shopper was told then. What
 * happened while the shop was away is told now. Whoever wants a mail sent again finds it in the list of mails.
 * @returns how many
 */
export function holdMails(
  prisma: Pick<PrismaClient | Prisma.TransactionClient, '$executeRaw'>,
  { createdAt, lostAt }: Pick<Repair, 'createdAt' | 'lostAt'>,
): Promise<number> {
  return prisma.$executeRaw`
    UPDATE "Mail" m SET outdated = true, "dueAt" = NULL
    WHERE m."createdAt" >= ${createdAt} AND m."sentAt" IS NULL AND NOT m.outdated AND m."orderId" IS NOT NULL
      AND m."resendOf" IS NULL
      AND CASE m.kind::text
        WHEN 'purchase_succeeded' THEN (SELECT min(a."paidAt") FROM "CheckoutAttempt" a WHERE a."orderId" = m."orderId")
        WHEN 'purchase_failed' THEN (SELECT min(a."failedAt") FROM "CheckoutAttempt" a WHERE a."orderId" = m."orderId")
        WHEN 'payment_on_its_way' THEN (
          SELECT min(a."processingAt") FROM "CheckoutAttempt" a WHERE a."orderId" = m."orderId")
        WHEN 'new_order' THEN (
          SELECT min(least(a."processingAt", a."paidAt")) FROM "CheckoutAttempt" a WHERE a."orderId" = m."orderId")
        WHEN 'refund_succeeded' THEN (SELECT r."succeededAt" FROM "Refund" r WHERE r."stripeRefundId" = m.about)
        WHEN 'refund_failed' THEN (SELECT r."failedAt" FROM "Refund" r WHERE r."stripeRefundId" = m.about)
        WHEN 'inquiry_opened' THEN (SELECT d."inquiryAt" FROM "Dispute" d WHERE d.id = m.about)
        WHEN 'dispute_opened' THEN (SELECT d."disputedAt" FROM "Dispute" d WHERE d.id = m.about)
        WHEN 'dispute_closed' THEN (SELECT d."closedAt" FROM "Dispute" d WHERE d.id = m.about)
      END <= ${lostAt}`
}
