// Limits how many units can be taken off sale by orders that nobody pays.
import type { Transaction } from '../database/client.js'
import type { RawReader } from '../database/direct.js'
import { Prisma } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'

/** Unpaid orders that may hold stock at the same time. One order has at most 400 units. */
export const MAX_HELD = {
  /** Or one guest's browser. */
  account: { orders: 10, units: 400 },
  network: { orders: 60, units: 2400 },
}

interface Held {
  orders: number
  units: number
}

/**
 * Call it before the order takes its units, under the shopper's lock.
 * @throws Problem 429 when the other unpaid orders of its shopper or network already hold as much as they may
 */
export async function checkHeldStock(
  tx: Transaction,
  order: { id: number; userId: number | null; items: readonly Line[] },
): Promise<void> {
  const own = Prisma.sql`SELECT id, "userId", "guestHash", network FROM "Order" WHERE id = ${order.id}`
  if (!(await mayHold(tx, own, order.items))) throw tooMuchHeld(order.userId)
}

/** Whether an order that is not placed yet may hold its units, as far as its network is concerned. */
export async function mayNetworkHold(
  reader: RawReader,
  network: string | null,
  items: readonly Line[],
): Promise<boolean> {
  if (network === null) return true
  const own = Prisma.sql`
    SELECT 0 AS id, NULL::int AS "userId", NULL::text AS "guestHash", ${network}::text AS network`
  return mayHold(reader, own, items)
}

interface Line {
  quantity: number
}

async function mayHold(reader: RawReader, own: Prisma.Sql, items: readonly Line[]): Promise<boolean> {
  // Units are held for half an hour at a time: older orders say little about a network.
  const [byShopper, byNetwork] = await reader.$queryRaw<Held[]>`/* prepared */
    WITH own AS (${own}),
    held AS (
      SELECT 1 AS scope, other.id FROM "Order" other JOIN own ON other."userId" = own."userId"
      WHERE other.status = 'pending' AND other."stockHeld" AND other.id <> own.id
      UNION ALL
      SELECT 1, other.id FROM "Order" other JOIN own ON other."guestHash" = own."guestHash"
      WHERE other.status = 'pending' AND other."stockHeld" AND other.id <> own.id
        AND other."guestHash" IS NOT NULL
      UNION ALL
      SELECT 2, other.id FROM "Order" other JOIN own ON other.network = own.network
      WHERE other.status = 'pending' AND other."stockHeld" AND other.id <> own.id
        AND other.network IS NOT NULL AND other."createdAt" > now() - interval '1 day')
    SELECT count(DISTINCT held.id)::int AS orders, coalesce(sum(item.quantity), 0)::int AS units
    FROM (VALUES (1), (2)) AS scopes (scope)
    LEFT JOIN held ON held.scope = scopes.scope LEFT JOIN "OrderItem" item ON item."orderId" = held.id
    GROUP BY scopes.scope ORDER BY scopes.scope`
  const units = items.reduce((sum, { quantity }) => sum + quantity, 0)
  const isOver = (held: Held | undefined, most: Held) =>
    held !== undefined && held.orders > 0 && (held.orders >= most.orders || held.units + units > most.units)
  return !isOver(byShopper, MAX_HELD.account) && !isOver(byNetwork, MAX_HELD.network)
}

function tooMuchHeld(userId: number | null): Problem {
  const { tooMuchHeldTitle: title, tooMuchHeld: text, script } = t().checkout
  return new Problem(429, 'too_many_requests', title, text, {
    retryAfter: 30 * 60,
    ...(userId !== null && { action: { href: '/account/orders', label: script.viewOrders } }),
  })
}
