// Blocks accounts: they can't sign in or order until an operator unblocks them.
import { revokeTokens } from '../accounts/api-tokens.js'
import { endSessions } from '../accounts/sessions.js'
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { notFound, Problem } from '../http/problem.js'

/**
 * Blocks an account and signs it out everywhere. Its paid orders go on. A page of Stripe's that is open can still be paid.
 * @param reason for operators
 * @throws Problem 409 for an account that runs the shop, or is blocked already
 */
export function blockCustomer(prisma: PrismaClient, userId: number, reason: string): Promise<void> {
  return prisma.$transaction(async (tx) => {
    const [user] = await tx.$queryRaw<{ role: string; isBlocked: boolean }[]>`
      SELECT role::text, "blockedAt" IS NOT NULL AS "isBlocked" FROM "User" WHERE id = ${userId} FOR NO KEY UPDATE`
    if (!user) throw notFound()
    if (user.role !== 'shopper') throw runsTheShop()
    if (user.isBlocked) throw refused('customer_blocked', 'This account is blocked already.')
    // A higher version also ends sessions and tokens that are being issued at this moment.
    await tx.user.update({
      where: { id: userId },
      data: { blockedAt: new Date(), blockedReason: reason, credentialVersion: { increment: 1 } },
    })
    await endSessions(tx, userId)
    await revokeTokens(tx, userId)
    await recordAudit(tx, {
      action: 'customer.blocked',
      subject: 'customer',
      subjectId: userId,
      fields: ['blockedReason'],
    })
  })
}

/** @throws Problem 409 for an account that is not blocked */
export function unblockCustomer(prisma: PrismaClient, userId: number): Promise<void> {
  return prisma.$transaction(async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: userId, blockedAt: { not: null } },
      data: { blockedAt: null, blockedReason: null },
    })
    if (count === 0) throw refused('customer_not_blocked', 'This account is not blocked.')
    await recordAudit(tx, { action: 'customer.unblocked', subject: 'customer', subjectId: userId })
  })
}

export function runsTheShop(): Problem {
  return refused(
    'customer_is_operator',
    'This account runs the shop. Make it a shopper first, under Operators.',
  )
}

function refused(code: string, detail: string): Problem {
  return new Problem(409, code, 'This can’t be done', detail)
}
