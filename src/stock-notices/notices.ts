// Who wants to be told when a variant can be bought again: asking, and ending it.
import type { PrismaClient } from '../generated/prisma/client.js'
import { hashToken } from '../http/random-token.js'
import { Problem } from '../http/problem.js'
import { currentLanguage, t } from '../messages/index.js'

/** The most notices that one address waits for. */
const MOST_WAITING = 50

/** Asking twice is asking once. Who was told before is told again. @throws Problem 409 when the address waits for too many */
export async function askForNotice(prisma: PrismaClient, variantId: number, email: string): Promise<void> {
  const waiting = await prisma.stockNotice.count({ where: { email, sentAt: null } })
  if (waiting >= MOST_WAITING)
    throw new Problem(409, 'too_many_notices', t().notices.tooManyTitle, t().notices.tooMany(MOST_WAITING))
  const locale = currentLanguage()
  await prisma.stockNotice.upsert({
    where: { variantId_email: { variantId, email } },
    create: { variantId, email, locale },
    update: { locale, sentAt: null, tokenHash: null, dueAt: null, createdAt: new Date() },
  })
}

/** The address that the link of a mail was sent to. Null: the link ended. */
export async function addressOfLink(prisma: PrismaClient, token: string): Promise<string | null> {
  const notice = await prisma.stockNotice.findUnique({ where: { tokenHash: hashToken(token) } })
  return notice?.email ?? null
}

/** Deletes all notices to the address that the link was sent to. Does nothing for a link that ended. */
export async function endNotices(prisma: PrismaClient, token: string): Promise<void> {
  const email = await addressOfLink(prisma, token)
  if (email !== null) await prisma.stockNotice.deleteMany({ where: { email } })
}
