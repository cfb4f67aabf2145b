// The label of an order (order-label.ts) as a condition of SQL, for lists that are filtered by it.
import { Prisma } from '../generated/prisma/client.js'
import { OrderStatus } from '../generated/prisma/enums.js'
import type { OrderState } from './order-label.js'

const PAYABLE = Prisma.sql`o.status IN ('pending', 'failed', 'expired')`
const HAS_DELIVERY_TO_BEGIN = Prisma.sql`o.fulfilment = 'none' AND o."deliveryCountry" IS NOT NULL AND o.status IN ('paid', 'partially_refunded')`

/** The rules of order-label.ts, row by row: a test compares them for every combination of facts. */
const RULES: readonly [OrderState, Prisma.Sql][] = [
  ['confirming', Prisma.sql`${PAYABLE} AND (o."needsAttention" IS NOT NULL OR o."holdsUnmatched")`],
  ['canceled', Prisma.sql`${PAYABLE} AND o."canceledAt" IS NOT NULL`],
  ...(['pending', 'processing', 'failed', 'expired', 'disputed', 'charged_back', 'refunded'] as const).map(
    (status): [OrderState, Prisma.Sql] => [status, hasStatus(status)],
  ),
  ['return_received', hasReturn('received')],
  ['return_accepted', hasReturn('accepted')],
  ['return_requested', hasReturn('requested')],
  ['preparing', HAS_DELIVERY_TO_BEGIN],
  ['partly_shipped', Prisma.sql`o.fulfilment = 'partly_shipped'`],
  ['shipped', Prisma.sql`o.fulfilment = 'shipped'`],
  ['partially_refunded', hasStatus('partially_refunded')],
  ['delivered', Prisma.sql`o.fulfilment = 'delivered'`],
  ['paid', Prisma.sql`true`],
]

/** All labels an order can have, in the order in which the rules look for them. */
export const ORDER_STATES = RULES.map(([state]) => state)

const STATE = Prisma.sql`CASE ${Prisma.join(
  RULES.map(([state, rule]) => Prisma.sql`WHEN ${rule} THEN ${Prisma.raw(`'${state}'`)}`),
  ' ',
)} END`

/** Whether an order `o` is in this state. */
export function isInState(state: OrderState): Prisma.Sql {
  const rule = RULES.find(([name]) => name === state)?.[1] ?? Prisma.sql`false`
  // The rule by itself costs less, and leaves few orders for all of them.
  return Prisma.sql`((${rule}) AND ${STATE} = ${state})`
}

/** Whether an order `o` has this status. */
export function hasStatus(status: OrderStatus): Prisma.Sql {
  // Spelled out, so that partial indexes on the status are considered.
  return Prisma.sql`o.status = ${Prisma.raw(`'${OrderStatus[status]}'`)}`
}

function hasReturn(status: string): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT FROM "Return" r WHERE r."orderId" = o.id AND r.status = ${Prisma.raw(`'${status}'`)})`
}
