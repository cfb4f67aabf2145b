// Merges the reports of one settlement into their orders. Pure: nothing is read or written here.
import type { OrderFacts } from '../orders/order-facts.js'
import { canTransition } from '../orders/order-status.js'
import { statusFor } from './derive-order.js'
import { mergeInvoice } from './invoice-report.js'
import {
  isCompleted,
  isSameRefund,
  mergeDispute,
  mergeRefund,
  mergeRisk,
  mergeSession,
  mergeUnmatched,
  replaced,
  unmatchedPayment,
  UnsettledSessionError,
  type Report,
  type Unattributed,
} from './merge-report.js'
import type { SessionReport } from './session-report.js'

export type Settlement =
  /** Merged, whether or not it changed anything. Without an order: about a payment that belongs to none. */
  | { kind: 'settled'; orderId: number | null }
  /** No order is known. A refund or dispute with a payment intent is stored: its session may come later. */
  | { kind: 'unknown_order' }
  /** Contradicts the order, or names none that exists although it has our mark: a person must look. */
  | Quarantined

interface Quarantined {
  kind: 'quarantined'
  orderId: number | null
  reason: string
  /** Whether the money is stored, and an incident about it says so. */
  moneyKept: boolean
}

/** The orders of one settlement, and what no order is known for, while reports are merged into them. */
export class ReportMerger {
  /** By id. */
  readonly orders = new Map<number, OrderFacts>()
  unattributed: Unattributed
  private readonly changedIds = new Set<string>()

  /** @param unplaced why sessions of payment links became no orders, by their ids */
  constructor(
    orders: readonly OrderFacts[],
    unattributed: Unattributed,
    private readonly unplaced: ReadonlyMap<string, string> = new Map(),
  ) {
    for (const order of orders) this.orders.set(order.id, order)
    this.unattributed = unattributed
  }

  /**
   * Merges sessions first: they say which orders the refunds and disputes among these reports belong to.
   * @returns what became of each report, in the order of the reports
   */
  mergeAll(reports: readonly Report[]): Settlement[] {
    const settlements = new Map<Report, Settlement>()
    for (const isSession of [true, false])
      for (const report of reports)
        if ((report.kind === 'session') === isSession) settlements.set(report, this.merge(report))
    return reports.flatMap((report) => settlements.get(report) ?? [])
  }

  private merge(report: Report): Settlement {
    const found = this.orderOf(report)
    if (!found) {
      if (report.kind === 'session') return this.keepPayment(report)
      // An invoice's session says that the order is missing.
      return report.kind === 'invoice' ? { kind: 'settled', orderId: null } : this.keepUnattributed(report)
    }
    const order = report.kind === 'session' ? this.withOwnPayment(found, report) : found
    try {
      this.orders.set(order.id, this.merged(order, report))
      return { kind: 'settled', orderId: order.id }
    } catch (error) {
      if (!(error instanceof UnsettledSessionError) || report.kind !== 'session') throw error
      return this.keepUnsettled(order, report, error.message)
    }
  }

  /** The order with what its session brought while no order was known. */
  private withOwnPayment(order: OrderFacts, { sessionId }: SessionReport): OrderFacts {
    const { unmatchedPayments } = this.unattributed
    const own = unmatchedPayments.find(({ id }) => id === sessionId)
    if (!own) return order
    this.unattributed = {
      ...this.unattributed,
      unmatchedPayments: unmatchedPayments.filter((payment) => payment !== own),
    }
    return { ...order, unmatchedPayments: replaced(order.unmatchedPayments, own) }
  }

  /** A session that does not fit its order: the order needs a person, and money that came with it is kept. */
  private keepUnsettled(order: OrderFacts, report: SessionReport, reason: string): Settlement {
    const moneyKept = isCompleted(report)
    const merged = moneyKept ? mergeUnmatched(order, report, reason, this.unattributed) : order
    // A payment that failed leaves nothing to look at.
    const incidents =
      report.status === 'failed' ? order.incidents : [...new Set([...order.incidents, reason])].sort()
    this.orders.set(order.id, { ...merged, incidents })
    return report.status === 'failed'
      ? { kind: 'settled', orderId: order.id }
      : { kind: 'quarantined', orderId: order.id, reason, moneyKept }
  }

  /** A session with our mark of an order that we don't have. */
  private keepPayment(report: SessionReport): Settlement {
    const reason =
      this.unplaced.get(report.sessionId) ?? report.unknownStatus ?? `no order has the key ${report.orderKey}`
    if (!isCompleted(report)) return { kind: 'quarantined', orderId: null, reason, moneyKept: false }
    const { unmatchedPayments } = this.unattributed
    const payment = unmatchedPayment(
      unmatchedPayments.find(({ id }) => id === report.sessionId),
      report,
      reason,
    )
    this.unattributed = { ...this.unattributed, unmatchedPayments: replaced(unmatchedPayments, payment) }
    this.changedIds.add(payment.id)
    return { kind: 'quarantined', orderId: null, reason, moneyKept: true }
  }

  private merged(order: OrderFacts, report: Report): OrderFacts {
    switch (report.kind) {
      case 'session': {
        return mergeSession(order, report, this.unattributed)
      }
      case 'refund': {
        const known = [...order.refunds, ...this.unattributed.refunds].find((refund) =>
          isSameRefund(refund, report),
        )
        return { ...order, refunds: replaced(order.refunds, mergeRefund(known, report)) }
      }
      case 'dispute': {
        const known = [...order.disputes, ...this.unattributed.disputes].find(
          ({ id }) => id === report.disputeId,
        )
        return { ...order, disputes: replaced(order.disputes, mergeDispute(known, report)) }
      }
      case 'invoice':
        return { ...order, invoice: mergeInvoice(order.invoice, report.invoice) }
      case 'risk': {
        const known = [...order.riskSignals, ...this.unattributed.riskSignals].find(
          ({ id }) => id === report.riskId,
        )
        return { ...order, riskSignals: replaced(order.riskSignals, mergeRisk(known, report)) }
      }
    }
  }

  /** By our own record of the object or its intent, so that reports without metadata find their order; else by its key. */
  private orderOf(report: Report): OrderFacts | undefined {
    const all = [...this.orders.values()]
    const ofIntent = () =>
      report.paymentIntentId === null
        ? undefined
        : all.find(({ attempts, unmatchedPayments }) =>
            [...attempts, ...unmatchedPayments].some(
              ({ paymentIntentId }) => paymentIntentId === report.paymentIntentId,
            ),
          )
    const ofKey = (key: string | null) => (key === null ? undefined : all.find((order) => order.key === key))
    switch (report.kind) {
      case 'session':
        return (
          all.find((order) =>
            order.attempts.some(({ stripeSessionId }) => stripeSessionId === report.sessionId),
          ) ?? ofKey(report.orderKey)
        )
      case 'refund':
        return (
          all.find(({ refunds }) =>
            refunds.some(({ stripeRefundId }) => stripeRefundId === report.stripeRefundId),
          ) ??
          ofIntent() ??
          ofKey(report.orderKey)
        )
      case 'dispute':
        return all.find(({ disputes }) => disputes.some(({ id }) => id === report.disputeId)) ?? ofIntent()
      case 'risk':
        return all.find(({ riskSignals }) => riskSignals.some(({ id }) => id === report.riskId)) ?? ofIntent()
      case 'invoice':
        return ofKey(report.orderKey) ?? all.find(({ invoice }) => invoice?.id === report.invoice.id)
    }
  }

  private keepUnattributed(report: Exclude<Report, { kind: 'session' | 'invoice' }>): Settlement {
    const isOurs = report.kind === 'refund' && report.appId !== null
    // Without a payment intent no session can ever claim it.
    if (report.paymentIntentId === null)
      return isOurs ? refundWithoutOrder(report.stripeRefundId) : { kind: 'unknown_order' }
    const { refunds, disputes, riskSignals, unmatchedPayments } = this.unattributed
    switch (report.kind) {
      case 'refund': {
        const known = refunds.find((refund) => isSameRefund(refund, report))
        const refund = mergeRefund(known, report)
        this.unattributed = { ...this.unattributed, refunds: replaced(refunds, refund) }
        this.changedIds.add(refund.id)
        break
      }
      case 'dispute': {
        const known = disputes.find(({ id }) => id === report.disputeId)
        const dispute = mergeDispute(known, report)
        this.unattributed = { ...this.unattributed, disputes: replaced(disputes, dispute) }
        this.changedIds.add(dispute.id)
        break
      }
      case 'risk': {
        const known = riskSignals.find(({ id }) => id === report.riskId)
        const signal = mergeRisk(known, report)
        this.unattributed = { ...this.unattributed, riskSignals: replaced(riskSignals, signal) }
        this.changedIds.add(signal.id)
      }
    }
    // Of a payment with our mark, whose order we don't have.
    if (unmatchedPayments.some(({ paymentIntentId }) => paymentIntentId === report.paymentIntentId))
      return { kind: 'settled', orderId: null }
    return isOurs ? refundWithoutOrder(report.stripeRefundId) : { kind: 'unknown_order' }
  }

  /** What reports added or changed of it, less what an order has since. */
  changedUnattributed(): Unattributed {
    const orders = [...this.orders.values()]
    const isChanged = ({ id }: { id: string }) =>
      this.changedIds.has(id) &&
      !orders.some(({ refunds, disputes, riskSignals }) =>
        [...refunds, ...disputes, ...riskSignals].some((item) => item.id === id),
      )
    const { refunds, disputes, riskSignals, unmatchedPayments } = this.unattributed
    return {
      refunds: refunds.filter(isChanged),
      disputes: disputes.filter(isChanged),
      riskSignals: riskSignals.filter(isChanged),
      unmatchedPayments: unmatchedPayments.filter(isChanged),
    }
  }
}

function refundWithoutOrder(id: string): Quarantined {
  const reason = `refund ${id} was made by this shop, and no order of it is known`
  return { kind: 'quarantined', orderId: null, reason, moneyKept: false }
}

/** Sets the status that follows from the facts. A forbidden transition is not made: it becomes an incident. */
export function applyTransition(before: OrderFacts, after: OrderFacts): OrderFacts {
  const problem = forbiddenTransition(before, after)
  if (problem === null) return { ...after, status: statusFor(after) }
  return { ...after, incidents: [...new Set([...after.incidents, problem])].sort() }
}

/** A sentence about the transition that follows from the new facts, if it is forbidden. */
export function forbiddenTransition(before: OrderFacts, after: OrderFacts): string | null {
  const status = statusFor(after)
  return canTransition(before.status, status)
    ? null
    : `The order can't move from ${before.status} to ${status}.`
}
