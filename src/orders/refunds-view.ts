// An order's refunds in words.
import type { Refund } from '../generated/prisma/client.js'
import type { RefundStatus } from '../generated/prisma/enums.js'
import type { OrderRefund } from './view-models.js'
import { formatMoney } from '../money.js'
import { formatDateTime } from '../messages/format-date.js'

const STATES: Record<RefundStatus, { state: OrderRefund['state']; stateText: string }> = {
  requested: { state: 'pending', stateText: 'Refund on its way' },
  pending: { state: 'pending', stateText: 'Refund on its way' },
  succeeded: { state: 'succeeded', stateText: 'Refunded' },
  failed: { state: 'failed', stateText: 'Refund did not arrive' },
}

/** What Stripe refused at once never was a refund to the shopper. */
export function refundsView(refunds: readonly Refund[]): OrderRefund[] {
  return refunds
    .filter((refund) => refund.status !== 'failed' || refund.stripeRefundId !== null)
    .map((refund) => ({
      amount: formatMoney(refund.amount, refund.currency),
      ...STATES[refund.status],
      at: formatDateTime(refund.failedAt ?? refund.succeededAt ?? refund.createdAt),
    }))
}
