// Changes an account's password: sessions and tokens end, links to reset it stop working, and its owner is told by mail.
import type { Database, Transaction } from '../database/client.js'
import { writeAccountMail } from '../outbox/write-mails.js'
import { revokeTokens } from './api-tokens.js'
import { endSessions } from './sessions.js'
import type { SignedInUser } from './signed-in-user.js'

/**
 * Everything that follows from a new password, in the caller's transaction. The database raises `credentialVersion` with
 * it, so that sessions which are being opened or renewed at this moment end too.
 */
export async function setPassword(
  tx: Transaction,
  userId: number,
  passwordHash: string,
): Promise<SignedInUser> {
  const user = await tx.user.update({ where: { id: userId }, data: { passwordHash } })
  await tx.passwordReset.updateMany({ where: { userId, usedAt: null }, data: { usedAt: new Date() } })
  await endSessions(tx, userId)
  await revokeTokens(tx, userId)
  const data = { changedAt: new Date().toISOString() }
  await writeAccountMail(tx, { kind: 'password_changed', to: user.email, data })
  const { id, email, name, role, credentialVersion } = user
  return { id, email, name, role, credentialVersion }
}

/**
 * Changes the password that was verified against `verifiedHash`.
 * @returns the user to sign in again, or null when the password has been changed meanwhile
 */
export function changePassword(
  { prisma }: Database,
  userId: number,
  verifiedHash: string,
  passwordHash: string,
): Promise<SignedInUser | null> {
  return prisma.$transaction(async (tx) => {
    const [user] = await tx.$queryRaw<{ id: number }[]>`
      SELECT id FROM "User" WHERE id = ${userId} AND "passwordHash" = ${verifiedHash} FOR NO KEY UPDATE`
    return user ? setPassword(tx, userId, passwordHash) : null
  })
}
