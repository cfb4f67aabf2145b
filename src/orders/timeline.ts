// An order's history for the shopper, oldest first.
import type { DisputeStatus } from '../generated/prisma/enums.js'
import { expectedTotal, unmatchedOf } from './order-facts.js'
import { wasAnnounced } from './refunds-view.js'
import { requestedReturns, type Shown } from './order-with-lines.js'
import type { OrderView } from './view-models.js'
import { formatMoney } from '../money.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'

type Entry = { at: Date; text: string }

type WithHistory = Pick<
  Shown,
  | 'currency'
  | 'shippingTotal'
  | 'createdAt'
  | 'canceledAt'
  | 'attempts'
  | 'refunds'
  | 'disputes'
  | 'unmatchedPayments'
  | 'shipments'
  | 'returns'
> & { items: readonly Pick<Shown['items'][number], 'unitAmount' | 'quantity'>[] }

export function timelineOf(order: WithHistory): OrderView['timeline'] {
  const texts = t().orders.history
  const money = (amount: number, currency = order.currency) => formatMoney(amount, currency)
  const entries: Entry[] = [
    ...order.attempts.flatMap((attempt) => [
      ...entryAt(attempt.processingAt, attempt.voucherUrl === null ? texts.processing : texts.voucher),
      ...entryAt(attempt.failedAt, texts.failed),
      ...entryAt(attempt.paidAt, paidText(money(attempt.amountTotal ?? expectedTotal(order)), attempt)),
    ]),
    ...unmatchedOf(order).flatMap(({ amount, currency, paidAt }) =>
      amount === null || currency === null ? [] : entryAt(paidAt, texts.unmatched(money(amount, currency))),
    ),
    ...order.refunds.filter(wasAnnounced).flatMap((refund) => {
      const amount = money(refund.amount, refund.currency)
      return [
        ...entryAt(refund.succeededAt === null ? refund.createdAt : null, texts.refundPending(amount)),
        ...entryAt(refund.succeededAt, texts.refunded(amount)),
        ...entryAt(refund.failedAt, texts.refundFailed(amount)),
      ]
    }),
    ...order.disputes.flatMap((dispute) => {
      const amount = money(dispute.amount, dispute.currency)
      return [
        ...entryAt(dispute.inquiryAt, texts.inquiry),
        ...entryAt(dispute.disputedAt, texts.disputed(amount)),
        ...entryAt(dispute.closedAt, disputeEnd(dispute.status, amount)),
      ]
    }),
  ]
  if (order.canceledAt !== null) entries.push({ at: order.canceledAt, text: texts.canceled })
  for (const { shippedAt, deliveredAt, carrier } of order.shipments)
    entries.push(...entryAt(shippedAt, texts.shipped(carrier)), ...entryAt(deliveredAt, texts.delivered))
  for (const { createdAt, acceptedAt, receivedAt, declinedAt } of requestedReturns(order))
    entries.push(
      ...entryAt(createdAt, texts.returnRequested),
      ...entryAt(acceptedAt, texts.returnAccepted),
      ...entryAt(receivedAt, texts.returnReceived),
      ...entryAt(declinedAt, texts.returnDeclined),
    )
  // An order that began at Stripe is stored after its payment.
  const placed = Math.min(order.createdAt.getTime(), ...entries.map(({ at }) => at.getTime()))
  return [{ at: new Date(placed), text: texts.placed }, ...entries]
    .sort((a, b) => second(a.at) - second(b.at))
    .map(({ at, text }) => ({ at: formatDateTime(at), text }))
}

/** Also in the currency that the shopper paid in, if it is another. */
function paidText(amount: string, { collected }: Shown['attempts'][number]): string {
  const texts = t().orders.history
  const presentment = collected?.presentment ?? null
  return presentment === null
    ? texts.paid(amount)
    : texts.paidAs(amount, formatMoney(presentment.amount, presentment.currency))
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
