// An order's facts: everything known about it that decisions depend on.
import type { AttemptStatus, DisputeStatus, OrderStatus, RefundStatus } from '../generated/prisma/enums.js'

/** Money in minor units of the order's currency. Each time is the first at which something was reported. */
export interface OrderFacts {
  id: number
  key: string
  userId: number
  email: string
  cartId: number | null
  currency: string
  total: number
  /** As stored. What it should be follows from the facts below. */
  status: OrderStatus
  stockHeld: boolean
  incidents: string[]
  attended: string[]
  /** As stored. */
  needsAttention: string | null
  /** A product that was sold out when the order was paid after its units had been given back. */
  shortProductId: number | null
  items: ItemFacts[]
  attempts: AttemptFacts[]
  refunds: RefundFacts[]
  disputes: DisputeFacts[]
}

export interface ItemFacts {
  productId: number
  unitAmount: number
  quantity: number
}

export interface AttemptFacts {
  id: string
  number: number
  status: AttemptStatus
  stripeSessionId: string | null
  paymentIntentId: string | null
  url: string | null
  expiresAt: Date
  amountDiscount: number
  /** After the discount. Null until the session was completed. */
  amountTotal: number | null
  processingAt: Date | null
  failedAt: Date | null
  paidAt: Date | null
}

export interface RefundFacts {
  id: string
  /** Null until Stripe has answered. */
  stripeRefundId: string | null
  paymentIntentId: string | null
  amount: number
  currency: string
  status: RefundStatus
  reason: string | null
  failureReason: string | null
  restock: boolean
  succeededAt: Date | null
  failedAt: Date | null
}

export interface DisputeFacts {
  id: string
  paymentIntentId: string | null
  amount: number
  currency: string
  reason: string
  status: DisputeStatus
  evidenceDueBy: Date | null
  inquiryAt: Date | null
  disputedAt: Date | null
  closedAt: Date | null
  createdAt: Date
}

/** What was paid for this order according to Stripe, in all attempts. Null: nothing yet. */
export function amountPaid(order: Pick<OrderFacts, 'attempts' | 'total'>): number | null {
  const paid = order.attempts.filter((attempt) => attempt.status === 'paid')
  if (paid.length === 0) return null
  return paid.reduce((sum, attempt) => sum + (attempt.amountTotal ?? order.total), 0)
}

/** What was refunded successfully. */
export function amountRefunded(order: Pick<OrderFacts, 'refunds'>): number {
  return sumOf(order.refunds.filter((refund) => refund.status === 'succeeded'))
}

/** What can still be refunded: the amount paid, less refunds that have not failed. */
export function amountRefundable(order: Pick<OrderFacts, 'attempts' | 'refunds' | 'total'>): number {
  return (amountPaid(order) ?? 0) - sumOf(order.refunds.filter((refund) => refund.status !== 'failed'))
}

function sumOf(refunds: RefundFacts[]): number {
  return refunds.reduce((sum, refund) => sum + refund.amount, 0)
}
