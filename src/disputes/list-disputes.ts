// Lists disputes and inquiries for operators: those to answer by their deadline, others from the newest on.
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import { appealOf, type Appeal } from './details.js'

export const DISPUTE_FILTERS = ['answer', 'review', 'closed', 'all'] as const
export type DisputeFilter = (typeof DISPUTE_FILTERS)[number]

/** The conditions of the partial indexes, so that the planner recognizes them. */
const CONDITIONS: Record<DisputeFilter, Prisma.Sql> = {
  answer: Prisma.sql`(status IN ('needs_response', 'warning_needs_response') OR ${isAppealed('appeal_needs_response')})`,
  review: Prisma.sql`(status IN ('under_review', 'warning_under_review') OR ${isAppealed('appeal_under_review')})`,
  closed: Prisma.sql`status IN ('won', 'lost', 'prevented', 'warning_closed')`,
  all: Prisma.sql`true`,
}

/** Appeals are few: their ids are read first, by an index. */
function isAppealed(stage: 'appeal_needs_response' | 'appeal_under_review'): Prisma.Sql {
  return Prisma.sql`(status = 'lost' AND id = ANY (ARRAY(SELECT a."disputeId" FROM "DisputeDetails" a WHERE a.status = ${Prisma.raw(`'${stage}'`)})))`
}

const WITH_ORDER = { order: { select: { key: true } } } as const satisfies Prisma.DisputeInclude

export type ListedDispute = Prisma.DisputeGetPayload<{ include: typeof WITH_ORDER }> & {
  appeal: Appeal | null
}

/** The last dispute of the page before: its deadline, or when it was opened. */
export interface DisputeCursor {
  at: Date | null
  id: string
}

export function cursorOf(filter: DisputeFilter, dispute: ListedDispute): DisputeCursor {
  return { at: filter === 'answer' ? dispute.evidenceDueBy : dispute.createdAt, id: dispute.id }
}

export async function listDisputes(
  prisma: PrismaClient,
  filter: DisputeFilter,
  after: DisputeCursor | null,
  limit: number,
): Promise<ListedDispute[]> {
  const order = filter === 'answer' ? Prisma.sql`"evidenceDueBy", id` : Prisma.sql`"createdAt" DESC, id DESC`
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    SELECT id FROM "Dispute" WHERE ${CONDITIONS[filter]} AND ${beyond(filter, after)}
    ORDER BY ${order} LIMIT ${limit}`
  const ids = rows.map(({ id }) => id)
  const [found, details] = await Promise.all([
    prisma.dispute.findMany({ where: { id: { in: ids } }, include: WITH_ORDER }),
    prisma.disputeDetails.findMany({ where: { disputeId: { in: ids } } }),
  ])
  return ids.flatMap((id) => {
    const dispute = found.find((one) => one.id === id)
    const known = details.find(({ disputeId }) => disputeId === id) ?? null
    return dispute ? [{ ...dispute, appeal: appealOf(dispute.status, known) }] : []
  })
}

/** Disputes without a deadline are the last to answer. */
function beyond(filter: DisputeFilter, after: DisputeCursor | null): Prisma.Sql {
  if (after === null) return Prisma.sql`true`
  const { at, id } = after
  if (filter !== 'answer') return Prisma.sql`("createdAt", id) < (${at}::timestamptz, ${id}::text)`
  if (at === null) return Prisma.sql`("evidenceDueBy" IS NULL AND id > ${id}::text)`
  return Prisma.sql`(("evidenceDueBy", id) > (${at}::timestamptz, ${id}::text) OR "evidenceDueBy" IS NULL)`
}
