// Limits how many units can be taken off sale by orders that nobody pays.
import type { Transaction } from '../database/client.js'
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
  order: { id: number; userId: number | null; items: readonly { quantity: number }[] },
): Promise<void> {
  // Units are held for half an hour at a time: older orders say little about a network.
  const [byShopper, byNetwork] = await tx.$queryRaw<Held[]>`
    WITH own AS (SELECT "userId", "guestHash", network FROM "Order" WHERE id = ${order.id}),
    held AS (
      SELECT 1 AS scope, other.id FROM "Order" other JOIN own ON other."userId" = own."userId"
      WHERE other.status = 'pending' AND other."stockHeld" AND other.id <> ${order.id}
      UNION ALL
      SELECT 1, other.id FROM "Order" other JOIN own ON other."guestHash" = own."guestHash"
      WHERE other.status = 'pending' AND other."stockHeld" AND other.id <> ${order.id}
        AND other."guestHash" IS NOT NULL
      UNION ALL
      SELECT 2, other.id FROM "Order" other JOIN own ON other.network = own.network
      WHERE other.status = 'pending' AND other."stockHeld" AND other.id <> ${order.id}
        AND other.network IS NOT NULL AND other."createdAt" > now() - interval '1 day')
    SELECT count(DISTINCT held.id)::int AS orders, coalesce(sum(item.quantity), 0)::int AS units
    FROM (VALUES (1), (2)) AS scopes (scope)
    LEFT JOIN held ON held.scope = scopes.scope LEFT JOIN "OrderItem" item ON item."orderId" = held.id
    GROUP BY scopes.scope ORDER BY scopes.scope`
  const units = order.items.reduce((sum, { quantity }) => sum + quantity, 0)
  const isOver = (held: Held | undefined, most: Held) =>
    held !== undefined && held.orders > 0 && (held.orders >= most.orders || held.units + units > most.units)
  if (isOver(byShopper, MAX_HELD.account) || isOver(byNetwork, MAX_HELD.network))
    throw tooMuchHeld(order.userId)
}

function tooMuchHeld(userId: number | null): Problem {
  const { tooMuchHeldTitle: title, tooMuchHeld: text, script } = t().checkout
  return new Problem(429, 'too_many_requests', title, text, {
    retryAfter: 30 * 60,
    ...(userId !== null && { action: { href: '/account/orders', label: script.viewOrders } }),
  })
}
