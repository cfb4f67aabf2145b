// Derives from an order's facts its status, stock, purchases, mails and what needs an operator. Pure: the same facts give the
// same result, whatever order they came in.
import type { MailKind, OrderStatus } from '../generated/prisma/enums.js'
import { formatMoney } from '../money.js'
import {
  amountPaid,
  amountRefunded,
  completedAttempt,
  holdsUnmatched,
  isHeld,
  ownDisputes,
  paymentsOf,
  refundableOf,
  totalOfItems,
  totalsOf,
  unmatchedOf,
  type Addressee,
  type AttemptFacts,
  type Collected,
  type DisputeFacts,
  type OrderFacts,
  type RefundFacts,
  type Totals,
} from '../orders/order-facts.js'
import { isAlive, isInquiry, isOpenDispute, statusOf } from '../orders/order-status.js'
import { linePayments } from './merge-report.js'

export interface DerivedOrder {
  paidAt: Date | null
  amountPaid: number | null
  amountRefunded: number
  totals: Totals
  delivered: Delivered
  purchases: PurchaseRow[]
  mails: MailIntent[]
  /** Why the order needs an operator, sorted. */
  attention: string[]
}

/** To whom the order goes and who is billed, as the completed session collected it. */
export interface Delivered {
  shippingAddress: Addressee | null
  phone: string | null
  billingDetails: (Pick<Collected, 'taxIds'> & Addressee) | null
}

export interface PurchaseRow {
  productId: number
  variantId: number
  /** As bought. */
  productName: string
  variantName: string
  purchaseSuccess: boolean
  quantity: number
  /** What the line came to, or would have, after its share of a discount. Without delivery and tax on top. */
  amount: number
  stripeSessionId: string
}

/** A mail that the facts give cause for: at most one for each `kind` and `about`. */
export interface MailIntent {
  kind: MailKind
  about: string
  toOperator: boolean
}

export function deriveOrder(order: OrderFacts): DerivedOrder {
  const paid = amountPaid(order)
  const refunded = amountRefunded(order)
  const paidTimes = order.attempts.flatMap(({ paidAt }) => (paidAt === null ? [] : [paidAt.getTime()]))
  return {
    paidAt: paidTimes.length === 0 ? null : new Date(Math.min(...paidTimes)),
    amountPaid: paid,
    amountRefunded: refunded,
    totals: totalsOf(order),
    delivered: deliveredTo(order),
    purchases: purchasesOf(order),
    mails: mailsOf(order),
    attention: attentionOf(order),
  }
}

function deliveredTo(order: OrderFacts): Delivered {
  const {
    shipping = null,
    phone = null,
    billing = null,
    taxIds = [],
  } = completedAttempt(order.attempts)?.collected ?? {}
  const isBilled = billing !== null || taxIds.length > 0
  return {
    shippingAddress: shipping,
    phone,
    billingDetails: isBilled ? { name: null, address: null, ...billing, taxIds } : null,
  }
}

export function statusFor(order: OrderFacts): OrderStatus {
  return statusOf({
    isUnderReview: holdsUnmatched(order),
    attempts: order.attempts,
    disputes: ownDisputes(order).map((dispute) => ({
      status: dispute.status,
      isPartial: leavesMoney(order, dispute),
    })),
    amountPaid: amountPaid(order),
    amountRefunded: amountRefunded(order),
  })
}

/**
 * Whether something is left of the payment that a dispute is about, if it is lost: disputes can be about parts. In another
 * currency than the payment, it may be about all of it.
 */
function leavesMoney(order: OrderFacts, { paymentIntentId, currency }: DisputeFacts): boolean {
  const payment = paymentsOf(order).find((known) => known.paymentIntentId === paymentIntentId)
  if (payment?.currency !== currency) return false
  const refunds = order.refunds.filter(({ status }) => status === 'succeeded')
  return refundableOf(payment, { refunds, disputes: order.disputes }) > 0
}

/** Whether the order's units should be out of stock. */
export function holdsStock(order: OrderFacts): boolean {
  return needsStock(order) || (holdsUnmatched(order) && !isRestocked(order))
}

/** Whether units must be taken from stock if they are not. Money that does not fit keeps units, but takes none. */
export function needsStock(order: OrderFacts): boolean {
  return order.attempts.some((attempt) => isAlive(attempt.status)) && !isRestocked(order)
}

/** Units go back into stock when everything paid has been refunded and one of the refunds asked for it. */
function isRestocked(order: OrderFacts): boolean {
  const paid = amountPaid(order)
  return (
    paid !== null &&
    amountRefunded(order) >= paid &&
    order.refunds.some((refund) => refund.restock && refund.status === 'succeeded')
  )
}

export function purchasesOf(order: OrderFacts): PurchaseRow[] {
  return order.attempts.flatMap((attempt) => purchasesBy(order, attempt))
}

function purchasesBy(order: OrderFacts, attempt: AttemptFacts): PurchaseRow[] {
  const { status, stripeSessionId } = attempt
  if (stripeSessionId === null || (status !== 'paid' && status !== 'failed')) return []
  const amounts = linePayments(order.items, totalOfItems(order) - attempt.amountDiscount)
  return order.items.map((item, index) => ({
    productId: item.productId,
    variantId: item.variantId,
    productName: item.name,
    variantName: item.variantName,
    purchaseSuccess: status === 'paid',
    quantity: item.quantity,
    amount: amounts[index] ?? 0,
    stripeSessionId,
  }))
}

/**
 * Every mail that the order ever gave cause for, including those that are no longer true, so that the rows do not depend on
 * the order of reports. The sender skips what is no longer true: see `isStillTrue`.
 */
export function mailsOf(order: OrderFacts): MailIntent[] {
  const { attempts, refunds, disputes } = order
  const toShopper = (kind: MailKind, about = ''): MailIntent => ({ kind, about, toOperator: false })
  const toOperator = (kind: MailKind, about = ''): MailIntent => ({ kind, about, toOperator: true })
  return [
    ...(attempts.some((attempt) => attempt.paidAt !== null) ? [toShopper('purchase_succeeded')] : []),
    ...(attempts.some((attempt) => attempt.failedAt !== null) ? [toShopper('purchase_failed')] : []),
    ...(attempts.some((attempt) => attempt.processingAt !== null) ? [toShopper('payment_on_its_way')] : []),
    ...(attempts.some(({ processingAt, paidAt }) => processingAt !== null || paidAt !== null)
      ? [toOperator('new_order')]
      : []),
    ...refunds.flatMap(({ id, stripeRefundId, refusedLater, succeededAt, failedAt }) =>
      stripeRefundId === null
        ? refusedLater
          ? [toShopper('refund_failed', id)]
          : []
        : [
            ...(succeededAt === null ? [] : [toShopper('refund_succeeded', stripeRefundId)]),
            ...(failedAt === null ? [] : [toShopper('refund_failed', stripeRefundId)]),
          ],
    ),
    ...disputes.flatMap(({ id, inquiryAt, disputedAt, closedAt }) => [
      ...(inquiryAt === null ? [] : [toOperator('inquiry_opened', id)]),
      ...(disputedAt === null ? [] : [toOperator('dispute_opened', id)]),
      ...(closedAt === null ? [] : [toOperator('dispute_closed', id)]),
    ]),
  ]
}

/** Whether a mail still says the truth. A late mail must not contradict a newer one. */
export function isStillTrue(mail: { kind: MailKind; about: string }, order: OrderFacts): boolean {
  const status = statusFor(order)
  const refund = refundOf(order, mail.about)
  const dispute = order.disputes.find(({ id }) => id === mail.about)
  switch (mail.kind) {
    case 'payment_on_its_way':
      return status === 'processing'
    case 'purchase_failed':
      return amountPaid(order) === null && status !== 'processing'
    case 'new_order':
      return amountPaid(order) !== null || status === 'processing'
    case 'refund_succeeded':
      return refund?.status === 'succeeded'
    case 'inquiry_opened':
      return dispute?.status === 'warning_needs_response'
    case 'dispute_opened':
      return dispute !== undefined && isOpenDispute(dispute.status)
    default:
      return true
  }
}

/** The refund that a mail is about: by Stripe's id, or by ours if Stripe refused to make it. */
export function refundOf(order: OrderFacts, about: string): RefundFacts | undefined {
  return order.refunds.find(({ id, stripeRefundId }) => (stripeRefundId ?? id) === about)
}

function attentionOf(order: OrderFacts): string[] {
  const disputes = order.disputes
    .filter(({ status }) => status === 'needs_response' || status === 'warning_needs_response')
    .map((dispute) => {
      const what = isInquiry(dispute.status) ? 'Inquiry' : 'Dispute'
      const due = dispute.evidenceDueBy?.toISOString().slice(0, 10) ?? 'no date given'
      return `${what} ${dispute.id} over ${formatMoney(dispute.amount, dispute.currency)} (${dispute.reason}): answer by ${due}.`
    })
  const past = returnedIncidents(order)
  return [...new Set([...problemsOf(order), ...disputes, ...inOtherCurrencies(order)])]
    .filter((reason) => !order.attended.includes(reason) && !past.has(reason))
    .sort()
}

/** Refunds and lost disputes that can't be compared with the payment they are about: a person must. */
function inOtherCurrencies(order: OrderFacts): string[] {
  const payments = paymentsOf(order)
  const differs = (item: { paymentIntentId: string | null; currency: string }) =>
    item.currency !==
    (payments.find(({ paymentIntentId }) => paymentIntentId === item.paymentIntentId)?.currency ??
      order.currency)
  const sentence = (what: string, id: string, amount: number, currency: string) =>
    `${what} ${id} over ${formatMoney(amount, currency)} is in another currency than its payment: compare them in Stripe’s dashboard.`
  return [
    ...order.refunds
      .filter((refund) => refund.status !== 'failed' && differs(refund))
      .map(({ id, stripeRefundId, amount, currency }) =>
        sentence('Refund', stripeRefundId ?? id, amount, currency),
      ),
    ...order.disputes
      .filter((dispute) => dispute.status === 'lost' && differs(dispute))
      .map(({ id, amount, currency }) => sentence('Dispute', id, amount, currency)),
  ]
}

/** Incidents about money that was given back since. */
function returnedIncidents(order: OrderFacts): Set<string> {
  const unmatched = unmatchedOf(order)
  const past = order.unmatchedPayments.filter((one) => !unmatched.includes(one) || !isHeld(one, order))
  return new Set(past.map(({ message }) => message))
}

/** Stored problems, and payments that came twice. Later reports never remove one. */
export function problemsOf(order: OrderFacts): string[] {
  return [...order.incidents, ...doublePayments(order).map(({ problem }) => problem)]
}

/** Each pair of sessions that both paid the order, so that the order in which payments came makes no difference. */
export function doublePayments(order: OrderFacts): { sessions: string; problem: string }[] {
  const paidBy = order.attempts
    .filter((attempt) => attempt.status === 'paid')
    .map((attempt) => attempt.stripeSessionId)
    .sort()
  return paidBy.flatMap((one, index) =>
    paidBy.slice(index + 1).map((other) => ({
      sessions: `${one} ${other}`,
      problem: `Paid twice: by ${one} and ${other}. Refund one of them.`,
    })),
  )
}
