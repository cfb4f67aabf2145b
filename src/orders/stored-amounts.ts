// Amounts as numbers. In the database, those that are too large for their column are in one of their own.
import type { Dispute, Refund, UnmatchedPayment } from '../generated/prisma/client.js'

interface Stored {
  refunds: Refund[]
  disputes: Dispute[]
  unmatchedPayments: UnmatchedPayment[]
}

/** An order's rows with their amounts as its facts have them. */
export type WithAmounts<Order extends Stored> = Omit<Order, 'unmatchedPayments'> & {
  unmatchedPayments: (Omit<UnmatchedPayment, 'amount'> & { amount: number | null })[]
}

export function withAmounts<Order extends Stored>(order: Order): WithAmounts<Order> {
  return {
    ...order,
    refunds: order.refunds.map((refund) => ({ ...refund, amount: amountOf(refund) })),
    disputes: order.disputes.map((dispute) => ({ ...dispute, amount: amountOf(dispute) })),
    unmatchedPayments: order.unmatchedPayments.map((unmatched) => ({
      ...unmatched,
      amount: unmatched.amount === null ? null : Number(unmatched.amount),
    })),
  }
}

export function amountOf({ amount, largeAmount }: Pick<Refund, 'amount' | 'largeAmount'>): number {
  return largeAmount === null ? amount : Number(largeAmount)
}
