// Reads the audit log, the newest entries first.
import type { Database } from '../database/client.js'
import { Prisma } from '../generated/prisma/client.js'

export interface AuditFilter {
  /** An operator's account, or what acted without one. */
  who?: number | 'command' | 'api' | undefined
  action?: string | undefined
  subject?: string | undefined
  subjectId?: string | undefined
  /** Days in `timeZone`, both included: "2026-12-01". */
  from?: string | undefined
  to?: string | undefined
  timeZone: string
}

export interface AuditRow {
  id: bigint
  at: Date
  actor: string
  actorId: number | null
  /** The operator's. Null for commands, and for accounts that are gone. */
  actorName: string | null
  address: string | null
  requestId: string | null
  action: string
  subject: string
  subjectId: string
  fields: string[]
}

type Reader = Pick<Database['prisma'], '$queryRaw'>

/** @param before the id of the last entry of the page before. Null on the first page */
export function readAudit(
  prisma: Reader,
  filter: AuditFilter,
  before: number | null,
  limit: number,
): Promise<AuditRow[]> {
  return prisma.$queryRaw<AuditRow[]>`
    SELECT a.id, a.at, a.actor, a."actorId", u.name AS "actorName", a.address, a."requestId", a.action, a.subject,
      a."subjectId", a.fields
    FROM (
      SELECT * FROM "AuditEntry" e
      WHERE ${Prisma.join(conditionsOf(filter, before), ' AND ')} ORDER BY e.id DESC LIMIT ${limit}) a
    LEFT JOIN "User" u ON u.id = a."actorId" ORDER BY a.id DESC`
}

function conditionsOf(filter: AuditFilter, before: number | null): Prisma.Sql[] {
  const { who, action, subject, subjectId, from, to, timeZone } = filter
  const conditions: Prisma.Sql[] = [Prisma.sql`true`]
  if (before !== null) conditions.push(Prisma.sql`e.id < ${before}`)
  if (typeof who === 'number') conditions.push(Prisma.sql`e."actorId" = ${who}`)
  else if (who !== undefined) conditions.push(Prisma.sql`e."actorId" IS NULL AND e.actor = ${who}`)
  if (action !== undefined) conditions.push(Prisma.sql`e.action = ${action}`)
  if (subject !== undefined) conditions.push(Prisma.sql`e.subject = ${subject}`)
  else if (subjectId !== undefined) conditions.push(Prisma.sql`e.subject = ANY(ARRAY(${SUBJECTS}))`)
  if (subjectId !== undefined) conditions.push(Prisma.sql`e."subjectId" = ${subjectId}`)
  if (from !== undefined)
    conditions.push(since(Prisma.sql`(${from}::date)::timestamp AT TIME ZONE ${timeZone}`))
  if (to !== undefined)
    conditions.push(until(Prisma.sql`(${to}::date + 1)::timestamp AT TIME ZONE ${timeZone}`))
  return conditions
}

/** Entries get their ids in the order of their times, but for transactions that last longer than others. */
const SLACK = Prisma.sql`interval '10 minutes'`

/** Entries from this time on. The id bounds what is read: the list is sorted by it. */
function since(time: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`e.at >= ${time} AND e.id >= coalesce((
    SELECT id FROM "AuditEntry" WHERE at >= ${time} - ${SLACK} ORDER BY at LIMIT 1), 0)`
}

function until(time: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`e.at < ${time} AND e.id <= coalesce((
    SELECT id FROM "AuditEntry" WHERE at < ${time} + ${SLACK} ORDER BY at DESC LIMIT 1), 0)`
}

/** The different values of a column, by jumping from one to the next in an index that begins with it. */
function valuesOf(column: 'action' | 'subject'): Prisma.Sql {
  const name = Prisma.raw(`"${column}"`)
  return Prisma.sql`
    WITH RECURSIVE known(value) AS (
      SELECT min(${name}) FROM "AuditEntry"
      UNION ALL
      SELECT (SELECT min(${name}) FROM "AuditEntry" WHERE ${name} > known.value) FROM known WHERE value IS NOT NULL)
    SELECT value FROM known WHERE value IS NOT NULL`
}

const SUBJECTS = valuesOf('subject')
const ACTIONS = valuesOf('action')

/** What the log can be filtered by. */
export async function auditChoices(prisma: Reader): Promise<{ actions: string[]; subjects: string[] }> {
  const [actions, subjects] = await Promise.all([
    prisma.$queryRaw<{ value: string }[]>`${ACTIONS}`,
    prisma.$queryRaw<{ value: string }[]>`${SUBJECTS}`,
  ])
  return { actions: actions.map(({ value }) => value), subjects: subjects.map(({ value }) => value) }
}
