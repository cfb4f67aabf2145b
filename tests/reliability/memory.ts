// Settles one order in memory, without a database.
import fc from 'fast-check'
import { expect } from 'vitest'
import type { OrderFacts, RefundFacts } from '../../src/orders/order-facts.js'
import { deriveOrder, holdsStock } from '../../src/payments/derive-order.js'
import { nothingUnattributed, type Report, type Unattributed } from '../../src/payments/merge-report.js'
import { orderChange } from '../../src/payments/order-change.js'
import { sessionReport } from '../../src/payments/session-report.js'
import { ReportMerger, applyTransition } from '../../src/payments/apply-reports.js'
import { dispatch } from '../../src/webhooks/dispatch.js'
import { anyPlan, isPaid, outcomeOf, refundAmount, type Outcome, type Plan } from './order-lives.js'
import {
  mixed,
  namesOf,
  randomFrom,
  occurrencesOf,
  type Occurrence,
  type PlannedOrder,
} from './plan-events.js'

const APP_ID = 'till-in-memory'

interface History {
  plan: Plan
  order: PlannedOrder
  /** All reports about the order, in the order in which they happened. */
  reports: Report[]
}

function historyInMemory(plan: Plan): History {
  const label = 'x'
  const names = namesOf(label)
  const refundIds = new Map<string, string>()
  plan.sessions.forEach((session, index) =>
    session.refunds.forEach((refund, nth) => {
      if (isPaid(session) && refund.ours) refundIds.set(names.refund(index, nth), `refund-${index}${nth}`)
    }),
  )
  const attemptIds = plan.sessions.map((_session, index) => `attempt-${index}`)
  const order = { key: 'ord_in_memory', appId: APP_ID, attemptIds, refundIds, names }
  return { plan, order, reports: occurrencesOf(plan, order, label).map(reportOf) }
}

class MemoryShop {
  private order: OrderFacts
  private unattributed: Unattributed = nothingUnattributed()
  private readonly purchases = new Map<string, number>()
  private readonly mails = new Set<string>()
  private readonly incidents = new Set<string>()
  /** Units taken from stock: must stay 0 or 1. */
  private taken = 1

  constructor({ plan, order }: History) {
    this.order = startOf(plan, order)
  }

  settle(reports: readonly Report[]): void {
    const merger = new ReportMerger([this.order], this.unattributed)
    merger.mergeAll(reports)
    const settled = merger.orders.get(this.order.id)
    if (!settled) throw new Error('The order is gone.')
    const order = applyTransition(this.order, settled)
    const { purchases, mails } = deriveOrder(order)
    const stockHeld = holdsStock(order)
    if (order.stockHeld !== stockHeld) this.taken += stockHeld ? 1 : -1
    for (const { stripeSessionId, productId, purchaseSuccess, amount } of purchases)
      this.purchases.set(`${stripeSessionId} ${productId} ${purchaseSuccess}`, amount)
    // Mail about new orders is off, as on a new database.
    for (const { kind, about } of mails) if (kind !== 'new_order') this.mails.add(`${kind} ${about}`)
    const { newIncidents, resolvedIncidents } = orderChange({ before: this.order, after: order }, null)
    for (const { kind, subject } of newIncidents) this.incidents.add(`${kind} ${subject}`)
    for (const { kind, subject } of resolvedIncidents) this.incidents.delete(`${kind} ${subject}`)
    this.order = { ...order, stockHeld }
    const isAttributed = (id: string) => [...order.refunds, ...order.disputes].some((item) => item.id === id)
    this.unattributed = {
      ...merger.unattributed,
      refunds: merger.unattributed.refunds.filter(({ id }) => !isAttributed(id)),
      disputes: merger.unattributed.disputes.filter(({ id }) => !isAttributed(id)),
    }
  }

  outcome(): Outcome {
    const { order } = this
    const { amountPaid, amountRefunded, attention } = deriveOrder(order)
    return {
      status: order.status,
      amountPaid,
      amountRefunded,
      stockHeld: this.taken === 1,
      sessions: order.attempts.map(({ stripeSessionId, status }) => `${stripeSessionId} ${status}`).sort(),
      refunds: order.refunds
        .map(({ stripeRefundId, status, amount }) => `${stripeRefundId} ${status} ${amount}`)
        .sort(),
      disputes: order.disputes.map(({ id, status }) => `${id} ${status}`).sort(),
      purchases: purchasesBySession([...this.purchases]),
      mails: [...this.mails].sort(),
      incidents: [...this.incidents].sort(),
      attention: [...attention, ...order.incidents.map((incident) => `incident: ${incident}`)],
    }
  }

  /** The order's facts beyond the outcome, without generated ids and numbers. */
  knowledge(): unknown {
    const { attempts, refunds, disputes, ...order } = this.order
    const named = <Row extends object>(rows: Row[], name: keyof Row) =>
      [...rows]
        .sort((a, b) => (String(a[name]) < String(b[name]) ? -1 : 1))
        .map((row) => ({ ...row, id: '', number: 0 }))
    return {
      ...order,
      attempts: named(attempts, 'stripeSessionId'),
      refunds: named(refunds, 'stripeRefundId'),
      disputes: named(disputes, 'id'),
      unattributed: this.unattributed,
    }
  }
}

/** Adds up `session product success` → amount into one line per session, which must equal the session's amount. */
export function purchasesBySession(rows: readonly (readonly [string, number])[]): string[] {
  const sums = new Map<string, number>()
  for (const [key, amount] of rows) {
    const [session, , success] = key.split(' ')
    const name = `${session} ${success}`
    sums.set(name, (sums.get(name) ?? 0) + amount)
  }
  return [...sums].map(([name, sum]) => `${name} ${sum}`).sort()
}

function reportOf(occurrence: Occurrence): Report {
  if ('session' in occurrence) return sessionReport(occurrence.session, occurrence.at)
  const reading = dispatch(occurrence, { appId: APP_ID }, false)
  if (reading.kind !== 'report')
    throw new Error(`${occurrence.type} is no report: ${JSON.stringify(reading)}`)
  return reading.report
}

function startOf(plan: Plan, { key, attemptIds, refundIds, names }: PlannedOrder): OrderFacts {
  const open = {
    status: 'open',
    paymentIntentId: null,
    url: 'http://127.0.0.1/pay',
    promotionCodes: null,
    collectsPhone: false,
    collectsTaxIds: false,
    voucherDays: null,
    customerId: null,
    createsInvoice: false,
    amountDiscount: 0,
    amountShipping: 0,
    amountTax: 0,
    collected: null,
  } as const
  const never = {
    amountTotal: null,
    voucherUrl: null,
    payBy: null,
    processingAt: null,
    failedAt: null,
    paidAt: null,
  }
  return {
    id: 1,
    key,
    userId: 1,
    guestHash: null,
    email: 'ada@shopper.example',
    cartId: null,
    currency: 'usd',
    shippingTotal: plan.shipping,
    taxBehavior: 'exclusive',
    automaticTax: true,
    deliveryCountry: null,
    isCanceled: false,
    status: 'pending',
    stockHeld: true,
    incidents: [],
    attended: [],
    needsAttention: null,
    shortProductId: null,
    invoice: null,
    items: plan.lines.map(([unitAmount, quantity], index) => ({
      productId: index + 1,
      variantId: index + 1,
      name: `Product ${index + 1}`,
      variantName: '',
      unitAmount,
      quantity,
      restocked: 0,
    })),
    attempts: plan.sessions.map((_session, index) => ({
      ...open,
      ...never,
      id: attemptIds[index] ?? '',
      number: index + 1,
      stripeSessionId: names.session(index),
      expiresAt: new Date(0),
    })),
    refunds: plan.sessions.flatMap((session, index) =>
      session.refunds.flatMap((refund, nth): RefundFacts[] => {
        const id = refundIds.get(names.refund(index, nth))
        if (id === undefined || !refund.ours) return []
        return [
          {
            id,
            stripeRefundId: null,
            paymentIntentId: names.intent(index),
            amount: refundAmount(plan, session, refund),
            currency: 'usd',
            status: 'requested',
            stripeStatus: null,
            refusedLater: false,
            reason: null,
            failureReason: null,
            restock: refund.ours.restock,
            succeededAt: null,
            failedAt: null,
          },
        ]
      }),
    ),
    disputes: [],
    unmatchedPayments: [],
    riskSignals: [],
  }
}

function settled(history: History, sets: Report[][]): MemoryShop {
  const shop = new MemoryShop(history)
  for (const set of sets) shop.settle(set)
  return shop
}

/** Draws histories and settles each of them twice: in order, then shuffled, duplicated and in sets. */
export function checkInMemory(histories: number): void {
  fc.assert(
    fc.property(anyPlan, fc.nat(), (plan, seed) => {
      const history = historyInMemory(plan)
      const expected = outcomeOf(plan, history.order.names)
      const inOrder = settled(
        history,
        history.reports.map((report) => [report]),
      )
      expect(inOrder.outcome()).toEqual(expected)

      const anyhow = settled(history, mixed(history.reports, randomFrom(seed), 8))
      expect(anyhow.outcome()).toEqual(expected)
      // The facts beyond the outcome are equal too, including the times.
      expect(anyhow.knowledge()).toEqual(inOrder.knowledge())
    }),
    { numRuns: histories },
  )
}
