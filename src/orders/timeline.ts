// What happened to an order, in the shopper's words and in the order of time.
import type { CheckoutAttempt, Dispute, Order, Refund } from '../generated/prisma/client.js'
import type { DisputeStatus } from '../generated/prisma/enums.js'
import type { OrderView } from './view-models.js'
import { formatMoney } from '../money.js'
import { formatDateTime } from '../messages/format-date.js'

type Told = { at: Date; text: string }

export function timelineOf(
  order: Order & { attempts: CheckoutAttempt[]; refunds: Refund[]; disputes: Dispute[] },
): OrderView['timeline'] {
  const money = (amount: number) => formatMoney(amount, order.currency)
  const told: Told[] = [
    { at: order.createdAt, text: 'Ordered' },
    ...order.attempts.flatMap((attempt) => [
      ...tell(attempt.processingAt, 'Your bank was asked to pay'),
      ...tell(attempt.failedAt, 'The payment did not go through'),
      ...tell(attempt.paidAt, `Paid ${money(attempt.amountTotal ?? order.total)}`),
    ]),
    ...order.refunds
      .filter((refund) => refund.status !== 'failed' || refund.stripeRefundId !== null)
      .flatMap((refund) => [
        ...tell(
          refund.succeededAt === null ? refund.createdAt : null,
          `Refund of ${money(refund.amount)} on its way`,
        ),
        ...tell(refund.succeededAt, `Refunded ${money(refund.amount)}`),
        ...tell(refund.failedAt, `The refund of ${money(refund.amount)} did not arrive`),
      ]),
    ...order.disputes.flatMap((dispute) => [
      ...tell(dispute.inquiryAt, 'Your bank asked about this payment'),
      ...tell(
        dispute.disputedAt,
        `Your bank took back ${money(dispute.amount)} while it looks into this payment`,
      ),
      ...tell(
        dispute.closedAt,
        CLOSED[dispute.status] ?? `Your bank gave ${money(dispute.amount)} back to you`,
      ),
    ]),
  ]
  return told
    .sort((a, b) => second(a.at) - second(b.at))
    .map(({ at, text }) => ({ at: formatDateTime(at), text }))
}

/** How a dispute ended, unless the shopper has the money. */
const CLOSED: Partial<Record<DisputeStatus, string>> = {
  warning_closed: 'Your bank’s question about this payment is answered',
  prevented: 'Your bank’s doubt about this payment is settled',
  won: 'Your bank decided: the payment stands',
}

/** Stripe's times have whole seconds and ours do not: within one, what is listed first came first. */
function second(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}

function tell(at: Date | null, text: string): Told[] {
  return at === null ? [] : [{ at, text }]
}
