// Verifies an address with a mailed link. Buying does not require it; mail leaves an unverified user's words out.
//
// The link counts for whoever is signed in to the account alone. Otherwise, someone who registered with another person's
// address would get that person's orders once they press the button in the mail.
import type { Database, Transaction } from '../database/client.js'
import { prefixOf } from '../http/language-paths.js'
import { hashToken, newToken } from '../http/random-token.js'
import type { RateLimits } from '../http/rate-limits.js'
import { currentLanguage, t } from '../messages/index.js'
import { VALID_MINUTES } from '../outbox/mail-kinds.js'
import { writeAccountMail } from '../outbox/write-mails.js'
import { joinOrders } from './join-orders.js'

const VALID_HOURS = VALID_MINUTES.email_verification / 60

/** Queues the email with a new link. Links mailed earlier still work. */
export async function askToVerify(
  tx: Transaction,
  baseUrl: string,
  user: { id: number; email: string },
): Promise<void> {
  const token = newToken()
  const expiresAt = new Date(Date.now() + VALID_HOURS * 60 * 60 * 1000)
  await tx.emailVerification.create({ data: { tokenHash: hashToken(token), userId: user.id, expiresAt } })
  await writeAccountMail(tx, {
    kind: 'email_verification',
    to: user.email,
    data: {
      verifyUrl: `${baseUrl}${prefixOf(currentLanguage())}/email/verify/${token}`,
      validHours: VALID_HOURS,
    },
  })
}

/**
 * Queues another email for a user who asks for it.
 * @returns false when the address is verified already
 * @throws Problem 429 after too many of them
 */
export async function sendVerification(
  { database, limits, baseUrl }: { database: Database; limits: RateLimits; baseUrl: string },
  userId: number,
): Promise<boolean> {
  const user = await database.prisma.user.findUniqueOrThrow({ where: { id: userId } })
  if (user.verifiedAt !== null) return false
  await limits.count('verification', String(userId), t().accounts.tooManyLinks)
  await database.prisma.$transaction((tx) => askToVerify(tx, baseUrl, user))
  return true
}

/** The account whose address this link verifies. Null when the link is used, expired or wrong. */
export async function accountOfVerification(
  { prisma }: Database,
  token: string,
): Promise<{ id: number; email: string } | null> {
  const found = await prisma.emailVerification.findFirst({
    where: { tokenHash: hashToken(token), expiresAt: { gt: new Date() } },
    select: { user: { select: { id: true, email: true } } },
  })
  return found?.user ?? null
}

/**
 * Verifies the address. Orders that were placed with it without an account join this one.
 * @param userId who is signed in
 * @returns false when the link is used, expired, wrong or another account's
 */
export function verifyEmail({ prisma }: Database, token: string, userId: number): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    // First the account, so that two of its links opened at one moment wait for each other instead of deadlocking.
    await tx.$queryRaw`SELECT FROM "User" WHERE id = ${userId} FOR NO KEY UPDATE`
    const { count } = await tx.emailVerification.deleteMany({
      where: { tokenHash: hashToken(token), userId, expiresAt: { gt: new Date() } },
    })
    if (count === 0) return false
    await tx.user.updateMany({ where: { id: userId, verifiedAt: null }, data: { verifiedAt: new Date() } })
    await tx.emailVerification.deleteMany({ where: { userId } })
    await joinOrders(tx, userId)
    return true
  })
}
