// Adds one report to what is known of an order. Pure: in whatever order reports come, and however often, the result is one.
import { randomUUID } from 'node:crypto'
import type { AttemptFacts, DisputeFacts, ItemFacts, OrderFacts, RefundFacts } from '../orders/order-facts.js'
import { higherAttempt, higherDispute, higherRefund, isInquiry } from '../orders/order-status.js'
import type { DisputeReport } from './dispute-report.js'
import type { RefundReport } from './refund-report.js'
import type { SessionReport } from './session-report.js'

export type Report = SessionReport | RefundReport | DisputeReport

/** What is not known to be any order's of ours yet: it waits for the session that brings its payment intent. */
export interface Orphans {
  refunds: RefundFacts[]
  disputes: DisputeFacts[]
}

/** A report that does not fit its order; the message says how, for the operator. */
export class AmountMismatchError extends Error {
  override name = 'Misfit'
}

/**
 * @returns the order with what a session tells, and with the refunds and disputes that were waiting for it
 * @throws Misfit when the session is over another amount than the order
 */
export function mergeSession(order: OrderFacts, report: SessionReport, orphans: Orphans): OrderFacts {
  checkAmounts(order, report)
  const known =
    order.attempts.find((attempt) => attempt.stripeSessionId === report.sessionId) ??
    order.attempts.find((attempt) => attempt.id === report.attemptId && attempt.stripeSessionId === null)
  const { paymentIntentId } = report
  return {
    ...order,
    attempts: replaced(order.attempts, mergeAttempt(known ?? newAttempt(order, report), report)),
    ...(paymentIntentId !== null && {
      refunds: [
        ...order.refunds,
        ...orphans.refunds.filter(
          (refund) => refund.paymentIntentId === paymentIntentId && !holds(order.refunds, refund),
        ),
      ],
      disputes: [
        ...order.disputes,
        ...orphans.disputes.filter(
          (dispute) => dispute.paymentIntentId === paymentIntentId && !holds(order.disputes, dispute),
        ),
      ],
    }),
  }
}

/** A signature proves who wrote an event, not that it is over what was ordered. */
function checkAmounts(order: OrderFacts, report: SessionReport): void {
  const { amountSubtotal, amountDiscount, amountTotal, currency } = report
  const fits =
    amountSubtotal === order.total &&
    amountTotal === order.total - amountDiscount &&
    currency === order.currency
  if (fits) return
  const reckoning = amountSubtotal === amountTotal ? '' : ` (${amountSubtotal} less ${amountDiscount})`
  throw new AmountMismatchError(
    `Session ${report.sessionId} is over ${amountTotal} ${currency}${reckoning}, the order over ${order.total} ${order.currency}.`,
  )
}

/** A session that names this order and that we never opened is money for it all the same: it becomes an attempt. */
function newAttempt(order: OrderFacts, report: SessionReport): AttemptFacts {
  return {
    id: randomUUID(),
    number: Math.max(0, ...order.attempts.map((attempt) => attempt.number)) + 1,
    status: 'preparing',
    stripeSessionId: report.sessionId,
    paymentIntentId: null,
    url: null,
    expiresAt: report.expiresAt,
    amountDiscount: 0,
    amountTotal: null,
    processingAt: null,
    failedAt: null,
    paidAt: null,
  }
}

function mergeAttempt(known: AttemptFacts, report: SessionReport): AttemptFacts {
  const status = higherAttempt(known.status, report.status)
  const completed = report.status === 'processing' || report.status === 'failed' || report.status === 'paid'
  return {
    ...known,
    status,
    stripeSessionId: report.sessionId,
    paymentIntentId: report.paymentIntentId ?? known.paymentIntentId,
    url: status === 'open' ? (report.url ?? known.url) : null,
    ...(completed && { amountDiscount: report.amountDiscount, amountTotal: report.amountTotal }),
    processingAt: firstAt(known.processingAt, report, 'processing'),
    failedAt: firstAt(known.failedAt, report, 'failed'),
    paidAt: firstAt(known.paidAt, report, 'paid'),
  }
}

/** @param known the refund, when it is known already: the order's, or one that waits for its order */
export function mergeRefund(known: RefundFacts | undefined, report: RefundReport): RefundFacts {
  const base: RefundFacts = known ?? {
    // Not the one in its metadata: that is another refund's, where Stripe made two of one request.
    id: randomUUID(),
    stripeRefundId: null,
    paymentIntentId: null,
    amount: report.amount,
    currency: report.currency,
    status: 'requested',
    reason: null,
    failureReason: null,
    restock: false,
    succeededAt: null,
    failedAt: null,
  }
  return {
    ...base,
    stripeRefundId: report.stripeRefundId,
    paymentIntentId: report.paymentIntentId ?? base.paymentIntentId,
    amount: report.amount,
    currency: report.currency,
    status: higherRefund(base.status, report.status),
    reason: base.reason ?? report.reason,
    failureReason: base.failureReason ?? report.failureReason,
    succeededAt: firstAt(base.succeededAt, report, 'succeeded'),
    failedAt: firstAt(base.failedAt, report, 'failed'),
  }
}

/** @param known the dispute, when it is known already: the order's, or one that waits for its order */
export function mergeDispute(known: DisputeFacts | undefined, report: DisputeReport): DisputeFacts {
  const base: DisputeFacts = known ?? {
    id: report.disputeId,
    paymentIntentId: null,
    amount: report.amount,
    currency: report.currency,
    reason: report.reason,
    status: report.status,
    evidenceDueBy: null,
    inquiryAt: null,
    disputedAt: null,
    closedAt: null,
    createdAt: report.createdAt,
  }
  const status = higherDispute(base.status, report.status)
  const isNews = report.status === status
  const closed = ['warning_closed', 'prevented', 'won', 'lost'].includes(report.status)
  return {
    ...base,
    paymentIntentId: report.paymentIntentId ?? base.paymentIntentId,
    status,
    ...(isNews && { amount: report.amount, reason: report.reason }),
    evidenceDueBy: later(base.evidenceDueBy, report.evidenceDueBy),
    inquiryAt: isInquiry(report.status) ? earlier(base.inquiryAt, report.at) : base.inquiryAt,
    disputedAt: isInquiry(report.status) ? base.disputedAt : earlier(base.disputedAt, report.at),
    closedAt: closed ? earlier(base.closedAt, report.at) : base.closedAt,
  }
}

/** The refund that a report is about: by Stripe's id, or our own row that waits for Stripe's answer. */
export function isSameRefund(refund: RefundFacts, report: RefundReport): boolean {
  return (
    refund.stripeRefundId === report.stripeRefundId ||
    (refund.stripeRefundId === null && refund.id === report.refundId)
  )
}

/** An element with the same id is replaced; a new one is added. */
export function replaced<Item extends { id: string }>(items: readonly Item[], item: Item): Item[] {
  const rest = items.filter((other) => other.id !== item.id)
  return [...rest, item]
}

/** Each line's share of what was paid: a discount is spread in proportion, and the shares add up. */
export function linePayments(items: readonly ItemFacts[], paid: number): number[] {
  const gross = items.map((item) => item.unitAmount * item.quantity)
  const total = gross.reduce((sum, amount) => sum + amount, 0)
  let before = 0
  let given = 0
  return gross.map((amount) => {
    before += amount
    // Exact in integers: amounts have eight digits at most, so the product fits.
    const upTo = total === 0 ? 0 : Math.floor((paid * before) / total)
    const share = upTo - given
    given = upTo
    return share
  })
}

function holds(items: readonly { id: string }[], item: { id: string }): boolean {
  return items.some((other) => other.id === item.id)
}

function firstAt<Status extends string>(
  known: Date | null,
  report: { status: Status; at: Date },
  status: Status,
): Date | null {
  return report.status === status ? earlier(known, report.at) : known
}

function earlier(known: Date | null, at: Date): Date {
  return known !== null && known <= at ? known : at
}

function later(known: Date | null, at: Date | null): Date | null {
  if (known === null || at === null) return known ?? at
  return known >= at ? known : at
}
