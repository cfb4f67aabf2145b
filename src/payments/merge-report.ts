// Merges one report into an order's facts. Pure, and reports may come in any order and any number of times: the result is
// the same.
import { randomUUID } from 'node:crypto'
import type { AttemptFacts, DisputeFacts, ItemFacts, OrderFacts, RefundFacts } from '../orders/order-facts.js'
import { higherAttempt, higherDispute, higherRefund, isInquiry } from '../orders/order-status.js'
import type { DisputeReport } from './dispute-report.js'
import type { RefundReport } from './refund-report.js'
import type { SessionReport } from './session-report.js'

export type Report = SessionReport | RefundReport | DisputeReport

/** Refunds and disputes that came before the session that says which order their payment intent paid. */
export interface Unattributed {
  refunds: RefundFacts[]
  disputes: DisputeFacts[]
}

export function isEmpty({ refunds, disputes }: Unattributed): boolean {
  return refunds.length === 0 && disputes.length === 0
}

/** A session whose amounts or currency differ from its order's. The message tells the operator how. */
export class AmountMismatchError extends Error {
  override name = 'AmountMismatchError'
}

/**
 * @returns the order with the session's attempt, and with the unattributed refunds and disputes of its payment intent
 * @throws AmountMismatchError
 */
export function mergeSession(
  order: OrderFacts,
  report: SessionReport,
  unattributed: Unattributed,
): OrderFacts {
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
        ...unattributed.refunds.filter(
          (refund) => refund.paymentIntentId === paymentIntentId && !includesId(order.refunds, refund),
        ),
      ],
      disputes: [
        ...order.disputes,
        ...unattributed.disputes.filter(
          (dispute) => dispute.paymentIntentId === paymentIntentId && !includesId(order.disputes, dispute),
        ),
      ],
    }),
  }
}

/** A valid signature proves that Stripe sent the event, not that the session is for the amount of this order. */
function checkAmounts(order: OrderFacts, report: SessionReport): void {
  const { amountSubtotal, amountDiscount, amountTotal, currency } = report
  const fits =
    amountSubtotal === order.total &&
    amountTotal === order.total - amountDiscount &&
    currency === order.currency
  if (fits) return
  const calculation = amountSubtotal === amountTotal ? '' : ` (${amountSubtotal} less ${amountDiscount})`
  throw new AmountMismatchError(
    `Session ${report.sessionId} is over ${amountTotal} ${currency}${calculation}, the order over ${order.total} ${order.currency}.`,
  )
}

/** A session that names this order can pay it even if no attempt of ours opened it, so it becomes an attempt. */
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

/** @param known the refund as stored, if it is: the order's or an unattributed one */
export function mergeRefund(known: RefundFacts | undefined, report: RefundReport): RefundFacts {
  const base: RefundFacts = known ?? {
    // Not the id in its metadata: if Stripe made two refunds of one request, our row is the other one's.
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

/** @param known the dispute as stored, if it is: the order's or an unattributed one */
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
  const isCurrent = report.status === status
  const closed = ['warning_closed', 'prevented', 'won', 'lost'].includes(report.status)
  return {
    ...base,
    paymentIntentId: report.paymentIntentId ?? base.paymentIntentId,
    status,
    ...(isCurrent && { amount: report.amount, reason: report.reason }),
    evidenceDueBy: later(base.evidenceDueBy, report.evidenceDueBy),
    inquiryAt: isInquiry(report.status) ? earlier(base.inquiryAt, report.at) : base.inquiryAt,
    disputedAt: isInquiry(report.status) ? base.disputedAt : earlier(base.disputedAt, report.at),
    closedAt: closed ? earlier(base.closedAt, report.at) : base.closedAt,
  }
}

/** Whether a report is about this refund: by Stripe's id, or by ours while Stripe has not answered. */
export function isSameRefund(refund: RefundFacts, report: RefundReport): boolean {
  return (
    refund.stripeRefundId === report.stripeRefundId ||
    (refund.stripeRefundId === null && refund.id === report.refundId)
  )
}

/** The items with this one added, in place of the one with the same id. */
export function replaced<Item extends { id: string }>(items: readonly Item[], item: Item): Item[] {
  const rest = items.filter((other) => other.id !== item.id)
  return [...rest, item]
}

/** Each line's share of what was paid. A discount is spread in proportion, and the shares add up to `paid`. */
export function linePayments(items: readonly ItemFacts[], paid: number): number[] {
  const gross = items.map((item) => item.unitAmount * item.quantity)
  const total = gross.reduce((sum, amount) => sum + amount, 0)
  let before = 0
  let assigned = 0
  return gross.map((amount) => {
    before += amount
    // Exact: amounts have at most eight digits, so the product is a safe integer.
    const upTo = total === 0 ? 0 : Math.floor((paid * before) / total)
    const share = upTo - assigned
    assigned = upTo
    return share
  })
}

function includesId(items: readonly { id: string }[], item: { id: string }): boolean {
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
