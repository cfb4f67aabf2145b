// Lists the returns that shoppers requested, for operators: those to deal with first.
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'

/** What waits for the operator comes first, then what waits for the shopper. */
const WAITING = ['requested', 'received', 'accepted'] as const

export const RETURN_FILTERS = [
  'waiting',
  'requested',
  'accepted',
  'received',
  'refunded',
  'declined',
] as const
export type ReturnFilter = (typeof RETURN_FILTERS)[number]

const WITH_ORDER = {
  order: {
    select: { key: true, email: true, items: { select: { id: true, name: true, variantName: true } } },
  },
  items: true,
} as const satisfies Prisma.ReturnInclude

export type ListedReturn = Prisma.ReturnGetPayload<{ include: typeof WITH_ORDER }>

/** @param after the last return of the page before: its status and id */
export async function listReturns(
  prisma: PrismaClient,
  filter: ReturnFilter,
  after: { status: string; id: number } | null,
  limit: number,
): Promise<ListedReturn[]> {
  const isDone = filter === 'refunded' || filter === 'declined'
  const ids: number[] = []
  for (const status of filter === 'waiting' ? WAITING.slice(placeOf(after)) : [filter]) {
    const last = after?.status === status ? after.id : null
    ids.push(...(await idsOf(prisma, status, last, isDone, limit - ids.length)))
    if (ids.length >= limit) break
  }
  const found = await prisma.return.findMany({ where: { id: { in: ids } }, include: WITH_ORDER })
  return ids.flatMap((id) => found.find((one) => one.id === id) ?? [])
}

function placeOf(after: { status: string } | null): number {
  return Math.max(
    0,
    WAITING.findIndex((status) => status === after?.status),
  )
}

/** By the partial index "Return_requests_idx": the longest waiting first, what is done the newest first. */
async function idsOf(
  prisma: PrismaClient,
  status: string,
  after: number | null,
  newestFirst: boolean,
  limit: number,
): Promise<number[]> {
  const beyond =
    after === null
      ? Prisma.sql`true`
      : newestFirst
        ? Prisma.sql`id < ${after}::int`
        : Prisma.sql`id > ${after}::int`
  const rows = await prisma.$queryRaw<{ id: number }[]>`
    SELECT id FROM "Return" WHERE status = ${status} AND NOT unsent AND NOT unrequested AND ${beyond}
    ORDER BY id ${Prisma.raw(newestFirst ? 'DESC' : 'ASC')} LIMIT ${limit}`
  return rows.map(({ id }) => id)
}
