// Lists stored events for operators, the newest first, with filters. Each filter has an index (prisma/migrations).
import { Prisma, type PrismaClient, type StripeEvent } from '../generated/prisma/client.js'
import { EventOutcome } from '../generated/prisma/enums.js'

export interface EventFilter {
  outcome?: EventOutcome | undefined
  type?: string | undefined
  id?: string | undefined
  /** Ids of orders. Undefined: of all, and of none. */
  orderIds?: readonly number[] | undefined
}

export type ListedEvent = Omit<
  StripeEvent,
  'payload' | 'orderId' | 'apiVersion' | 'livemode' | 'handledAt'
> & {
  orderKey: string | null
}

/** @param after the time and id of the last event before this part. Null: from the newest */
export function listEvents(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  filter: EventFilter,
  after: { created: Date; id: string } | null,
  limit: number,
): Promise<ListedEvent[]> {
  const { outcome, type, id, orderIds } = filter
  const conditions = [
    ...(id === undefined ? [] : [Prisma.sql`e.id = ${id}`]),
    ...(orderIds === undefined ? [] : [Prisma.sql`e."orderId" = ANY(${[...orderIds]}::int[])`]),
    ...(type === undefined ? [] : [Prisma.sql`e.type = ${type}`]),
    ...(after === null ? [] : [Prisma.sql`(e.created, e.id) < (${after.created}, ${after.id})`]),
  ]
  // The index on types is sorted by outcome first, so a type's newest are the newest of each outcome together.
  const isByType = type !== undefined && id === undefined && orderIds === undefined
  const outcomes = outcome !== undefined ? [outcome] : isByType ? Object.values(EventOutcome) : [null]
  const parts = outcomes.map((one) =>
    part(one === null ? conditions : [hasOutcome(one), ...conditions], limit),
  )
  return prisma.$queryRaw<ListedEvent[]>`
    SELECT e.id, e.type, e.created, e."receivedAt", e.outcome::text, e.detail, e."lastError", e.attempts, e."retryAt",
      o.key AS "orderKey"
    FROM (${Prisma.join(parts, ' UNION ALL ')}) e LEFT JOIN "Order" o ON o.id = e."orderId"
    ORDER BY e.created DESC, e.id DESC LIMIT ${limit}`
}

/** Not a parameter: a plan for all outcomes could not use the index on those that are rare. */
function hasOutcome(outcome: EventOutcome): Prisma.Sql {
  return Prisma.raw(`e.outcome = '${outcome}'`)
}

function part(conditions: readonly Prisma.Sql[], limit: number): Prisma.Sql {
  const where =
    conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join([...conditions], ' AND ')}`
  return Prisma.sql`(
    SELECT e.id, e.type, e.created, e."receivedAt", e.outcome, e.detail, e."lastError", e.attempts, e."retryAt", e."orderId"
    FROM "StripeEvent" e ${where} ORDER BY e.created DESC, e.id DESC LIMIT ${limit})`
}
