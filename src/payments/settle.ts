// The one settlement: whoever learned something about a payment brings it here, any number of times, in any order.
import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../database/client.js'
import type { OrderFacts } from '../orders/order-facts.js'
import { takeStock } from '../orders/stock.js'
import { attributeEarlyEvents } from './attribute-early-events.js'
import {
  deriveOrder,
  holdsStock,
  mailsOf,
  purchasesOf,
  type DerivedOrder,
  type PurchaseRow,
} from './derive-order.js'
import type { Report } from './merge-report.js'
import { ReportMerger, applyTransition, type Settlement } from './apply-reports.js'
import { findOrders, intentsOf, lockOrders, type StoredOrders } from './order-store.js'
import { StaleOrderError, saveChanges, type FinalStatement, type OrderChange } from './settlement-sql.js'

export interface SettleDeps {
  /** Who is told when an order needs a person; null when nobody is configured. */
  operatorEmail: string | null
}

/** What became of each report, in their order; and the ids that the statement sent with it returned. */
export interface SettleResult {
  settlements: Settlement[]
  rows: { id: string }[]
}

/** One more statement to be sent with a settlement's own, from what became of the reports; it returns ids. */
export type EventStatement = (settlements: Settlement[]) => FinalStatement | null

/**
 * Merges reports into their orders and does what follows: status, PurchaseHistory, stock and mail rows, all in the
 * caller's transaction and under the orders' locks.
 * @returns what became of each report, in their order
 */
export async function settle(
  tx: Transaction,
  reports: readonly Report[],
  deps: SettleDeps,
): Promise<Settlement[]> {
  const { settlements } = await settleWith(tx, reports, deps, () => null)
  return settlements
}

/** The same, with one more statement. */
export async function settleWith(
  tx: Transaction,
  reports: readonly Report[],
  deps: SettleDeps,
  closing: EventStatement,
): Promise<SettleResult> {
  const { orders, orphans } = reports.length === 0 ? NOTHING : await lockOrders(tx, reports)
  const desk = new ReportMerger(orders, orphans)
  const settlements = desk.mergeAll(reports)
  const pairs = await withStock(tx, changedPairs(orders, [...desk.orders.values()]))
  const changes = pairs.map(({ old, order }) => changeOf(old, order, deps))
  const rows = await saveChanges(tx, changes, desk.newOrphans(), null, closing(settlements))
  await attributeEarlyEvents(
    tx,
    pairs.map(({ order }) => order),
    orphans,
  )
  return { settlements, rows }
}

/**
 * The same in two statements: the orders are read without a lock, and the one that writes locks them and finds them
 * unchanged, or writes nothing.
 * @returns null when that is not enough, and nothing was written: somebody else was at one of the orders, a refund or
 * dispute came before its payment, or units must be taken from stock. Settle under locks then.
 */
export async function settleQuickly(
  database: Pick<Transaction, '$queryRaw'>,
  reports: readonly Report[],
  deps: SettleDeps,
  closing: EventStatement,
): Promise<SettleResult | null> {
  const { orders, orphans, versions } = reports.length === 0 ? NOTHING : await findOrders(database, reports)
  if (orphans.refunds.length + orphans.disputes.length > 0) return null
  const desk = new ReportMerger(orders, orphans)
  const settlements = desk.mergeAll(reports)
  const newOrphans = desk.newOrphans()
  if (newOrphans.refunds.length + newOrphans.disputes.length > 0) return null
  const pairs = changedPairs(orders, [...desk.orders.values()])
  if (pairs.some(({ order }) => stockMove(order) === 'take')) return null
  const changes = pairs.map(({ old, order }) => changeOf(old, order, deps))
  try {
    const unchanged = { versions, intents: intentsOf(reports) }
    const rows = await saveChanges(database, changes, newOrphans, unchanged, closing(settlements))
    return { settlements, rows }
  } catch (error) {
    if (error instanceof StaleOrderError) return null
    throw error
  }
}

const NOTHING: StoredOrders = { orders: [], versions: new Map(), orphans: { refunds: [], disputes: [] } }

/** Brings one locked order's status, stock and mails in line with what was changed of its facts. */
export async function applyFacts(
  tx: Transaction,
  before: OrderFacts,
  after: OrderFacts,
  deps: SettleDeps,
): Promise<void> {
  const pairs = await withStock(tx, changedPairs([before], [after]))
  const changes = pairs.map(({ old, order }) => changeOf(old, order, deps))
  await saveChanges(tx, changes, NOTHING.orphans, null, null)
}

interface Pair {
  old: OrderFacts
  order: OrderFacts
}

function changedPairs(before: readonly OrderFacts[], after: readonly OrderFacts[]): Pair[] {
  return after.flatMap((order) => {
    const old = before.find(({ id }) => id === order.id)
    return old === undefined || isDeepStrictEqual(old, order)
      ? []
      : [{ old, order: applyTransition(old, order) }]
  })
}

/** Whether the shopper has once completed a checkout of it, be the money here or on its way. */
function wasOrdered(order: OrderFacts): boolean {
  return order.attempts.some(({ processingAt, paidAt }) => processingAt !== null || paidAt !== null)
}

const SHORTAGE = 'Paid after its units were given back'

/** From then on the units are between the operator and the shopper. */
function isShortage(incident: string): boolean {
  return incident.startsWith(SHORTAGE)
}

/** What is known of an order may ask for its units to be taken, or to be given back. */
function stockMove(order: OrderFacts): 'take' | 'release' | null {
  const wanted = holdsStock(order)
  if (order.stockHeld === wanted || order.incidents.some(isShortage)) return null
  return wanted ? 'take' : 'release'
}

/** Takes units for orders whose money came after they were given back: they are paid orders all the same. */
async function withStock(tx: Transaction, pairs: readonly Pair[]): Promise<Pair[]> {
  const wanting = pairs.filter(({ order }) => stockMove(order) === 'take')
  if (wanting.length === 0) return [...pairs]
  // All that will be written to, at once and in one order: two sets that move the same products never wait in a circle.
  const products = pairs.flatMap(({ order }) =>
    stockMove(order) === null ? [] : order.items.map((item) => item.productId),
  )
  await tx.$queryRaw`SELECT id FROM "Product" WHERE id = ANY(${products}::int[]) ORDER BY id FOR NO KEY UPDATE`
  const done: Pair[] = []
  for (const pair of pairs)
    done.push(wanting.includes(pair) ? { ...pair, order: await taken(tx, pair.order) } : pair)
  return done
}

async function taken(tx: Transaction, order: OrderFacts): Promise<OrderFacts> {
  const short = await takeStock(tx, order.items)
  if (short === null) return { ...order, stockHeld: true }
  const incident = `${SHORTAGE}, and product ${short} is sold out now.`
  return { ...order, incidents: [...new Set([...order.incidents, incident])].sort() }
}

function changeOf(before: OrderFacts, order: OrderFacts, deps: SettleDeps): OrderChange {
  const { id, userId, currency, status, incidents, items, cartId } = order
  const next = deriveOrder(order)
  const releases = stockMove(order) === 'release'
  const stockHeld = order.stockHeld && !releases
  const { paidAt, amountPaid, amountRefunded, attention } = next
  const needsAttention = attention.join('\n') || null
  const { purchases, mails } = news(before, order, next, deps)
  return {
    order: { id, status, stockHeld, incidents, paidAt, amountPaid, amountRefunded, needsAttention },
    attempts: order.attempts.filter((attempt) => !isKnown(before.attempts, attempt)),
    refunds: order.refunds.filter((refund) => !isKnown(before.refunds, refund)),
    disputes: order.disputes.filter((dispute) => !isKnown(before.disputes, dispute)),
    purchases: purchases.map((purchase) => ({ ...purchase, userId, currency })),
    mails,
    released: releases ? items : [],
    outOfCart:
      cartId !== null && !wasOrdered(before) && wasOrdered(order)
        ? items.map((item) => ({ ...item, cartId }))
        : [],
  }
}

/** The purchases and mails that were not due before. */
function news(
  before: OrderFacts,
  order: OrderFacts,
  next: DerivedOrder,
  { operatorEmail }: SettleDeps,
): { purchases: PurchaseRow[]; mails: OrderChange['mails'] } {
  const [purchases, mails] = [purchasesOf(before), mailsOf(before)]
  return {
    purchases: next.purchases.filter((purchase) => !isKnown(purchases, purchase)),
    mails: next.mails
      .filter((mail) => !isKnown(mails, mail))
      .flatMap(({ kind, about, toOperator }) => {
        const to = toOperator ? operatorEmail : order.email
        return to === null ? [] : [{ kind, about, to }]
      }),
  }
}

function isKnown<Item>(known: readonly Item[], item: Item): boolean {
  return known.some((other) => isDeepStrictEqual(other, item))
}
