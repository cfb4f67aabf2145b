// Ends sessions and API tokens of an account, for operators.
import { revokeToken, revokeTokens } from '../accounts/api-tokens.js'
import { endSession, endSessions } from '../accounts/sessions.js'
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { runsTheShop } from './block-customer.js'

/** Ends the session with this handle, if there is one. @throws Problem 409 for an account that runs the shop */
export function endCustomerSession(prisma: PrismaClient, userId: number, handle: string): Promise<void> {
  return audited(prisma, userId, 'customer.session_ended', (tx) => endSession(tx, userId, handle))
}

/** Revokes the token with this id, if there is one. @throws Problem as endCustomerSession does */
export function revokeCustomerToken(prisma: PrismaClient, userId: number, id: string): Promise<void> {
  return audited(prisma, userId, 'customer.token_revoked', (tx) => revokeToken(tx, userId, id))
}

/** Ends all sessions and revokes all tokens. @throws Problem as endCustomerSession does */
export function signOutCustomer(prisma: PrismaClient, userId: number): Promise<void> {
  return audited(prisma, userId, 'customer.signed_out', async (tx) => {
    await endSessions(tx, userId)
    await revokeTokens(tx, userId)
  })
}

function audited(
  prisma: PrismaClient,
  userId: number,
  action: `customer.${string}`,
  work: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  return prisma.$transaction(async (tx) => {
    const { role } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { role: true } })
    // Otherwise an operator could keep an owner out.
    if (role !== 'shopper') throw runsTheShop()
    await work(tx)
    await recordAudit(tx, { action, subject: 'customer', subjectId: userId })
  })
}
