// Everything that is recorded about an order, for operators. Of what can be many, the newest.
import type { AuditEntry, Prisma, PrismaClient } from '../generated/prisma/client.js'
import { withAmounts } from './stored-amounts.js'

/** How many events, mails, incidents, notes and entries of the audit log are read. An order has a dozen of each. */
const MOST = 100

const WITH_RECORD = {
  user: { select: { id: true, name: true, email: true, blockedAt: true } },
  items: {
    include: { product: { select: { requiresShipping: true } }, variant: { select: { sku: true } } },
    orderBy: { id: 'asc' },
  },
  attempts: { orderBy: { number: 'asc' } },
  shipments: { include: { items: true }, orderBy: { id: 'asc' } },
  returns: { include: { items: true, refund: true }, orderBy: { id: 'asc' } },
  refunds: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  disputes: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  unmatchedPayments: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  riskSignals: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  mails: { orderBy: { id: 'desc' }, take: MOST, omit: { text: true, html: true, data: true } },
  reportedIncidents: { orderBy: { id: 'desc' }, take: MOST },
  events: { orderBy: { receivedAt: 'desc' }, take: MOST, omit: { payload: true } },
  notes: { include: { author: { select: { name: true } } }, orderBy: { id: 'desc' }, take: MOST },
  _count: { select: { access: true } },
} as const satisfies Prisma.OrderInclude

export type OrderRecord = Awaited<ReturnType<typeof loadOrderRecord>>

export async function loadOrderRecord(prisma: PrismaClient, id: number) {
  const stored = await prisma.order.findUniqueOrThrow({ where: { id }, include: WITH_RECORD })
  const { mails, reportedIncidents, events, notes, ...order } = withAmounts(stored)
  return {
    ...order,
    // Oldest first.
    mails: mails.toReversed(),
    reportedIncidents: reportedIncidents.toReversed(),
    events: events.toReversed(),
    notes: notes.toReversed(),
  }
}

/** An entry of the audit log, with the operator's name. */
export type OrderAction = AuditEntry & { name: string | null }

/** What operators did to an order and to what belongs to it, newest first. */
export async function actionsOn(
  prisma: PrismaClient,
  order: Pick<OrderRecord, 'key' | 'returns' | 'mails' | 'events' | 'reportedIncidents' | 'disputes'>,
): Promise<OrderAction[]> {
  const subjects = Object.entries({
    order: [order.key],
    return: order.returns.slice(-MOST).map(({ key }) => key),
    mail: order.mails.map(({ id }) => String(id)),
    event: order.events.map(({ id }) => id),
    incident: order.reportedIncidents.map(({ id }) => String(id)),
    dispute: order.disputes.slice(-MOST).map(({ id }) => id),
  })
  const pairs = subjects.flatMap(([subject, ids]) => ids.map((id) => [subject, id]))
  // An entry of the index for each subject, however long the log is.
  const found = await prisma.$queryRaw<{ id: bigint }[]>`
    SELECT a.id FROM unnest(${pairs.map(([subject]) => subject)}::text[], ${pairs.map(([, id]) => id)}::text[]) AS s(subject, id)
    CROSS JOIN LATERAL (
      SELECT e.id FROM "AuditEntry" e WHERE e.subject = s.subject AND e."subjectId" = s.id
      ORDER BY e.id DESC LIMIT ${MOST}) a
    ORDER BY a.id DESC LIMIT ${MOST}`
  const newest = await prisma.auditEntry.findMany({
    where: { id: { in: found.map(({ id }) => id) } },
    orderBy: { id: 'desc' },
  })
  const ids = newest.flatMap(({ actorId }) => actorId ?? [])
  const actors = await prisma.user.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  })
  const names = new Map(actors.map(({ id, name }) => [id, name]))
  return newest.map((entry) => ({ ...entry, name: names.get(entry.actorId ?? 0) ?? null }))
}
