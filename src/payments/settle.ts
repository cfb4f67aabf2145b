// The one settlement: whoever learned something about a payment brings it here, any number of times, in any order.
import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../database/client.js'
import { amountPaid, type OrderFacts } from '../orders/order-facts.js'
import { mayMove } from '../orders/order-status.js'
import { releaseStock, takeStock } from '../orders/stock.js'
import { consequencesOf, type Consequences } from './consequences.js'
import {
  isSameRefund,
  mergeDispute,
  mergeRefund,
  mergeSession,
  Misfit,
  replaced,
  type Orphans,
  type Report,
} from './merge-report.js'
import { lockOrders, saveChanges, type OrderChange } from './settlement-rows.js'

export type Settlement =
  /** Merged; whether it was news or known already. */
  | { kind: 'settled'; orderId: number }
  /** About no order of this shop. A refund or dispute is kept: the session that it belongs to may come later. */
  | { kind: 'unknown_order' }
  /** Understood, and wrong; the order is flagged and the operator told. */
  | { kind: 'quarantined'; orderId: number; reason: string }

export interface SettleParts {
  /** Who is told when an order needs a person; null when nobody is configured. */
  operatorEmail: string | null
}

/**
 * Merges reports into their orders and does what follows: status, PurchaseHistory, stock and mail rows, all in the
 * caller's transaction and under the orders' locks.
 * @returns what became of each report, in their order
 */
export async function settle(
  tx: Transaction,
  reports: readonly Report[],
  parts: SettleParts,
): Promise<Settlement[]> {
  const { orders, orphans } = await lockOrders(tx, reports)
  const desk = new Desk(orders, orphans)
  const settlements = reports.map((report) => desk.take(report))
  await apply(tx, orders, [...desk.orders.values()], parts, desk.newOrphans())
  return settlements
}

/** Brings one locked order's status, stock and mails in line with what was changed of its facts. */
export async function applyFacts(
  tx: Transaction,
  before: OrderFacts,
  after: OrderFacts,
  parts: SettleParts,
): Promise<void> {
  await apply(tx, [before], [after], parts, { refunds: [], disputes: [] })
}

/** The orders of one settlement, as report after report changes what is known of them. */
class Desk {
  readonly orders = new Map<number, OrderFacts>()
  private readonly changedOrphans = new Set<string>()

  constructor(
    orders: readonly OrderFacts[],
    private readonly orphans: Orphans,
  ) {
    for (const order of orders) this.orders.set(order.id, order)
  }

  take(report: Report): Settlement {
    const order = this.orderOf(report)
    if (!order) {
      if (report.kind !== 'session') this.keepOrphan(report)
      return { kind: 'unknown_order' }
    }
    try {
      this.orders.set(order.id, this.merged(order, report))
      return { kind: 'settled', orderId: order.id }
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
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
        const known = order.refunds.find((refund) => isSameRefund(refund, report))
        return { ...order, refunds: replaced(order.refunds, mergeRefund(known, report)) }
      }
      case 'dispute': {
        const known = order.disputes.find(({ id }) => id === report.disputeId)
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

async function apply(
  tx: Transaction,
  before: readonly OrderFacts[],
  after: readonly OrderFacts[],
  parts: SettleParts,
  orphans: Orphans,
): Promise<void> {
  const pairs = after.flatMap((order) => {
    const old = before.find(({ id }) => id === order.id)
    return old === undefined || isDeepStrictEqual(old, order) ? [] : [{ old, order: legalMove(old, order) }]
  })
  await moveStock(
    tx,
    pairs.map(({ order }) => order),
  )
  const changes = pairs.map(({ old, order }) => changeOf(old, order, parts))
  await saveChanges(tx, changes, orphans)
  for (const { old, order } of pairs)
    if (order.cartId !== null && amountPaid(old) === null && amountPaid(order) !== null)
      await clearCart(tx, order)
}

/** A move that no table allows is not made; the operator is told. */
function legalMove(before: OrderFacts, after: OrderFacts): OrderFacts {
  const { status } = consequencesOf(after)
  if (mayMove(before.status, status)) return { ...after, status }
  const incident = `The order can't move from ${before.status} to ${status}.`
  return { ...after, incidents: [...new Set([...after.incidents, incident])].sort() }
}

const SHORTAGE = 'Paid after its units were given back'

/** From then on the units are between the operator and the shopper. */
function isShortage(incident: string): boolean {
  return incident.startsWith(SHORTAGE)
}

/** Takes and gives back units where what is known of an order asks for it; changes the orders that are handed in. */
async function moveStock(tx: Transaction, orders: OrderFacts[]): Promise<void> {
  const moving = orders.filter(
    (order) => order.stockHeld !== consequencesOf(order).holdsStock && !order.incidents.some(isShortage),
  )
  if (moving.length === 0) return
  // All at once and in one order: two sets that move the same products never wait in a circle.
  const products = moving.flatMap((order) => order.items.map((item) => item.productId))
  await tx.$queryRaw`SELECT id FROM "Product" WHERE id = ANY(${products}::int[]) ORDER BY id FOR NO KEY UPDATE`
  for (const order of moving) {
    if (order.stockHeld) {
      await releaseStock(tx, order.items)
      order.stockHeld = false
      continue
    }
    // The money came after the units were given back: it is a paid order all the same.
    const short = await takeStock(tx, order.items)
    if (short === null) order.stockHeld = true
    else
      order.incidents = [
        ...new Set([...order.incidents, `${SHORTAGE}, and product ${short} is sold out now.`]),
      ].sort()
  }
}

function changeOf(before: OrderFacts, order: OrderFacts, parts: SettleParts): OrderChange {
  const next = consequencesOf(order)
  return {
    order: { ...order, ...summary(next) },
    attempts: order.attempts.filter((attempt) => !isKnown(before.attempts, attempt)),
    refunds: order.refunds.filter((refund) => !isKnown(before.refunds, refund)),
    disputes: order.disputes.filter((dispute) => !isKnown(before.disputes, dispute)),
    ...news(before, order, next, parts),
  }
}

function summary({ paidAt, amountPaid, amountRefunded, attention }: Consequences) {
  return { paidAt, amountPaid, amountRefunded, needsAttention: attention.join('\n') || null }
}

/** The purchases and mails that were not due before. */
function news(
  before: OrderFacts,
  order: OrderFacts,
  next: Consequences,
  { operatorEmail }: SettleParts,
): Pick<OrderChange, 'purchases' | 'mails'> {
  const known = consequencesOf(before)
  return {
    purchases: next.purchases.filter((purchase) => !isKnown(known.purchases, purchase)),
    mails: next.mails
      .filter((mail) => !isKnown(known.mails, mail))
      .flatMap(({ kind, about, toOperator }) => {
        const to = toOperator ? operatorEmail : order.email
        return to === null ? [] : [{ kind, about, to }]
      }),
  }
}

function isKnown<Item>(known: readonly Item[], item: Item): boolean {
  return known.some((other) => isDeepStrictEqual(other, item))
}

/** What was bought leaves the cart; what was added meanwhile stays. */
async function clearCart(tx: Transaction, order: OrderFacts): Promise<void> {
  for (const { productId, quantity } of order.items) {
    await tx.cartItem.deleteMany({
      where: { cartId: order.cartId ?? 0, productId, quantity: { lte: quantity } },
    })
    await tx.cartItem.updateMany({
      where: { cartId: order.cartId ?? 0, productId, quantity: { gt: quantity } },
      data: { quantity: { decrement: quantity } },
    })
  }
}
