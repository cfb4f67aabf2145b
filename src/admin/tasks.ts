// What waits for an operator, for the first page: how much of each kind, and the first few.
import type { RawReader } from '../database/direct.js'
import { Prisma } from '../generated/prisma/client.js'
import { IS_TO_SHIP, startOfDay } from '../orders/order-conditions.js'

/** Counting ends here: more are shown as "99+". */
export const MOST_COUNTED = 100
const SHOWN = 5

export interface TaskRow {
  /** What a link is made of: a key, an id. */
  id: string
  text: string
  /** Since when it waits, or until when it must be done. */
  at: Date | null
}

export interface Task {
  count: number
  first: TaskRow[]
}

/** Each selects its oldest or most urgent rows first, by an index. */
const TASKS = {
  incidents: Prisma.sql`
    SELECT id::text, message AS text, "createdAt" AS at FROM "Incident" WHERE "resolvedAt" IS NULL ORDER BY "Incident".id`,
  disputes: Prisma.sql`
    SELECT d.id, coalesce(o.key, '') AS text, d."evidenceDueBy" AS at FROM "Dispute" d LEFT JOIN "Order" o ON o.id = d."orderId"
    WHERE d.status IN ('needs_response', 'warning_needs_response') OR d.status = 'lost' AND d.id = ANY (ARRAY(
      SELECT a."disputeId" FROM "DisputeDetails" a WHERE a.status = 'appeal_needs_response'))
    ORDER BY d."evidenceDueBy"`,
  toShip: Prisma.sql`
    SELECT o.key AS id, '' AS text, o."paidAt" AS at FROM "Order" o WHERE ${IS_TO_SHIP} ORDER BY o.id`,
  returns: Prisma.sql`
    SELECT r.key AS id, o.key AS text, r."createdAt" AS at FROM "Return" r JOIN "Order" o ON o.id = r."orderId"
    WHERE r.status = 'requested' AND NOT r.unsent AND NOT r.unrequested ORDER BY r.id`,
  events: Prisma.sql`
    SELECT id, type AS text, created AS at FROM "StripeEvent" WHERE outcome = 'failed' ORDER BY created`,
  mails: Prisma.sql`
    SELECT id::text, concat(kind::text, ' ', "to") AS text, "createdAt" AS at FROM "Mail"
    WHERE "sentAt" IS NULL AND NOT outdated AND "dueAt" IS NULL AND attempts > 0 ORDER BY "Mail".id`,
  lowStock: Prisma.sql`
    SELECT v."productId"::text AS id, concat_ws(' ', p.name, '·', v.sku, '·', v.stock, 'left') AS text, NULL::timestamptz AS at
    FROM "Variant" v JOIN "Product" p ON p.id = v."productId" WHERE v."isLow" AND v.active AND p.active`,
} as const

export type TaskName = keyof typeof TASKS

export async function readTasks(reader: RawReader): Promise<Record<TaskName, Task>> {
  const names = Object.keys(TASKS) as TaskName[]
  const tasks = await Promise.all(
    names.map(async (name): Promise<[TaskName, Task]> => {
      const rows = await reader.$queryRaw<TaskRow[]>`${TASKS[name]} LIMIT ${MOST_COUNTED}`
      return [name, { count: rows.length, first: rows.slice(0, SHOWN) }]
    }),
  )
  return Object.fromEntries(tasks) as Record<TaskName, Task>
}

export interface DayOfSales {
  currency: string
  /** Orders that were paid today. */
  orders: number
  /** What was paid for them, before refunds, in minor units. */
  revenue: bigint
}

/** What was paid today, in the shop's time zone, by currency. */
export async function readToday(
  reader: RawReader,
  timeZone: string,
  now = new Date(),
): Promise<DayOfSales[]> {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now)
  const rows = await reader.$queryRaw<{ currency: string; orders: number; revenue: string }[]>`
    SELECT o.currency, count(*)::int AS orders, sum(o."amountPaid")::text AS revenue FROM "Order" o
    WHERE o."paidAt" >= ${startOfDay(day, timeZone)} AND o."paidAt" < ${startOfDay(day, timeZone, 1)}
    GROUP BY o.currency ORDER BY o.currency`
  return rows.map((row) => ({ ...row, revenue: BigInt(row.revenue) }))
}
