// What an account that an operator has blocked may not do, and what its shopper is told.
import type { PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'

export function accountBlocked(): Problem {
  const { blockedTitle, blocked } = t().accounts
  return new Problem(403, 'account_blocked', blockedTitle, blocked)
}

/**
 * An address of a blocked account orders nothing without it either.
 * @throws Problem 403
 */
export async function refuseBlockedAddress(tx: Pick<PrismaClient, 'user'>, email: string): Promise<void> {
  const user = await tx.user.findUnique({ where: { email }, select: { blockedAt: true } })
  if (user?.blockedAt) throw accountBlocked()
}
