// An order's rows as its facts have them: amounts as numbers, and what Stripe collected with its type. In the database, amounts
// that are too large for their column are in one of their own.
import type { CheckoutAttempt, Dispute, Refund, UnmatchedPayment } from '../generated/prisma/client.js'
import type { TaxBehavior } from '../settings/tax.js'
import type { Collected } from './order-facts.js'

interface Stored {
  taxBehavior: string | null
  attempts: CheckoutAttempt[]
  refunds: Refund[]
  disputes: Dispute[]
  unmatchedPayments: UnmatchedPayment[]
}

/** An order's rows with their amounts as its facts have them. */
export type WithAmounts<Order extends Stored> = Omit<
  Order,
  'attempts' | 'taxBehavior' | 'unmatchedPayments'
> & {
  taxBehavior: TaxBehavior | null
  attempts: (Omit<CheckoutAttempt, 'collected'> & { collected: Collected | null })[]
  unmatchedPayments: (Omit<UnmatchedPayment, 'amount'> & { amount: number | null })[]
}

export function withAmounts<Order extends Stored>(order: Order): WithAmounts<Order> {
  return {
    ...order,
    // The database allows no others.
    taxBehavior: order.taxBehavior as TaxBehavior | null,
    // Settlement alone writes them.
    attempts: order.attempts.map((attempt) => ({
      ...attempt,
      collected: attempt.collected as unknown as Collected | null,
    })),
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
