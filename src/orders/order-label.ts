// The one label of an order, for its payment and its fulfilment together: a table whose first matching row decides.
import type { OrderStatus } from '../generated/prisma/enums.js'
import { t } from '../messages/index.js'
import { shownFulfilment, type Fulfilled, type Fulfilment } from './fulfilment.js'
import { isPayable } from './order-status.js'

/** An order's status, what became of it after its payment, or that the payment is being confirmed. */
export type OrderState =
  | OrderStatus
  | 'confirming'
  | 'canceled'
  | 'preparing'
  | 'partly_shipped'
  | 'shipped'
  | 'delivered'
  | 'return_requested'
  | 'return_accepted'
  | 'return_received'

export interface Labeled extends Fulfilled {
  needsAttention: string | null
  holdsUnmatched: boolean
  canceledAt: Date | null
  returns: readonly { status: string }[]
}

interface Facts {
  status: OrderStatus
  fulfilment: Fulfilment
  isCanceled: boolean
  /** A person must look before the order can be settled. */
  isUnderReview: boolean
  returns: ReadonlySet<string>
}

const RULES: readonly [OrderState, (facts: Facts) => boolean][] = [
  // Unpaid orders.
  ['confirming', ({ status, isUnderReview }) => isUnderReview && isPayable(status)],
  // A payment counts, even if it comes after the order was canceled.
  ['canceled', ({ status, isCanceled }) => isCanceled && isPayable(status)],
  ['pending', ({ status }) => status === 'pending'],
  ['processing', ({ status }) => status === 'processing'],
  ['failed', ({ status }) => status === 'failed'],
  ['expired', ({ status }) => status === 'expired'],
  // The money is gone or in doubt: that matters more than where the parcel is.
  ['disputed', ({ status }) => status === 'disputed'],
  ['charged_back', ({ status }) => status === 'charged_back'],
  ['refunded', ({ status }) => status === 'refunded'],
  // What happens next.
  ['return_received', ({ returns }) => returns.has('received')],
  ['return_accepted', ({ returns }) => returns.has('accepted')],
  ['return_requested', ({ returns }) => returns.has('requested')],
  ['preparing', ({ fulfilment }) => fulfilment === 'unshipped'],
  ['partly_shipped', ({ fulfilment }) => fulfilment === 'partly_shipped'],
  ['shipped', ({ fulfilment }) => fulfilment === 'shipped'],
  // Nothing happens next.
  ['partially_refunded', ({ status }) => status === 'partially_refunded'],
  ['delivered', ({ fulfilment }) => fulfilment === 'delivered'],
  ['paid', () => true],
]

/** Shoppers see an order as being confirmed while an operator must check it before it can be settled. */
export function stateOf(order: Labeled): OrderState {
  const facts: Facts = {
    status: order.status,
    fulfilment: shownFulfilment(order),
    isCanceled: order.canceledAt !== null,
    isUnderReview: isUnderReview(order),
    returns: new Set(order.returns.map(({ status }) => status)),
  }
  return RULES.find(([, matches]) => matches(facts))?.[0] ?? order.status
}

interface WithVoucher {
  status: string
  voucherUrl: string | null
}

/** The attempt with the voucher that the shopper still has to pay. */
export function attemptWithVoucher<Attempt extends WithVoucher>(order: {
  status: OrderStatus
  attempts: readonly Attempt[]
}): Attempt | undefined {
  if (order.status !== 'processing') return undefined
  return order.attempts.find(({ status, voucherUrl }) => status === 'processing' && voucherUrl !== null)
}

/** The label as people read it: on pages, in mails, in the API and at the terminal. */
export function labelOf(
  order: Labeled & { attempts: readonly WithVoucher[] },
  state: OrderState = stateOf(order),
): string {
  const { states, voucher } = t().orders
  return attemptWithVoucher(order) ? voucher.label : states[state].label
}

export function isUnderReview(order: Pick<Labeled, 'needsAttention' | 'holdsUnmatched'>): boolean {
  return order.needsAttention !== null || order.holdsUnmatched
}

/** Whether the shopper or the operator can cancel it: nothing was paid, and nothing is on its way. */
export function canCancel(order: Labeled): boolean {
  return isPayable(order.status) && order.canceledAt === null && !isUnderReview(order)
}
