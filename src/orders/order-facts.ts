// What is known of an order, in the form in which it is decided about: from the database, or made up by a test.
import type { AttemptStatus, DisputeStatus, OrderStatus, RefundStatus } from '../generated/prisma/enums.js'

/** Money in minor units of the order's currency. Times are the first ones at which something was reported. */
export interface OrderFacts {
  id: number
  key: string
  userId: number
  email: string
  cartId: number | null
  currency: string
  total: number
  /** As stored; what it should be, the facts below say. */
  status: OrderStatus
  stockHeld: boolean
  incidents: string[]
  attended: string[]
  /** As stored. */
  needsAttention: string | null
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
  /** Behind the discount; null until the session was completed. */
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

/** What Stripe says was paid for this order, by whichever attempts; null until something was. */
export function amountPaid(order: Pick<OrderFacts, 'attempts' | 'total'>): number | null {
  const paid = order.attempts.filter((attempt) => attempt.status === 'paid')
  if (paid.length === 0) return null
  return paid.reduce((sum, attempt) => sum + (attempt.amountTotal ?? order.total), 0)
}

/** What has arrived at the shopper again. */
export function amountRefunded(order: Pick<OrderFacts, 'refunds'>): number {
  return sumOf(order.refunds.filter((refund) => refund.status === 'succeeded'))
}

/** What can still be refunded: what was paid, less what went back or is on its way. */
export function amountRefundable(order: Pick<OrderFacts, 'attempts' | 'refunds' | 'total'>): number {
  return (amountPaid(order) ?? 0) - sumOf(order.refunds.filter((refund) => refund.status !== 'failed'))
}

function sumOf(refunds: RefundFacts[]): number {
  return refunds.reduce((sum, refund) => sum + refund.amount, 0)
}
