// What shoppers are told of an order, in the same words on its page, in lists, mails and receipts: its label, and what is
// happening to its money, if the label doesn't say so. A table whose first matching row decides.
import type { OrderStatus, RefundStatus } from '../generated/prisma/enums.js'
import { t } from '../messages/index.js'
import { isPendingRefund, isUnknownRefund } from './refunds-view.js'
import { labelOf, stateOf, type Labeled, type OrderState } from './order-label.js'

/** What became of a part of the money, or is about to. */
export type MoneyNote = 'refund_failed' | 'refund_pending' | 'partly_refunded'

interface Facts {
  state: OrderState
  status: OrderStatus
  amountRefunded: number
  hasPendingRefund: boolean
  /** Whether a refund failed and nobody has dealt with it. */
  hasFailedRefund: boolean
}

/** States in which the money is gone, or was never here. */
const SAYS_ALL: readonly OrderState[] = ['refunded', 'charged_back']

const NOTES: readonly [MoneyNote, (facts: Facts) => boolean][] = [
  ['refund_failed', ({ hasFailedRefund }) => hasFailedRefund],
  ['refund_pending', ({ hasPendingRefund }) => hasPendingRefund],
  [
    'partly_refunded',
    ({ state, status, amountRefunded }) =>
      state !== 'partially_refunded' &&
      !SAYS_ALL.includes(state) &&
      (status === 'partially_refunded' || amountRefunded > 0),
  ],
]

export interface WithRefunds extends Labeled {
  amountRefunded: number
  refunds: readonly RefundOfOrder[]
  /** Those of refunds: whether one that failed was dealt with. */
  reportedIncidents: readonly { subject: string; resolvedAt: Date | null }[]
}

interface RefundOfOrder {
  id: string
  status: RefundStatus
  stripeStatus: string | null
  stripeRefundId: string | null
  refusedLater: boolean
}

/** Null when the label says it all. */
export function moneyNoteOf(order: WithRefunds, state: OrderState = stateOf(order)): MoneyNote | null {
  const { status, amountRefunded, refunds } = order
  const facts: Facts = {
    ...{ state, status, amountRefunded },
    hasPendingRefund: refunds.some((refund) => isPendingRefund(refund) && !isUnknownRefund(refund)),
    hasFailedRefund: openFailedRefunds(order).length > 0,
  }
  return NOTES.find(([, matches]) => matches(facts))?.[0] ?? null
}

/** The refunds that failed, until they were sent again or an operator dealt with them. */
export function openFailedRefunds<Refund extends RefundOfOrder>({
  refunds,
  reportedIncidents,
}: Pick<WithRefunds, 'reportedIncidents'> & { refunds: readonly Refund[] }): Refund[] {
  const isOpen = (subject: string) => {
    const incidents = reportedIncidents.filter((incident) => incident.subject === subject)
    return incidents.length === 0 || incidents.some(({ resolvedAt }) => resolvedAt === null)
  }
  return refunds.filter(
    ({ id, stripeRefundId, refusedLater, status }) =>
      status === 'failed' && (stripeRefundId !== null || refusedLater) && isOpen(stripeRefundId ?? id),
  )
}

/** "Shipped · Partly refunded". */
export function shownLabelOf(
  order: WithRefunds & Parameters<typeof labelOf>[0],
  state: OrderState = stateOf(order),
): string {
  const note = moneyNoteOf(order, state)
  const label = labelOf(order, state)
  return note === null ? label : t().orders.labelWithNote(label, t().orders.moneyNotes[note].label)
}
