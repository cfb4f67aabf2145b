// Attributes events about a refund, dispute or risk that came before its payment to the order, once the order is known.
import type { Transaction } from '../database/client.js'
import type { OrderFacts } from '../orders/order-facts.js'
import type { Unattributed } from './merge-report.js'

/** Stripe retries a delivery for three days, so no older event was still early. */
const DAYS = 3

/** The detail of such an event's row. Stored rows are found by this exact sentence: do not change it. */
export function noOrderYet(paymentIntentId: string | null): string {
  return `no order was paid by ${paymentIntentId}, as far as is known yet`
}

/**
 * @param orders as they are after settlement
 * @param unattributed what had no order before it; the events of those that one of the orders has now are updated
 */
export async function attributeEarlyEvents(
  tx: Transaction,
  orders: readonly OrderFacts[],
  unattributed: Unattributed,
): Promise<void> {
  const { refunds, disputes, riskSignals } = unattributed
  const early = new Set([...refunds, ...disputes, ...riskSignals].map(({ id }) => id))
  const attributed = orders.flatMap(({ id, ...order }) =>
    [...order.refunds, ...order.disputes, ...order.riskSignals].flatMap((item) =>
      early.has(item.id) && item.paymentIntentId !== null
        ? [{ id, detail: noOrderYet(item.paymentIntentId) }]
        : [],
    ),
  )
  if (attributed.length === 0) return
  await tx.$executeRaw`
    UPDATE "StripeEvent" e SET outcome = 'done', detail = NULL, "orderId" = x.id
    FROM unnest(${attributed.map(({ id }) => id)}::int[], ${attributed.map(({ detail }) => detail)}::text[]) AS x(id, detail)
    WHERE e.created > now() - ${DAYS} * interval '1 day' AND e.outcome = 'not_ours' AND e.detail = x.detail`
}
