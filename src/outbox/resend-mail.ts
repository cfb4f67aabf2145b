// Sending a mail again, for operators.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { Mail, PrismaClient } from '../generated/prisma/client.js'
import { isSecret } from './mail-kinds.js'

type SeenMail = Pick<Mail, 'id' | 'kind' | 'createdAt' | 'resends'>

/** Tells a mail from what it is once it was sent again. */
export function versionOf({ createdAt, resends }: Pick<Mail, 'createdAt' | 'resends'>): string {
  return `${createdAt.toISOString()} ${resends}`
}

/**
 * Sends a mail again. One that was sent stays as it is, and another row is due now; one that was not sent is due again itself. It
 * is rendered anew: a mail about an order says how the order is now, and is not sent if it is no longer true.
 * @param mail as it was read: nothing happens if it was sent again since, so that one click is one mail
 * @returns the id of the mail that is due. Null when it was sent again since, or can't be because its secret is not kept
 */
export function resendMail(prisma: PrismaClient, mail: SeenMail): Promise<number | null> {
  if (isSecret(mail.kind)) return Promise.resolve(null)
  return prisma.$transaction(async (tx) => {
    const due = (await makeDue(tx, mail)) ?? (await writeAgain(tx, mail))
    if (due !== null) await recordAudit(tx, { action: 'mail.resent', subject: 'mail', subjectId: mail.id })
    return due
  })
}

/** Makes a mail that was not sent due now, as if it had just been written. */
async function makeDue(tx: Transaction, { id, createdAt, resends }: SeenMail): Promise<number | null> {
  const now = new Date()
  const { count } = await tx.mail.updateMany({
    where: { id, createdAt, resends, sentAt: null },
    data: { attempts: 0, lastError: null, outdated: false, dueAt: now, createdAt: now },
  })
  return count === 0 ? null : id
}

/** Without a time: the previous release passes over it, and it is due for this one. */
async function writeAgain(tx: Transaction, { id, createdAt, resends }: SeenMail): Promise<number | null> {
  const { count } = await tx.mail.updateMany({
    where: { id, createdAt, resends, sentAt: { not: null } },
    data: { resends: { increment: 1 } },
  })
  if (count === 0) return null
  const [again] = await tx.$queryRaw<{ id: number }[]>`
    INSERT INTO "Mail" (kind, "orderId", about, "to", locale, data, "dueAt", "resendOf")
    SELECT kind, "orderId", 'again ' || gen_random_uuid(), "to", locale, data, NULL, coalesce("resendOf", id)
    FROM "Mail" WHERE id = ${id} RETURNING id`
  return again?.id ?? null
}

/** A mail with what it is about: one that is sent again is about what the first one was. */
export async function asFirstSent(prisma: PrismaClient, mail: Mail): Promise<Mail> {
  if (mail.resendOf === null) return mail
  const { id, about, createdAt } = await prisma.mail.findUniqueOrThrow({ where: { id: mail.resendOf } })
  return { ...mail, id, about, createdAt }
}
