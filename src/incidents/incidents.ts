// Opens, resolves, lists and counts incidents: what the shop could not settle by itself, until a person or a later event does.
import { currentActor } from '../audit/actor.js'
import { recordAudit } from '../audit/record-audit.js'
import type { Database, Transaction } from '../database/client.js'
import { Prisma, type Incident, type PrismaClient } from '../generated/prisma/client.js'
import type { IncidentKind } from './kinds.js'

export interface NewIncident {
  kind: IncidentKind
  /** The id of what the kind is about. */
  subject: string
  orderId: number | null
  /** What happened, in a sentence. */
  message: string
}

/**
 * Opens an incident, unless one of this kind and subject is open. Resolved ones do not count. It commits or rolls back with
 * the caller's transaction.
 */
export async function openIncident(
  tx: Pick<Transaction, '$executeRaw'>,
  incident: NewIncident,
): Promise<void> {
  await tx.$executeRaw(insertIncidents(JSON.stringify([storable(incident)]), Prisma.sql`true`))
}

/** Opens an incident, unless there was one of this kind and subject before, resolved or not. */
export async function openIncidentOnce(
  tx: Pick<Transaction, '$executeRaw'>,
  incident: NewIncident,
): Promise<void> {
  const isNew = Prisma.sql`NOT EXISTS (SELECT FROM "Incident" i WHERE i.kind = x.kind AND i.subject = x.subject)`
  await tx.$executeRaw(insertIncidents(JSON.stringify([storable(incident)]), isNew))
}

/** Without the characters that PostgreSQL can't store. Texts of errors have some. */
function storable(incident: NewIncident): NewIncident {
  return { ...incident, message: incident.message.replaceAll('\0', '').toWellFormed() }
}

/**
 * The statement that opens incidents, as a part of a larger one.
 * @param rows `NewIncident[]` as JSON
 * @param allowed rows for which this does not hold are left out. It may use the columns of `x`.
 */
export function insertIncidents(rows: string, allowed: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
  INSERT INTO "Incident" (kind, subject, "orderId", message)
  SELECT x.kind, x.subject, x."orderId", left(x.message, 2000)
  FROM json_to_recordset(${rows}::json) AS x(kind text, subject text, "orderId" int, message text)
  WHERE ${allowed}
  ORDER BY x.kind, x.subject
  ON CONFLICT (kind, subject) WHERE "resolvedAt" IS NULL DO NOTHING`
}

/**
 * Resolves an open incident.
 * @param note what the operator wants to remember about it
 * @returns false when no incident with this id is open
 */
export async function resolveIncident(
  tx: Pick<Transaction, 'incident' | 'auditEntry'>,
  id: number,
  note: string | null,
): Promise<boolean> {
  const { count } = await tx.incident.updateMany({
    where: { id, resolvedAt: null },
    data: {
      resolvedAt: new Date(),
      resolvedBy: 'operator',
      resolvedById: currentActor()?.userId ?? null,
      note,
    },
  })
  if (count === 0) return false
  await recordAudit(tx, {
    action: 'incident.resolved',
    subject: 'incident',
    subjectId: id,
    fields: note === null ? [] : ['note'],
  })
  return true
}

/** Resolves the open incident of this kind and subject, if there is one, because its cause is gone. */
export async function resolveIncidents(
  tx: Pick<Transaction, '$executeRaw'>,
  kind: IncidentKind,
  subject: string,
): Promise<void> {
  await tx.$executeRaw(closeIncidents(JSON.stringify([{ kind, subject }]), Prisma.sql`true`))
}

/**
 * The statement that resolves incidents whose cause is gone, as a part of a larger one.
 * @param rows their kinds and subjects as JSON
 */
export function closeIncidents(rows: string, allowed: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
  UPDATE "Incident" i SET "resolvedAt" = now(), "resolvedBy" = 'automatic'
  FROM json_to_recordset(${rows}::json) AS x(kind text, subject text)
  WHERE i.kind = x.kind AND i.subject = x.subject AND i."resolvedAt" IS NULL AND ${allowed}`
}

/** An incident with the key of its order. */
export type IncidentOfOrder = Incident & { order: { key: string } | null }

const WITH_ORDER = { order: { select: { key: true } } } as const

/**
 * Open incidents, the oldest first; or the newest of all.
 * @param options.mailId only those that this mail reports
 */
export function listIncidents(
  prisma: PrismaClient,
  { open, limit, mailId }: { open: boolean; limit: number; mailId?: number },
): Promise<IncidentOfOrder[]> {
  return prisma.incident.findMany({
    where: { ...(open && { resolvedAt: null }), ...(mailId !== undefined && { mailId }) },
    orderBy: { id: open ? 'asc' : 'desc' },
    take: limit,
    include: WITH_ORDER,
  })
}

export const INCIDENT_STATES = ['open', 'resolved', 'all'] as const
export type IncidentState = (typeof INCIDENT_STATES)[number]

/**
 * A part of the list: open incidents with the oldest first, others with the newest first.
 * @param filter.kind undefined: all kinds
 * @param after the id of the last one before this part. Null: from the start
 */
export function pageOfIncidents(
  prisma: PrismaClient,
  { state, kind }: { state: IncidentState; kind?: string | undefined },
  after: number | null,
  limit: number,
): Promise<IncidentOfOrder[]> {
  const isOpen = state === 'open'
  return prisma.incident.findMany({
    where: {
      ...(state !== 'all' && { resolvedAt: isOpen ? null : { not: null } }),
      ...(kind !== undefined && { kind }),
      ...(after !== null && { id: isOpen ? { gt: after } : { lt: after } }),
    },
    orderBy: { id: isOpen ? 'asc' : 'desc' },
    take: limit,
    include: WITH_ORDER,
  })
}

export function findIncident(prisma: PrismaClient, id: number): Promise<IncidentOfOrder | null> {
  return prisma.incident.findUnique({ where: { id }, include: WITH_ORDER })
}

/** How many incidents of each kind are open. Kinds without any are left out. */
export async function countOpenIncidents({ pool }: Pick<Database, 'pool'>): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ kind: string; count: string }>(
    'SELECT kind, count(*) AS count FROM "Incident" WHERE "resolvedAt" IS NULL GROUP BY kind',
  )
  return new Map(rows.map(({ kind, count }) => [kind, Number(count)]))
}
