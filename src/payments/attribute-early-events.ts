// The rows of events about a refund or dispute that came before its order was known: they become the order's.
import type { Transaction } from '../database/client.js'
import type { OrderFacts } from '../orders/order-facts.js'
import type { Orphans } from './merge-report.js'

/** Stripe delivers for three days; what is older than that was not waiting for a payment that comes now. */
const DAYS = 3

/** What is said of an event about a payment that no order is known to have been paid by. */
export function noOrderYet(paymentIntentId: string | null): string {
  return `no order was paid by ${paymentIntentId}, as far as is known yet`
}

/** @param orphans those that waited; an order that has one now has adopted it */
export async function attributeEarlyEvents(
  tx: Transaction,
  orders: readonly OrderFacts[],
  orphans: Orphans,
): Promise<void> {
  const waited = new Set([...orphans.refunds, ...orphans.disputes].map(({ id }) => id))
  const adopted = orders.flatMap(({ id, refunds, disputes }) =>
    [...refunds, ...disputes].flatMap((item) =>
      waited.has(item.id) && item.paymentIntentId !== null
        ? [{ id, detail: noOrderYet(item.paymentIntentId) }]
        : [],
    ),
  )
  if (adopted.length === 0) return
  await tx.$executeRaw`
    UPDATE "StripeEvent" e SET outcome = 'done', detail = NULL, "orderId" = x.id
    FROM unnest(${adopted.map(({ id }) => id)}::int[], ${adopted.map(({ detail }) => detail)}::text[]) AS x(id, detail)
    WHERE e.created > now() - ${DAYS} * interval '1 day' AND e.outcome = 'not_ours' AND e.detail = x.detail`
}
