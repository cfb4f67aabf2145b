// Merges one report into an order's facts. Pure, and reports may come in any order and any number of times: the result is
// the same.
import { randomUUID } from 'node:crypto'
import { isErasedAddress } from '../accounts/erased-address.js'
import { LARGEST_STORED } from '../money.js'
import { erasedCollected } from '../orders/erased-details.js'
import {
  expectedTotal,
  NOTHING_REPORTED,
  totalOfItems,
  type AttemptFacts,
  type DisputeFacts,
  type ItemFacts,
  type OrderFacts,
  type RefundFacts,
  type RiskSignalFacts,
  type UnmatchedPaymentFacts,
} from '../orders/order-facts.js'
import { higherAttempt, higherDispute, higherRefund, isInquiry } from '../orders/order-status.js'
import { mergeCollected } from './collected.js'
import type { DisputeReport } from './dispute-report.js'
import { mergeInvoice, type InvoiceReport } from './invoice-report.js'
import type { RefundReport } from './refund-report.js'
import type { RiskReport } from './risk-report.js'
import type { SessionReport } from './session-report.js'

export type Report = SessionReport | RefundReport | DisputeReport | RiskReport | InvoiceReport

/**
 * What belongs to no order. Refunds, disputes and risk signals may have come before the session that says which order their
 * payment intent paid. Unmatched payments are of sessions that name an order we don't have.
 */
export interface Unattributed {
  refunds: RefundFacts[]
  disputes: DisputeFacts[]
  riskSignals: RiskSignalFacts[]
  unmatchedPayments: UnmatchedPaymentFacts[]
}

export function nothingUnattributed(): Unattributed {
  return { refunds: [], disputes: [], riskSignals: [], unmatchedPayments: [] }
}

export function isEmpty({ refunds, disputes, riskSignals, unmatchedPayments }: Unattributed): boolean {
  return [refunds, disputes, riskSignals, unmatchedPayments].every(({ length }) => length === 0)
}

/** A session that settles nothing: its amounts or currency differ from its order's, or its status is unknown. */
export class UnsettledSessionError extends Error {
  override name = 'UnsettledSessionError'
}

/**
 * @returns the order with the session's attempt, and with what was unattributed of its payment intent
 * @throws UnsettledSessionError
 */
export function mergeSession(
  order: OrderFacts,
  report: SessionReport,
  unattributed: Unattributed,
): OrderFacts {
  const reason = whyUnsettled(order, report)
  if (reason !== null) throw new UnsettledSessionError(reason)
  const known = attemptOf(order, report) ?? newAttempt(order, report)
  return withUnattributed(
    {
      ...order,
      attempts: replaced(order.attempts, mergeAttempt(known, keptOf(order, report), order.shippingTotal)),
      invoice: mergeInvoice(
        order.invoice,
        report.invoiceId === null ? null : { id: report.invoiceId, pdf: null, url: null },
      ),
    },
    report.paymentIntentId,
    unattributed,
  )
}

/**
 * @returns the order with the money of a completed session that does not fit it, and with what was unattributed of its
 * payment intent
 */
export function mergeUnmatched(
  order: OrderFacts,
  report: SessionReport,
  message: string,
  unattributed: Unattributed,
): OrderFacts {
  const attempt = attemptOf(order, report)
  const known = order.unmatchedPayments.find(({ id }) => id === report.sessionId)
  return withUnattributed(
    {
      ...order,
      unmatchedPayments: replaced(order.unmatchedPayments, unmatchedPayment(known, report, message)),
      // It can't be paid any more. What happens to its units follows from the money.
      ...(attempt && {
        attempts: replaced(order.attempts, {
          ...attempt,
          stripeSessionId: report.sessionId,
          status: higherAttempt(attempt.status, 'expired'),
          url: null,
        }),
      }),
    },
    report.paymentIntentId,
    unattributed,
  )
}

/** Whether a session is completed: money of it is here or may come. */
export function isCompleted({ status }: Pick<SessionReport, 'status'>): boolean {
  return status === 'processing' || status === 'failed' || status === 'paid'
}

/** @param known the payment as stored, if it is */
export function unmatchedPayment(
  known: UnmatchedPaymentFacts | undefined,
  report: SessionReport,
  message: string,
): UnmatchedPaymentFacts {
  const { sessionId: id, paymentIntentId, amountTotal: amount, currency, status } = report
  const reported = { id, paymentIntentId, amount, currency, status, message, paidAt: null }
  const isNewer =
    known === undefined ||
    (higherAttempt(known.status, status) === status &&
      (known.status !== status || (known.amount ?? 0) < (amount ?? 0)))
  return {
    ...(isNewer ? reported : known),
    paymentIntentId: paymentIntentId ?? known?.paymentIntentId ?? null,
    paidAt: firstAt(known?.paidAt ?? null, report, 'paid'),
  }
}

function withUnattributed(order: OrderFacts, intent: string | null, unattributed: Unattributed): OrderFacts {
  if (intent === null) return order
  const missing = <Item extends { id: string; paymentIntentId: string | null }>(
    known: Item[],
    found: Item[],
  ) => [...known, ...found.filter((item) => item.paymentIntentId === intent && !includesId(known, item))]
  return {
    ...order,
    refunds: missing(order.refunds, unattributed.refunds),
    disputes: missing(order.disputes, unattributed.disputes),
    riskSignals: missing(order.riskSignals, unattributed.riskSignals),
  }
}

function attemptOf(order: OrderFacts, report: SessionReport): AttemptFacts | undefined {
  return (
    order.attempts.find((attempt) => attempt.stripeSessionId === report.sessionId) ??
    order.attempts.find((attempt) => attempt.id === report.attemptId && attempt.stripeSessionId === null)
  )
}

/**
 * A valid signature proves that Stripe sent the event, not that the session is for what this order asked for. Amounts of a
 * session that ended without a payment don't matter.
 */
function whyUnsettled(order: OrderFacts, report: SessionReport): string | null {
  if (report.unknownStatus !== null) return report.unknownStatus
  if (report.status === 'expired') return null
  const promotionCodes = attemptOf(order, report)?.promotionCodes ?? null
  const problem = misfit(order, report, promotionCodes)
  return problem === null ? null : `Session ${problem}.`
}

/** What a session is compared with. */
export type Asked = Pick<OrderFacts, 'currency' | 'shippingTotal' | 'taxBehavior' | 'automaticTax'> & {
  items: readonly Pick<ItemFacts, 'unitAmount' | 'quantity'>[]
}

/**
 * @param promotionCodes whether Stripe's page accepted them. Null: not known, so a discount may be one
 * @param name what asked for it
 * @returns null if the session's amounts are what was asked for; else how they differ: "cs_1 is over …"
 */
export function misfit(
  asked: Asked,
  report: SessionReport,
  promotionCodes: boolean | null,
  name = 'the order',
): string | null {
  const problem = problemOfAmounts(asked, report, promotionCodes)
  if (problem === null) return null
  const { sessionId, amountTotal, currency } = report
  return `${sessionId} is over ${amountTotal} ${currency}${calculation(report)}, ${name} over ${expectedTotal(asked)} ${asked.currency}${problem}`
}

/**
 * Compares each part of a session's total with what the order asked for, then the parts with the total, as Stripe adds them up
 * (https://docs.stripe.com/api/checkout/sessions/object).
 * @param promotionCodes whether Stripe's page accepted them. Null: not known, so a discount may be one
 * @returns null if all fits; else what does not, to be added to a sentence, or nothing if the total and the items say it
 */
function problemOfAmounts(
  order: Asked,
  report: SessionReport,
  promotionCodes: boolean | null,
): string | null {
  const { amountSubtotal: subtotal, amountDiscount: discount, amountTax: tax, amountTotal: total } = report
  if (report.currency !== order.currency || subtotal !== totalOfItems(order)) return ''
  // The delivery and the tax of an open session may not be in its amounts yet.
  if (report.status === 'open' && (order.shippingTotal > 0 || order.automaticTax)) return null
  if (discount > subtotal) return ''
  if (discount > 0 && promotionCodes === false) return ', and it offered no discount'
  if (!isShippingAsked(order, report)) return `, and its delivery costs ${order.shippingTotal}`
  if (tax > 0 && !order.automaticTax) return ', and it asked for no tax'
  const beforeTax = subtotal - discount + order.shippingTotal
  const onTop = order.taxBehavior === 'exclusive' ? tax : 0
  if (total !== beforeTax + onTop || total > LARGEST_STORED) return ''
  return tax > total ? ', and its tax is more than its total' : null
}

/**
 * Whether the session charges the delivery that the order offered. Stripe does not say whether `amount_shipping` contains the
 * tax of an inclusive rate; that of `shipping_cost` is clear.
 */
function isShippingAsked({ shippingTotal, taxBehavior }: Asked, report: SessionReport): boolean {
  const { amountShipping, shippingCost } = report
  if (amountShipping === shippingTotal) return true
  return (taxBehavior === 'inclusive' ? shippingCost?.total : shippingCost?.subtotal) === shippingTotal
}

/** How the total came about, if it is not the subtotal. */
function calculation({
  amountSubtotal,
  amountDiscount,
  amountShipping,
  amountTax,
  amountTotal,
}: SessionReport) {
  if (amountSubtotal === amountTotal && amountShipping === 0 && amountTax === 0) return ''
  const shipping = amountShipping === 0 ? '' : `, shipping ${amountShipping}`
  const tax = amountTax === 0 ? '' : `, tax ${amountTax}`
  return ` (${amountSubtotal} less ${amountDiscount}${shipping}${tax})`
}

/** A session that names this order can pay it even if no attempt of ours opened it, so it becomes an attempt. */
function newAttempt(order: OrderFacts, report: SessionReport): AttemptFacts {
  return {
    id: randomUUID(),
    number: Math.max(0, ...order.attempts.map((attempt) => attempt.number)) + 1,
    // As an attempt that is known when such money comes.
    status: isUnmatched(order, report) ? 'expired' : 'preparing',
    stripeSessionId: report.sessionId,
    expiresAt: report.expiresAt,
    promotionCodes: null,
    collectsPhone: false,
    collectsTaxIds: false,
    voucherDays: null,
    customerId: null,
    createsInvoice: false,
    ...NOTHING_REPORTED,
  }
}

/** Whether the session is known to have been completed in a way that does not fit its order. */
function isUnmatched(order: OrderFacts, { sessionId }: SessionReport): boolean {
  return order.unmatchedPayments.some(({ id }) => id === sessionId)
}

/** Without what was erased from the order. */
function keptOf(order: OrderFacts, report: SessionReport): SessionReport {
  if (!isErasedAddress(order.email)) return report
  const collected = report.collected && erasedCollected(report.collected)
  return { ...report, collected, url: null, voucherUrl: null }
}

/** @param amountShipping what the order's delivery costs */
function mergeAttempt(known: AttemptFacts, report: SessionReport, amountShipping: number): AttemptFacts {
  const status = higherAttempt(known.status, report.status)
  return {
    ...known,
    status,
    stripeSessionId: report.sessionId,
    paymentIntentId: report.paymentIntentId ?? known.paymentIntentId,
    url: status === 'open' ? (report.url ?? known.url) : null,
    ...(isCompleted(report) && {
      amountDiscount: report.amountDiscount,
      amountShipping,
      amountTax: report.amountTax,
      amountTotal: report.amountTotal,
    }),
    collected: mergeCollected(known.collected, report.collected),
    voucherUrl: report.voucherUrl ?? known.voucherUrl,
    payBy: report.payBy ?? known.payBy,
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
    stripeStatus: null,
    reason: null,
    failureReason: null,
    refusedLater: false,
    restock: false,
    succeededAt: null,
    failedAt: null,
  }
  return {
    ...base,
    stripeRefundId: report.stripeRefundId,
    paymentIntentId: report.paymentIntentId ?? base.paymentIntentId,
    amount: report.amount,
    currency: report.currency || base.currency,
    status: higherRefund(base.status, report.status),
    stripeStatus: lastOf(base.stripeStatus, report.stripeStatus),
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
    stripeStatus: null,
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
    currency: base.currency || report.currency,
    status,
    stripeStatus: lastOf(base.stripeStatus, report.stripeStatus),
    ...(isCurrent && { amount: report.amount, reason: report.reason }),
    evidenceDueBy: later(base.evidenceDueBy, report.evidenceDueBy),
    inquiryAt: isInquiry(report.status) ? earlier(base.inquiryAt, report.at) : base.inquiryAt,
    disputedAt: isInquiry(report.status) ? base.disputedAt : earlier(base.disputedAt, report.at),
    closedAt: closed ? earlier(base.closedAt, report.at) : base.closedAt,
  }
}

/** @param known the signal as stored, if it is: the order's or an unattributed one */
export function mergeRisk(known: RiskSignalFacts | undefined, report: RiskReport): RiskSignalFacts {
  const { riskId: id, riskKind: kind, reason, at } = report
  const base: RiskSignalFacts = known ?? {
    ...{ id, kind, reason },
    paymentIntentId: null,
    openedAt: null,
    closedAt: null,
  }
  return {
    ...base,
    paymentIntentId: report.paymentIntentId ?? base.paymentIntentId,
    openedAt: report.isOpen ? earlier(base.openedAt, at) : base.openedAt,
    closedAt: report.isOpen ? base.closedAt : earlier(base.closedAt, at),
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

/** Each line's share of what the items came to. A discount is spread in proportion, and the shares add up to `paid`. */
export function linePayments(
  items: readonly Pick<ItemFacts, 'unitAmount' | 'quantity'>[],
  paid: number,
): number[] {
  // The products of two amounts can be larger than the integers that a number holds exactly.
  const gross = items.map((item) => BigInt(item.unitAmount) * BigInt(item.quantity))
  const total = gross.reduce((sum, amount) => sum + amount, 0n)
  let before = 0n
  let assigned = 0n
  return gross.map((amount) => {
    before += amount
    const upTo = total === 0n ? 0n : (BigInt(paid) * before) / total
    const share = upTo - assigned
    assigned = upTo
    return Number(share)
  })
}

/** One of several words, whatever order they came in. */
function lastOf(known: string | null, reported: string | null): string | null {
  return (
    [known, reported]
      .filter((word) => word !== null)
      .sort()
      .at(-1) ?? null
  )
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
