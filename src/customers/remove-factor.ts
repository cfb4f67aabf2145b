// Turns off a shopper's two-step sign-in for them, when they have lost their app and their recovery codes.
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { removeFactor } from '../operators/second-factor.js'
import { runsTheShop } from './block-customer.js'

/** @throws Problem 409 for an account that runs the shop */
export function removeCustomerFactor(prisma: PrismaClient, userId: number): Promise<void> {
  return prisma.$transaction(async (tx) => {
    const { role } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { role: true } })
    // Owners reset the second factor of operators.
    if (role !== 'shopper') throw runsTheShop()
    await removeFactor(tx, userId)
    await recordAudit(tx, { action: 'customer.factor_removed', subject: 'customer', subjectId: userId })
  })
}
