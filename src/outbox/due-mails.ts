// The mails that are due: claimed by one sender at a time, until they are sent, outdated or given up.
import type { RawReader } from '../database/direct.js'
import type { PrismaClient, Mail, Prisma } from '../generated/prisma/client.js'
import { openIncident, resolveIncidents } from '../incidents/incidents.js'
import { IS_REPAIRING } from '../settings/repairing.js'
import { isSecret, isTooOld, KNOWN_KINDS } from './mail-kinds.js'

/** Minutes until each retry. A mail that fails once more after the last is given up: it is never due again. */
const RETRY_MINUTES = [1, 5, 15, 60, 240, 720, 1440]
/** A claimed mail is due again after this, in case its sender died. */
const CLAIM_MINUTES = 5
const BATCH = 10

/**
 * Claims some of the mails that are due. Mails that another process is claiming are skipped, and those about orders while the shop
 * repairs itself: they may have been sent before the database was lost.
 */
export async function claimDueMails(reader: RawReader): Promise<Mail[]> {
  return reader.$queryRaw<Mail[]>`
    UPDATE "Mail" SET attempts = attempts + 1, "dueAt" = now() + ${CLAIM_MINUTES} * interval '1 minute'
    WHERE id IN (
      SELECT id FROM "Mail"
      WHERE ("dueAt" <= now() OR ("dueAt" IS NULL AND attempts = 0)) AND NOT outdated
        AND kind::text = ANY (${KNOWN_KINDS}::text[])
        AND ("orderId" IS NULL OR NOT ${IS_REPAIRING})
      ORDER BY coalesce("dueAt", "createdAt") LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
    RETURNING *`
}

type MailRow = Pick<Mail, 'id' | 'kind' | 'to' | 'orderId' | 'createdAt'>

/** @param content what was sent, as far as it may be kept */
export async function markSent(
  prisma: PrismaClient,
  mail: Pick<Mail, 'id' | 'to'>,
  content: Pick<Prisma.MailUpdateInput, 'subject' | 'text' | 'html' | 'data'>,
): Promise<void> {
  await end(prisma, mail, { ...content, sentAt: new Date(), lastError: null, outdated: false })
}

/** The mail is no longer true, so it is never sent. */
export async function markOutdated(
  prisma: PrismaClient,
  mail: Pick<Mail, 'id' | 'to' | 'kind'>,
): Promise<void> {
  await end(prisma, mail, { outdated: true, ...withoutSecret(mail.kind) })
}

/** The mail needs nothing more: neither another try nor a person. */
async function end(
  prisma: PrismaClient,
  { id, to }: Pick<Mail, 'id' | 'to'>,
  data: Prisma.MailUpdateManyMutationInput,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    // A mail that was erased while it was sent has another recipient, and stays erased.
    await tx.mail.updateMany({ where: { id, to }, data: { ...data, dueAt: null } })
    await resolveIncidents(tx, 'mail_failed', String(id))
  })
}

function withoutSecret(kind: Mail['kind']): { data?: Prisma.InputJsonObject } {
  return isSecret(kind) ? { data: {} } : {}
}

/** When a mail that could not be sent is due again. Null: it is given up. */
export function nextTry({ attempts }: Pick<Mail, 'attempts'>): Date | null {
  const minutes = RETRY_MINUTES[attempts - 1]
  return minutes === undefined ? null : new Date(Date.now() + minutes * 60_000)
}

/**
 * Stores the error and when the mail is due again. A mail that is given up opens an incident, unless it would be outdated
 * by the next try.
 */
export async function markFailed(
  prisma: PrismaClient,
  mail: MailRow,
  error: unknown,
  dueAt: Date | null,
): Promise<void> {
  const { id, kind, to, orderId } = mail
  const outdated = isTooOld(mail, dueAt ?? new Date())
  const ends = dueAt === null || outdated
  await prisma.$transaction(async (tx) => {
    const { count } = await tx.mail.updateMany({
      where: { id, to },
      data: {
        lastError: String(error).replaceAll('\0', ''),
        outdated,
        dueAt: outdated ? null : dueAt,
        ...(ends && withoutSecret(kind)),
      },
    })
    if (count === 0 || !ends || outdated) return
    await openIncident(tx, {
      kind: 'mail_failed',
      subject: String(id),
      orderId,
      message: `The email ${kind} was not sent: ${withoutAddresses(error)}`,
    })
  })
}

/** Mail servers repeat the recipient's address. It is in the mail's row alone, not in the log or in incidents. */
export function withoutAddresses(error: unknown): string {
  return String(error).replaceAll(/[^\s<>"']+@[^\s<>"']+/g, '…')
}
