// What must be written for an order whose facts changed. Pure: nothing is read or written here.
import { isDeepStrictEqual } from 'node:util'
import { LARGEST_STORED } from '../money.js'
import {
  holdsUnmatched,
  unitsOutOfStock,
  type DisputeFacts,
  type OrderFacts,
  type RefundFacts,
  type RiskSignalFacts,
  type Totals,
  type UnmatchedPaymentFacts,
} from '../orders/order-facts.js'
import type { OrderMailRow } from '../outbox/write-mails.js'
import { applyTransition, forbiddenTransition } from './apply-reports.js'
import {
  changedIncidents,
  incidentsOfOrder,
  shortage,
  type MoneyIncident,
  type ResolvedIncident,
} from './derive-incidents.js'
import {
  deriveOrder,
  holdsStock,
  mailsOf,
  needsStock,
  purchasesOf,
  type Delivered,
  type PurchaseRow,
} from './derive-order.js'

/** An order's facts before and after a settlement. */
export interface ChangedOrder {
  before: OrderFacts
  after: OrderFacts
}

/** What must be written for one order. */
export interface OrderChange {
  order: Pick<
    OrderFacts,
    'id' | 'status' | 'stockHeld' | 'incidents' | 'needsAttention' | 'shortProductId' | 'invoice'
  > & {
    paidAt: Date | null
    amountPaid: number | null
    amountRefunded: number
    holdsUnmatched: boolean
  } & Totals &
    Delivered
  attempts: OrderFacts['attempts']
  refunds: RefundFacts[]
  disputes: DisputeFacts[]
  unmatchedPayments: UnmatchedPaymentFacts[]
  riskSignals: RiskSignalFacts[]
  purchases: (PurchaseRow & Pick<OrderFacts, 'userId' | 'currency'>)[]
  mails: Omit<OrderMailRow, 'orderId'>[]
  /** What an operator must look at. */
  newIncidents: MoneyIncident[]
  /** What an operator need not look at any more. */
  resolvedIncidents: ResolvedIncident[]
  /** Units that go back into stock. */
  released: Units[]
  /** Units that leave the cart because they were ordered. Units added to the cart since then stay. */
  outOfCart: (Units & { cartId: number })[]
}

export interface Units {
  variantId: number
  quantity: number
}

/** The orders whose facts differ, with the status that follows from the new facts. */
export function changedOrders(before: readonly OrderFacts[], after: Iterable<OrderFacts>): ChangedOrder[] {
  return [...after].flatMap((order) => {
    const old = before.find(({ id }) => id === order.id)
    return old === undefined || isDeepStrictEqual(old, order)
      ? []
      : [{ before: old, after: applyTransition(old, order) }]
  })
}

/** The orders of a settlement, with the statuses and shortages that their changes led to. */
export function withChanges(orders: Iterable<OrderFacts>, changed: readonly ChangedOrder[]): OrderFacts[] {
  const byId = new Map(changed.map(({ after }) => [after.id, after]))
  return Array.from(orders, (order) => byId.get(order.id) ?? order)
}

/** Records that an order was paid and its units are sold out. */
export function withShortage(order: OrderFacts, variantId: number): OrderFacts {
  const shortProductId = order.items.find((item) => item.variantId === variantId)?.productId ?? variantId
  const incidents = [...new Set([...order.incidents, shortage(order, shortProductId)])].sort()
  return { ...order, incidents, shortProductId }
}

/** Whether the order's units must be taken from stock or go back into it. */
export function stockMove({ before, after }: ChangedOrder): 'take' | 'release' | null {
  const wanted = holdsStock(after)
  if (after.stockHeld === wanted) return null
  if (!wanted) return 'release'
  // They were sold out when they were needed. What becomes of them is up to the operator, also if later reports change
  // whether the order needs them.
  return after.shortProductId !== null || needsStock(before) || !needsStock(after) ? null : 'take'
}

/** @param operatorEmail null: mails to the operator are left out */
export function orderChange(changed: ChangedOrder, operatorEmail: string | null): OrderChange {
  const { before, after } = changed
  const { id, userId, currency, status, incidents, shortProductId, invoice, items, cartId } = after
  const derived = deriveOrder(after)
  const { paidAt, amountPaid, amountRefunded, attention, purchases, mails } = derived
  const releases = stockMove(changed) === 'release'
  const { opened, resolved } = changedIncidents(incidentsOfOrder(before), incidentsOfOrder(after))
  const leavesCart = !wasCompleted(before) && wasCompleted(after)
  return {
    order: {
      id,
      status,
      stockHeld: after.stockHeld && !releases,
      incidents,
      paidAt,
      amountPaid: amountPaid === null ? null : Math.min(amountPaid, LARGEST_STORED),
      amountRefunded: Math.min(amountRefunded, LARGEST_STORED),
      ...derived.totals,
      ...derived.delivered,
      holdsUnmatched: holdsUnmatched(after),
      needsAttention: attention.join('\n') || null,
      shortProductId,
      invoice,
    },
    attempts: added(before.attempts, after.attempts),
    refunds: added(before.refunds, after.refunds),
    disputes: added(before.disputes, after.disputes),
    unmatchedPayments: added(before.unmatchedPayments, after.unmatchedPayments),
    riskSignals: added(before.riskSignals, after.riskSignals),
    purchases: added(purchasesOf(before), purchases).map((purchase) => ({ ...purchase, userId, currency })),
    mails: added(mailsOf(before), mails).flatMap(({ kind, about, toOperator }) => {
      const to = toOperator ? operatorEmail : after.email
      return to === null ? [] : [{ kind, about, to }]
    }),
    newIncidents: [...opened, ...newContradiction(before, after)],
    resolvedIncidents: resolved,
    released: releases ? unitsOutOfStock(items) : [],
    outOfCart: cartId !== null && leavesCart ? items.map((item) => ({ ...unitsOf(item), cartId })) : [],
  }
}

function unitsOf({ variantId, quantity }: Units): Units {
  return { variantId, quantity }
}

/** A transition that was forbidden, if that is new. */
function newContradiction(before: OrderFacts, after: OrderFacts): OrderChange['newIncidents'] {
  const message = forbiddenTransition(before, after)
  return message === null || before.incidents.includes(message)
    ? []
    : [{ kind: 'order_attention', subject: after.key, message }]
}

/** Whether a checkout of this order was ever completed, even if the money has not arrived. */
function wasCompleted(order: OrderFacts): boolean {
  return order.attempts.some(({ processingAt, paidAt }) => processingAt !== null || paidAt !== null)
}

/** What is new or different. */
function added<Item>(before: readonly Item[], after: readonly Item[]): Item[] {
  return after.filter((item) => !before.some((known) => isDeepStrictEqual(known, item)))
}
