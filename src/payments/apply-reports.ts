// Merges the reports of one settlement into their orders. Pure: nothing is read or written here.
import type { OrderFacts } from '../orders/order-facts.js'
import { canTransition } from '../orders/order-status.js'
import { statusFor } from './derive-order.js'
import {
  isSameRefund,
  mergeDispute,
  mergeRefund,
  mergeSession,
  AmountMismatchError,
  replaced,
  type Report,
  type Unattributed,
} from './merge-report.js'

export type Settlement =
  /** Merged, whether or not it changed anything. */
  | { kind: 'settled'; orderId: number }
  /** No order is known. A refund or dispute with a payment intent is stored: its session may come later. */
  | { kind: 'unknown_order' }
  /** Contradicts the order. The order needs attention, and an incident tells the operator. */
  | { kind: 'quarantined'; orderId: number; reason: string }

/** The orders of one settlement, and what no order is known for, while reports are merged into them. */
export class ReportMerger {
  /** By id. */
  readonly orders = new Map<number, OrderFacts>()
  unattributed: Unattributed
  private readonly changedIds = new Set<string>()

  constructor(orders: readonly OrderFacts[], unattributed: Unattributed) {
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
    const order = this.orderOf(report)
    if (!order) {
      if (report.kind !== 'session') this.keepUnattributed(report)
      return { kind: 'unknown_order' }
    }
    try {
      this.orders.set(order.id, this.merged(order, report))
      return { kind: 'settled', orderId: order.id }
    } catch (error) {
      if (!(error instanceof AmountMismatchError)) throw error
      const incidents = [...new Set([...order.incidents, error.message])].sort()
      this.orders.set(order.id, { ...order, incidents })
      return { kind: 'quarantined', orderId: order.id, reason: error.message }
    }
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
    }
  }

  /** By our own record of the session or intent, so that reports without metadata find their order; else by its key. */
  private orderOf(report: Report): OrderFacts | undefined {
    const all = [...this.orders.values()]
    const ofIntent = () =>
      report.paymentIntentId === null
        ? undefined
        : all.find((order) =>
            order.attempts.some(({ paymentIntentId }) => paymentIntentId === report.paymentIntentId),
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
        return ofIntent() ?? ofKey(report.orderKey)
      case 'dispute':
        return ofIntent()
    }
  }

  private keepUnattributed(report: Exclude<Report, { kind: 'session' }>): void {
    // Without a payment intent no session can ever claim it.
    if (report.paymentIntentId === null) return
    const { refunds, disputes } = this.unattributed
    if (report.kind === 'refund') {
      const refund = mergeRefund(
        refunds.find((known) => isSameRefund(known, report)),
        report,
      )
      this.unattributed = { refunds: replaced(refunds, refund), disputes }
      this.changedIds.add(refund.id)
    } else {
      const dispute = mergeDispute(
        disputes.find(({ id }) => id === report.disputeId),
        report,
      )
      this.unattributed = { refunds, disputes: replaced(disputes, dispute) }
      this.changedIds.add(dispute.id)
    }
  }

  /** The unattributed refunds and disputes that reports added or changed, less those that an order has since. */
  changedUnattributed(): Unattributed {
    const orders = [...this.orders.values()]
    const isChanged = ({ id }: { id: string }) =>
      this.changedIds.has(id) &&
      !orders.some((order) => [...order.refunds, ...order.disputes].some((item) => item.id === id))
    return {
      refunds: this.unattributed.refunds.filter(isChanged),
      disputes: this.unattributed.disputes.filter(isChanged),
    }
  }
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
