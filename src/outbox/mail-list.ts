// Lists mails for operators, the newest first, with filters. Each filter has an index (prisma/migrations).
import { Prisma, type Mail, type PrismaClient } from '../generated/prisma/client.js'
import type { MailKind } from '../generated/prisma/enums.js'

/** How each state is selected. The partial indexes have the same conditions. */
const STATES = {
  waiting: `m."sentAt" IS NULL AND NOT m.outdated AND (m."dueAt" IS NOT NULL OR m.attempts = 0)`,
  sent: `m."sentAt" IS NOT NULL`,
  outdated: `m.outdated`,
  failed: `m."sentAt" IS NULL AND NOT m.outdated AND m."dueAt" IS NULL AND m.attempts > 0`,
} as const

export type MailState = keyof typeof STATES

export const MAIL_STATES = Object.keys(STATES) as MailState[]

export function isMailState(text: string): text is MailState {
  return Object.hasOwn(STATES, text)
}

export function mailStateOf({
  sentAt,
  outdated,
  dueAt,
  attempts,
}: Pick<Mail, 'sentAt' | 'outdated' | 'dueAt' | 'attempts'>): MailState {
  if (sentAt !== null) return 'sent'
  if (outdated) return 'outdated'
  // A new mail may have no time.
  return dueAt === null && attempts > 0 ? 'failed' : 'waiting'
}

export interface MailFilter {
  state?: MailState | undefined
  kind?: MailKind | undefined
  /** As stored: canonical. */
  to?: string | undefined
}

export type ListedMail = Omit<
  Mail,
  'text' | 'html' | 'data' | 'orderId' | 'about' | 'resendOf' | 'resends'
> & {
  orderKey: string | null
}

/** @param after the id of the last mail before this part. Null: from the newest */
export function listMails(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  { state, kind, to }: MailFilter,
  after: number | null,
  limit: number,
): Promise<ListedMail[]> {
  const conditions = [
    ...(state === undefined ? [] : [Prisma.raw(STATES[state])]),
    ...(kind === undefined ? [] : [Prisma.sql`m.kind = ${kind}::"MailKind"`]),
    ...(to === undefined ? [] : [Prisma.sql`m."to" = ${to}`]),
    ...(after === null ? [] : [Prisma.sql`m.id < ${after}`]),
  ]
  const where = conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`
  return prisma.$queryRaw<ListedMail[]>`
    SELECT m.id, m.kind::text, m."to", m.subject, m.attempts, m."lastError", m."sentAt", m.outdated, m."dueAt", m."createdAt",
      o.key AS "orderKey"
    FROM "Mail" m LEFT JOIN "Order" o ON o.id = m."orderId" ${where} ORDER BY m.id DESC LIMIT ${limit}`
}

/** A mail with the key of its order. */
export type MailOfOrder = Mail & { order: { key: string } | null }

export function findMail(prisma: PrismaClient, id: number): Promise<MailOfOrder | null> {
  return prisma.mail.findUnique({ where: { id }, include: { order: { select: { key: true } } } })
}
