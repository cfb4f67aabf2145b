// Resets forgotten passwords with an emailed link that works once and expires.
import type { Database } from '../database/client.js'
import { prefixOf } from '../http/language-paths.js'
import { hashToken, newToken } from '../http/random-token.js'
import { currentLanguage } from '../messages/index.js'
import { VALID_MINUTES as MAIL_VALID_MINUTES } from '../outbox/mail-kinds.js'
import { writeAccountMail } from '../outbox/write-mails.js'
import { accountBlocked } from './blocked.js'
import { greetingName } from './greeting.js'
import { joinOrders } from './join-orders.js'
import { setPassword } from './set-password.js'
import type { SignedInUser } from './signed-in-user.js'

/** The mail is outdated when its link is. */
const VALID_MINUTES = MAIL_VALID_MINUTES.password_reset

/** Queues the email if the address has an account. The caller's answer is the same either way. */
export async function askForReset(database: Database, baseUrl: string, email: string): Promise<void> {
  const user = await database.prisma.user.findUnique({ where: { email } })
  if (!user) return
  const token = newToken()
  await database.prisma.$transaction(async (tx) => {
    await tx.passwordReset.create({
      data: {
        tokenHash: hashToken(token),
        userId: user.id,
        expiresAt: new Date(Date.now() + VALID_MINUTES * 60_000),
      },
    })
    const data = {
      name: greetingName(user),
      resetUrl: `${baseUrl}${prefixOf(currentLanguage())}/password/reset/${token}`,
      validMinutes: VALID_MINUTES,
    }
    await writeAccountMail(tx, { kind: 'password_reset', to: user.email, data })
  })
}

/**
 * The account that this link belongs to. Null when the link is used, expired or wrong.
 * @throws Problem 403 for a blocked account
 */
export async function accountOfResetToken(
  database: Database,
  token: string,
): Promise<{ name: string; email: string } | null> {
  const reset = await database.prisma.passwordReset.findFirst({
    where: { tokenHash: hashToken(token), usedAt: null, expiresAt: { gt: new Date() } },
    select: { user: { select: { name: true, email: true, blockedAt: true } } },
  })
  if (reset?.user.blockedAt) throw accountBlocked()
  return reset?.user ?? null
}

/**
 * Sets the password and ends all sessions of the account. The link was mailed to its address, so it also verifies that.
 * @param passwordHash of the new password
 * @returns the user to sign in, or null when the link is used, expired or wrong
 */
export function resetPassword(
  database: Database,
  token: string,
  passwordHash: string,
): Promise<SignedInUser | null> {
  return database.prisma.$transaction(async (tx) => {
    // First the account, so that two of its links used at one moment wait for each other instead of deadlocking.
    await tx.$queryRaw`
      SELECT FROM "User" WHERE id = (SELECT "userId" FROM "PasswordReset" WHERE "tokenHash" = ${hashToken(token)})
      FOR NO KEY UPDATE`
    const usedAt = new Date()
    const { count } = await tx.passwordReset.updateMany({
      where: { tokenHash: hashToken(token), usedAt: null, expiresAt: { gt: usedAt } },
      data: { usedAt },
    })
    if (count === 0) return null
    const { userId } = await tx.passwordReset.findUniqueOrThrow({ where: { tokenHash: hashToken(token) } })
    await tx.user.updateMany({ where: { id: userId, verifiedAt: null }, data: { verifiedAt: usedAt } })
    const user = await setPassword(tx, userId, passwordHash)
    await joinOrders(tx, userId)
    return user
  })
}
