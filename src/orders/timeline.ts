// What happened to an order, in the shopper's words and in the order of time.
import type { CheckoutAttempt, Dispute, Order, Refund } from '../generated/prisma/client.js'
import type { OrderView } from '../http/view-models.js'
import { formatMoney } from '../money.js'
import { moment } from './moment.js'

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
        dispute.status === 'lost'
          ? `Your bank decided: ${money(dispute.amount)} stays with you`
          : 'Your bank decided: the payment stands',
      ),
    ]),
  ]
  return told
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, text }) => ({ at: moment(at), text }))
}

function tell(at: Date | null, text: string): Told[] {
  return at === null ? [] : [{ at, text }]
}
