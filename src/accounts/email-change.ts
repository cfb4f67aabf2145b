// Gives an account another address. The new one is proved with a mailed link first, and the old one is told.
//
// The link counts only for whoever is signed in to the account, as in email-verification.ts.
import { Prisma } from '../generated/prisma/client.js'
import type { Database, Transaction } from '../database/client.js'
import { prefixOf } from '../http/language-paths.js'
import { hashToken, newToken } from '../http/random-token.js'
import { currentLanguage } from '../messages/index.js'
import { VALID_MINUTES } from '../outbox/mail-kinds.js'
import { writeAccountMail } from '../outbox/write-mails.js'
import { updateCustomerSoon } from './customer-update.js'
import { joinOrders } from './join-orders.js'

const VALID_HOURS = VALID_MINUTES.email_change / 60

/**
 * Mails the new address a link. Until it is used, the account keeps its address; links that were mailed earlier end.
 * @returns false when the address has an account already
 */
export function askForEmailChange(
  { prisma }: Pick<Database, 'prisma'>,
  baseUrl: string,
  userId: number,
  email: string,
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    if ((await tx.user.count({ where: { email } })) > 0) return false
    await cancelEmailChange(tx, userId)
    const token = newToken()
    const expiresAt = new Date(Date.now() + VALID_HOURS * 60 * 60 * 1000)
    await tx.emailChange.create({ data: { tokenHash: hashToken(token), userId, email, expiresAt } })
    const changeUrl = `${baseUrl}${prefixOf(currentLanguage())}/email/change/${token}`
    await writeAccountMail(tx, {
      kind: 'email_change',
      to: email,
      data: { changeUrl, validHours: VALID_HOURS },
    })
    return true
  })
}

/** Ends the links of changes that were not confirmed. */
export async function cancelEmailChange(tx: Pick<Transaction, 'emailChange'>, userId: number): Promise<void> {
  await tx.emailChange.deleteMany({ where: { userId, usedAt: null } })
}

/** The address that waits for its owner's confirmation. Null: none does. */
export async function pendingEmail(
  { prisma }: Pick<Database, 'prisma'>,
  userId: number,
): Promise<string | null> {
  const pending = await prisma.emailChange.findFirst({
    where: { userId, usedAt: null, expiresAt: { gt: new Date() } },
    orderBy: { createdAt: 'desc' },
    select: { email: true },
  })
  return pending?.email ?? null
}

/** What this link would change. Null when it is used, expired or wrong. */
export async function changeOfLink(
  { prisma }: Pick<Database, 'prisma'>,
  token: string,
): Promise<{ userId: number; email: string } | null> {
  return prisma.emailChange.findFirst({
    where: { tokenHash: hashToken(token), usedAt: null, expiresAt: { gt: new Date() } },
    select: { userId: true, email: true },
  })
}

/**
 * Changes the address. Orders that were placed with it without an account join this one, and links mailed to the old address
 * end.
 * @param userId who is signed in
 * @returns "ended" when the link is used, expired, wrong or another account's; "taken" when the address has an account by now
 */
export async function changeEmail(
  { prisma }: Pick<Database, 'prisma'>,
  token: string,
  userId: number,
): Promise<'changed' | 'ended' | 'taken'> {
  try {
    return await prisma.$transaction((tx) => useLink(tx, token, userId))
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') return 'taken'
    throw error
  }
}

async function useLink(tx: Transaction, token: string, userId: number): Promise<'changed' | 'ended'> {
  // First the account, so that two of its links used at one moment wait for each other instead of deadlocking.
  const [user] = await tx.$queryRaw<{ email: string }[]>`
    SELECT email FROM "User" WHERE id = ${userId} AND "erasedAt" IS NULL FOR NO KEY UPDATE`
  const usedAt = new Date()
  const { count } = await tx.emailChange.updateMany({
    where: { tokenHash: hashToken(token), userId, usedAt: null, expiresAt: { gt: usedAt } },
    data: { usedAt, former: user?.email ?? null },
  })
  if (!user || count === 0) return 'ended'
  const { email } = await tx.emailChange.findUniqueOrThrow({ where: { tokenHash: hashToken(token) } })
  await tx.user.update({ where: { id: userId }, data: { email, verifiedAt: usedAt } })
  await cancelEmailChange(tx, userId)
  await tx.emailVerification.deleteMany({ where: { userId } })
  await tx.passwordReset.updateMany({ where: { userId, usedAt: null }, data: { usedAt } })
  await updateCustomerSoon(tx, userId)
  await writeAccountMail(tx, {
    kind: 'email_changed',
    to: user.email,
    data: { changedAt: usedAt.toISOString() },
  })
  await joinOrders(tx, userId)
  return 'changed'
}
