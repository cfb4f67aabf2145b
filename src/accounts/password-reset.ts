// Resets forgotten passwords with an emailed link that works once and expires.
import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '../database/client.js'
import { VALID_MINUTES as MAIL_VALID_MINUTES } from '../outbox/mail-kinds.js'
import { writeAccountMail } from '../outbox/write-mails.js'
import { hashPassword } from './passwords.js'
import { endSessions } from './sign-in.js'

/** The mail is outdated when its link is. */
const VALID_MINUTES = MAIL_VALID_MINUTES.password_reset

/** Queues the email if the address has an account. The caller's answer is the same either way. */
export async function askForReset(database: Database, baseUrl: string, email: string): Promise<void> {
  const user = await database.prisma.user.findUnique({ where: { email } })
  if (!user) return
  const token = randomBytes(32).toString('base64url')
  await database.prisma.$transaction(async (tx) => {
    await tx.passwordReset.create({
      data: {
        tokenHash: hashOf(token),
        userId: user.id,
        expiresAt: new Date(Date.now() + VALID_MINUTES * 60_000),
      },
    })
    const data = {
      name: user.name,
      resetUrl: `${baseUrl}/password/reset/${token}`,
      validMinutes: VALID_MINUTES,
    }
    await writeAccountMail(tx, { kind: 'password_reset', to: user.email, data })
  })
}

export async function isResetToken(database: Database, token: string): Promise<boolean> {
  const where = { tokenHash: hashOf(token), usedAt: null, expiresAt: { gt: new Date() } }
  return (await database.prisma.passwordReset.count({ where })) === 1
}

/**
 * Sets the password and ends all sessions of the account.
 * @returns the account's email, or null when the link is used, expired or wrong
 */
export async function resetPassword(
  database: Database,
  token: string,
  password: string,
): Promise<string | null> {
  const passwordHash = await hashPassword(password)
  const user = await database.prisma.$transaction(async (tx) => {
    const { count } = await tx.passwordReset.updateMany({
      where: { tokenHash: hashOf(token), usedAt: null, expiresAt: { gt: new Date() } },
      data: { usedAt: new Date() },
    })
    if (count === 0) return null
    const { userId } = await tx.passwordReset.findUniqueOrThrow({ where: { tokenHash: hashOf(token) } })
    const changed = await tx.user.update({ where: { id: userId }, data: { passwordHash } })
    // Links requested earlier stop working too.
    await tx.passwordReset.updateMany({ where: { userId, usedAt: null }, data: { usedAt: new Date() } })
    return changed
  })
  if (user === null) return null
  await endSessions(database, user.id)
  return user.email
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
