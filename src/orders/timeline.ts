// An order's history for the shopper, oldest first.
import type { CheckoutAttempt, Dispute, Order, Refund } from '../generated/prisma/client.js'
import type { DisputeStatus } from '../generated/prisma/enums.js'
import type { OrderView } from './view-models.js'
import { formatMoney } from '../money.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'

type Entry = { at: Date; text: string }

export function timelineOf(
  order: Order & { attempts: CheckoutAttempt[]; refunds: Refund[]; disputes: Dispute[] },
): OrderView['timeline'] {
  const texts = t().orders.history
  const money = (amount: number) => formatMoney(amount, order.currency)
  const entries: Entry[] = [
    { at: order.createdAt, text: texts.placed },
    ...order.attempts.flatMap((attempt) => [
      ...entryAt(attempt.processingAt, texts.processing),
      ...entryAt(attempt.failedAt, texts.failed),
      ...entryAt(attempt.paidAt, texts.paid(money(attempt.amountTotal ?? order.total))),
    ]),
    ...order.refunds
      .filter((refund) => refund.status !== 'failed' || refund.stripeRefundId !== null)
      .flatMap((refund) => [
        ...entryAt(
          refund.succeededAt === null ? refund.createdAt : null,
          texts.refundPending(money(refund.amount)),
        ),
        ...entryAt(refund.succeededAt, texts.refunded(money(refund.amount))),
        ...entryAt(refund.failedAt, texts.refundFailed(money(refund.amount))),
      ]),
    ...order.disputes.flatMap((dispute) => [
      ...entryAt(dispute.inquiryAt, texts.inquiry),
      ...entryAt(dispute.disputedAt, texts.disputed(money(dispute.amount))),
      ...entryAt(dispute.closedAt, disputeEnd(dispute.status, money(dispute.amount))),
    ]),
  ]
  return entries
    .sort((a, b) => second(a.at) - second(b.at))
    .map(({ at, text }) => ({ at: formatDateTime(at), text }))
}

/** How a dispute ended. */
function disputeEnd(status: DisputeStatus, amount: string): string {
  const texts = t().orders.history
  if (status === 'warning_closed') return texts.inquiryClosed
  if (status === 'prevented') return texts.disputePrevented
  if (status === 'won') return texts.disputeWon
  return texts.disputeLost(amount)
}

/** Stripe's times are whole seconds and ours aren't: within a second, entries keep the order above. */
function second(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}

function entryAt(at: Date | null, text: string): Entry[] {
  return at === null ? [] : [{ at, text }]
}
