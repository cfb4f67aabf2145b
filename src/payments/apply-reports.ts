// The orders of one settlement on the desk: report after report is merged into them. Pure: nothing is read or written here.
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
  type Orphans,
  type Report,
} from './merge-report.js'

export type Settlement =
  /** Merged; whether it was news or known already. */
  | { kind: 'settled'; orderId: number }
  /** About no order of this shop. A refund or dispute is kept: the session that it belongs to may come later. */
  | { kind: 'unknown_order' }
  /** Understood, and wrong; the order is flagged and the operator told. */
  | { kind: 'quarantined'; orderId: number; reason: string }

/** The orders of one settlement, as report after report changes what is known of them. */
export class ReportMerger {
  readonly orders = new Map<number, OrderFacts>()
  private readonly changedOrphans = new Set<string>()

  constructor(
    orders: readonly OrderFacts[],
    private readonly orphans: Orphans,
  ) {
    for (const order of orders) this.orders.set(order.id, order)
  }

  /**
   * Sessions first: what they bring tells whose the refunds and disputes among these reports are.
   * @returns what became of each, in the order of the reports
   */
  mergeAll(reports: readonly Report[]): Settlement[] {
    const settlements = new Map<Report, Settlement>()
    for (const isSession of [true, false])
      for (const report of reports)
        if ((report.kind === 'session') === isSession) settlements.set(report, this.take(report))
    return reports.flatMap((report) => settlements.get(report) ?? [])
  }

  private take(report: Report): Settlement {
    const order = this.orderOf(report)
    if (!order) {
      if (report.kind !== 'session') this.keepOrphan(report)
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
        return mergeSession(order, report, this.orphans)
      }
      case 'refund': {
        const known = [...order.refunds, ...this.orphans.refunds].find((refund) =>
          isSameRefund(refund, report),
        )
        return { ...order, refunds: replaced(order.refunds, mergeRefund(known, report)) }
      }
      case 'dispute': {
        const known = [...order.disputes, ...this.orphans.disputes].find(({ id }) => id === report.disputeId)
        return { ...order, disputes: replaced(order.disputes, mergeDispute(known, report)) }
      }
    }
  }

  /** Our own record of the session or intent first: an event needs no metadata to be found. */
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

  private keepOrphan(report: Exclude<Report, { kind: 'session' }>): void {
    // No session will ever bring it home.
    if (report.paymentIntentId === null) return
    const { refunds, disputes } = this.orphans
    if (report.kind === 'refund') {
      const refund = mergeRefund(
        refunds.find((known) => isSameRefund(known, report)),
        report,
      )
      this.orphans.refunds = replaced(refunds, refund)
      this.changedOrphans.add(refund.id)
    } else {
      const dispute = mergeDispute(
        disputes.find(({ id }) => id === report.disputeId),
        report,
      )
      this.orphans.disputes = replaced(disputes, dispute)
      this.changedOrphans.add(dispute.id)
    }
  }

  /** Those that no order of this settlement took in. */
  newOrphans(): Orphans {
    const orders = [...this.orders.values()]
    const isNew = ({ id }: { id: string }) =>
      this.changedOrphans.has(id) &&
      !orders.some((order) => [...order.refunds, ...order.disputes].some((item) => item.id === id))
    return {
      refunds: this.orphans.refunds.filter(isNew),
      disputes: this.orphans.disputes.filter(isNew),
    }
  }
}

/** A move that no table allows is not made; the operator is told. */
export function applyTransition(before: OrderFacts, after: OrderFacts): OrderFacts {
  const status = statusFor(after)
  if (canTransition(before.status, status)) return { ...after, status }
  const incident = `The order can't move from ${before.status} to ${status}.`
  return { ...after, incidents: [...new Set([...after.incidents, incident])].sort() }
}
