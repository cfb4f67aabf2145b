// What can be refunded of an order's payments, and which payment a refund is made from.
import type { Transaction } from '../database/client.js'
import { Problem } from '../http/problem.js'
import { checkAmount, formatMoney, isCurrency, MoneyError } from '../money.js'
import {
  amountPaid,
  amountRefundable,
  paymentsOf,
  refundableOf,
  unmatchedOf,
  type OrderFacts,
  type Payment,
  type Returns,
} from '../orders/order-facts.js'
import { isOpenDispute } from '../orders/order-status.js'
import { paidParts, roundDown } from './paid-parts.js'

/** Why money goes back, in Stripe's words. */
export const REFUND_REASONS = ['requested_by_customer', 'duplicate', 'fraudulent'] as const
export type RefundReason = (typeof REFUND_REASONS)[number]

/** Why, for Stripe and for operators. */
export interface RefundReasons {
  reason?: RefundReason | null
  note?: string | null
}

export interface WantedRefund extends RefundReasons {
  /** Minor units of the payment's currency. Null: all that is left. */
  amount: number | null
  /** Refuses payments in other currencies. Without it, an amount is in whatever currency there is money left in. */
  currency?: string
  /** Whether the order's units go back into stock once the refund succeeds. Only for a refund of all that is left. */
  restock: boolean
  /** Requests with the same key are one refund. Null: every request is a refund of its own. */
  requestKey: string | null
  /** The payment to refund, by its session or payment intent. Without it, that of the order that has as much left. */
  payment?: string | null
  /** The part of the amount that was paid for delivery. */
  shippingAmount?: number
  /** Called in the transaction that writes the refund's row, or finds it, under the order's lock. */
  withRow?: (tx: Transaction, order: OrderFacts, refundId: string) => Promise<void>
}

/** What was paid for an order's delivery and not refunded as such. */
export async function shippingLeft(tx: Pick<Transaction, 'refund'>, order: OrderFacts): Promise<number> {
  if (amountPaid(order) === null) return 0
  const { _sum } = await tx.refund.aggregate({
    _sum: { shippingAmount: true },
    where: { orderId: order.id, status: { not: 'failed' } },
  })
  return roundDown(Math.max(0, paidParts(order).shipping - (_sum.shippingAmount ?? 0)), order.currency)
}

/** What Stripe received for an order, or may have. */
export interface RefundablePayment extends Payment {
  /** What is left to refund. */
  left: number
}

/**
 * Everything that Stripe received for an order, with what is left of it.
 * @param named the session or payment intent of one of them; null for all
 */
export function refundablePayments(order: OrderFacts, named: string | null): RefundablePayment[] {
  // Some refunds name no payment, and count against the order as a whole.
  const leftOfOrder = amountRefundable(order)
  const unmatched = unmatchedOf(order).map(({ id }) => id)
  return paymentsOf(order)
    .filter(
      ({ sessionId, paymentIntentId }) => named === null || named === sessionId || named === paymentIntentId,
    )
    .map((payment) => {
      const left = refundableOf(payment, order)
      return {
        ...payment,
        left: unmatched.includes(payment.sessionId ?? '') ? left : Math.min(left, leftOfOrder),
      }
    })
}

/** What is left to refund of an order's payments, or of one of them. */
export interface RefundState {
  /** For each currency. */
  left: { amount: number; currency: string }[]
  /** Those with something left. */
  payments: { sessionId: string | null; left: number; currency: string }[]
  /** Why nothing can be refunded now. */
  refusal: string | null
}

/** @param named the session or payment intent of one of the payments */
export function refundState(order: OrderFacts, named: string | null = null): RefundState {
  const payments = refundablePayments(order, named)
  const currencies = [...new Set(payments.map(({ currency }) => currency))]
  const left = currencies
    .map((currency) => ({
      currency,
      amount: payments
        .filter((payment) => payment.currency === currency)
        .reduce((sum, payment) => sum + payment.left, 0),
    }))
    .filter(({ amount }) => amount > 0)
  return {
    left,
    payments: payments.filter((payment) => payment.left > 0),
    refusal: refusalOf(order, payments),
  }
}

/** Why none of these payments can be refunded now. Null: they can. */
export function refusalOf(
  returns: Pick<Returns, 'disputes'>,
  payments: readonly RefundablePayment[],
): string | null {
  try {
    refuseIfDisputed(returns, payments)
    refuseIfNothingLeft(payments)
    return null
  } catch (error) {
    if (error instanceof Problem) return error.detail
    throw error
  }
}

/** @throws Problem when no money came, or all of it went back */
export function refuseIfNothingLeft(payments: readonly RefundablePayment[]): void {
  // Zero as well as nothing: a promotion code can make an order free.
  if (payments.every(({ amount }) => amount === 0))
    throw refused('not_paid', 'Nothing was paid for this order: there is nothing to refund.')
  if (payments.every(({ left }) => left === 0))
    throw refused('already_refunded', 'All that was paid for this order has been refunded.')
}

/** The payment that is refunded, and how much of it. @throws Problem */
export function choosePayment(
  order: OrderFacts,
  payments: readonly RefundablePayment[],
  {
    amount: wanted,
    currency: given,
    restock,
    payment: named,
  }: Pick<WantedRefund, 'amount' | 'currency' | 'restock' | 'payment'>,
): { payment: RefundablePayment; amount: number } {
  const withMoney = payments.filter(({ left }) => left > 0)
  const isWhole = wanted === null
  // An amount is in the order's currency, unless all of the money, or the payment that is named, is in another.
  const currency =
    given ??
    withMoney.find((payment) => payment.currency === order.currency)?.currency ??
    withMoney[0]?.currency ??
    order.currency
  const candidates =
    given === undefined && (isWhole || named)
      ? withMoney
      : withMoney.filter((payment) => payment.currency === currency)
  const left = candidates.reduce((sum, payment) => sum + payment.left, 0)
  const amount = wanted ?? left
  const money = (value: number) => formatMoney(value, candidates[0]?.currency ?? currency)
  if (!isWhole) checkMoney(amount, currency)
  if (amount > left)
    throw refused('refund_too_large', `${money(amount)} is more than is left to refund: ${money(left)}.`)
  if (restock && amount < left)
    throw refused(
      'restock_in_part',
      `Units go on sale again only when all of the money goes back, and ${money(left - amount)} would be left: refund all that is left, or leave its units off sale.`,
    )
  const payment = isWhole && candidates.length > 1 ? undefined : candidates.find((one) => one.left >= amount)
  if (payment === undefined || payment.paymentIntentId === null) {
    const each = candidates.map(
      (one) => `${one.sessionId ?? one.paymentIntentId}: ${formatMoney(one.left, one.currency)}`,
    )
    throw refused(
      'refund_spans_payments',
      `No single payment of this order is that large: refund each by itself, naming its session (${each.join(', ')}).`,
    )
  }
  return { payment, amount }
}

/**
 * During a dispute a refund would pay the shopper twice. What a lost one took is no longer left. Inquiries don't prevent
 * refunds.
 * @throws Problem
 */
export function refuseIfDisputed(
  { disputes }: Pick<Returns, 'disputes'>,
  payments: readonly RefundablePayment[],
): void {
  const about = disputes.flatMap((dispute) => {
    const payment = payments.find(({ paymentIntentId }) => paymentIntentId === dispute.paymentIntentId)
    return payment ? [{ ...dispute, isComparable: payment.currency === dispute.currency }] : []
  })
  if (about.some(({ status }) => isOpenDispute(status)))
    throw refused(
      'payment_disputed',
      'The shopper’s bank is deciding over this payment. Answer the dispute first: a refund now could pay twice.',
    )
  const lost = about.filter(({ status }) => status === 'lost')
  const other = lost.find(({ isComparable }) => !isComparable)
  if (other)
    throw refused(
      'payment_disputed',
      `The shopper’s bank has taken ${formatMoney(other.amount, other.currency)} back, in another currency than the payment: look in Stripe’s dashboard for what is left, and refund it there.`,
    )
  if (lost.length > 0 && payments.every(({ left }) => left === 0))
    throw refused(
      'payment_disputed',
      'The shopper’s bank has taken this payment back: there is nothing left to refund.',
    )
}

/** For an amount that somebody typed. @throws Problem */
export function checkMoney(amount: number, currency: string): void {
  // Stripe decides about a currency that the shop does not know.
  if (!isCurrency(currency)) return
  try {
    checkAmount(amount, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw refused('invalid_amount', error.message)
    throw error
  }
}

/** A refund that isn't possible now. */
export function refused(code: string, detail: string): Problem {
  return new Problem(409, code, 'Refund not possible', detail)
}
