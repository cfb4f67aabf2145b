// The mails that are due: claimed by one sender at a time, until they are sent, outdated or given up.
import type { PrismaClient, Mail, Prisma } from '../generated/prisma/client.js'
import { openIncident } from '../incidents/incidents.js'

/** Minutes until each retry. A mail that fails once more after the last is given up: it is never due again. */
const RETRY_MINUTES = [1, 5, 15, 60, 240, 720, 1440]
/** A claimed mail is due again after this, in case its sender died. */
const CLAIM_MINUTES = 5
const BATCH = 10

/** Claims some of the mails that are due. Mails that another process is claiming are skipped. */
export function claimDueMails(prisma: PrismaClient): Promise<Mail[]> {
  return prisma.$queryRaw<Mail[]>`
    UPDATE "Mail" SET attempts = attempts + 1, "dueAt" = now() + ${CLAIM_MINUTES} * interval '1 minute'
    WHERE id IN (SELECT id FROM "Mail" WHERE "dueAt" <= now() ORDER BY "dueAt" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
    RETURNING *`
}

/** @param content what was sent, as far as it may be kept */
export async function markSent(
  prisma: PrismaClient,
  id: number,
  content: Pick<Prisma.MailUpdateInput, 'subject' | 'text' | 'html' | 'data'>,
): Promise<void> {
  await prisma.mail.update({
    where: { id },
    data: { ...content, sentAt: new Date(), dueAt: null, lastError: null },
  })
}

/** The mail is no longer true, so it is never sent. */
export async function markOutdated(prisma: PrismaClient, id: number): Promise<void> {
  await prisma.mail.update({ where: { id }, data: { outdated: true, dueAt: null } })
}

/** When a mail that could not be sent is due again. Null: it is given up. */
export function nextTry({ attempts }: Pick<Mail, 'attempts'>): Date | null {
  const minutes = RETRY_MINUTES[attempts - 1]
  return minutes === undefined ? null : new Date(Date.now() + minutes * 60_000)
}

/** Stores the error and when the mail is due again. A mail that is given up opens an incident. */
export async function markFailed(
  prisma: PrismaClient,
  { id, kind, orderId }: Pick<Mail, 'id' | 'kind' | 'orderId'>,
  error: unknown,
  dueAt: Date | null,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.mail.update({ where: { id }, data: { lastError: String(error).replaceAll('\0', ''), dueAt } })
    if (dueAt !== null) return
    await openIncident(tx, {
      kind: 'mail_failed',
      subject: String(id),
      orderId,
      message: `The mail ${kind} was not sent: ${String(error)}`,
    })
  })
}
