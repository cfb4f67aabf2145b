// Prepares an order's refunds for pages and emails.
import type { Refund } from '../generated/prisma/client.js'
import type { RefundStatus } from '../generated/prisma/enums.js'
import type { OrderRefund } from './view-models.js'
import { formatMoney } from '../money.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'

const STATES: Record<RefundStatus, OrderRefund['state']> = {
  requested: 'pending',
  pending: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
}

export function isPendingRefund({ status }: Pick<Refund, 'status'>): boolean {
  return STATES[status] === 'pending'
}

/** Leaves out refunds that Stripe refused at once: nobody was told of them. */
export function refundsView(refunds: readonly Refund[]): OrderRefund[] {
  return refunds.filter(wasAnnounced).map((refund) => ({
    amount: formatMoney(refund.amount, refund.currency),
    state: STATES[refund.status],
    stateText: t().orders.refundStates[isUnknownRefund(refund) ? 'unknown' : STATES[refund.status]],
    at: formatDateTime(refund.failedAt ?? refund.succeededAt ?? refund.createdAt),
  }))
}

export function wasAnnounced({ status, stripeRefundId, refusedLater }: Refund): boolean {
  return status !== 'failed' || stripeRefundId !== null || refusedLater
}

/** Whether Stripe names a status that the shop does not know. */
export function isUnknownRefund({ status, stripeStatus }: Pick<Refund, 'status' | 'stripeStatus'>): boolean {
  return status === 'pending' && stripeStatus !== null
}
