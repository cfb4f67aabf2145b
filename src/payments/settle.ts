// Applies reports about payments to their orders. Repeating and reordering them is safe.
import type { Transaction } from '../database/client.js'
import { unitsOutOfStock, type OrderFacts } from '../orders/order-facts.js'
import { lockStock, takeStock } from '../orders/stock.js'
import { ReportMerger, type Settlement } from './apply-reports.js'
import { attributeEarlyEvents } from './attribute-early-events.js'
import { changedIncidents, incidentsWithoutOrder } from './derive-incidents.js'
import type { HandledEvent } from './handled-event.js'
import { nothingUnattributed, type Report, type Unattributed } from './merge-report.js'
import {
  changedOrders,
  orderChange,
  stockMove,
  withChanges,
  withShortage,
  type ChangedOrder,
} from './order-change.js'
import { lockOrders } from './order-store.js'
import { placeLinkOrders } from './place-link-orders.js'
import { saveChanges } from './save-changes.js'

export interface SettleDeps {
  /** Who is told when an order needs a person. Null: nobody is. */
  operatorEmail: string | null
}

export interface SettleOptions extends SettleDeps {
  /** The events that the reports come from, once it is known what became of each report. Their rows are written too. */
  events?: (settlements: readonly Settlement[]) => HandledEvent[]
  /** Also updates the rows of events that were handled before. */
  replay?: boolean
}

export interface SettleResult {
  /** What became of each report, in the order of the reports. */
  settlements: Settlement[]
  /** The orders that it was about, as they are now. */
  orders: OrderFacts[]
  /** What `options.events` returned. */
  events: HandledEvent[]
  /** Ids of those that had not been handled before. On a replay, of all. */
  newEventIds: string[]
}

/** Orders, and what belongs to none. */
export interface KnownFacts {
  orders?: readonly OrderFacts[]
  unattributed?: Unattributed
}

export type SettleInput =
  /** What Stripe reports. The rows that it is about are locked here. */
  | { reports: readonly Report[] }
  /** What the shop itself changed, in rows that the transaction has locked. */
  | { before: KnownFacts; after: KnownFacts }

/**
 * The one entry to settlement. Merges reports into the facts, or takes changed facts, and writes what follows from them:
 * status, PurchaseHistory, stock, mails, incidents and event rows. All of it commits or rolls back with the caller's
 * transaction. (Sets of events take the shortcut in settle-optimistically.ts first.)
 */
export async function settle(
  tx: Transaction,
  input: SettleInput,
  options: SettleOptions,
): Promise<SettleResult> {
  const { before, after, changedUnattributed, settlements } =
    'reports' in input ? await merge(tx, input.reports) : changedHere(input)
  const events = options.events?.(settlements) ?? []
  const changed = await takeMissingStock(tx, changedOrders(before.orders, after.orders))
  const newEventIds = await saveChanges(tx, {
    orders: changed.map((order) => orderChange(order, options.operatorEmail)),
    unattributed: changedUnattributed,
    incidents: changedIncidents(
      incidentsWithoutOrder(before.unattributed),
      incidentsWithoutOrder(after.unattributed),
    ),
    events,
    replay: options.replay,
  })
  await attributeEarlyEvents(
    tx,
    changed.map((order) => order.after),
    after.unattributed,
  )
  return { settlements, orders: withChanges(after.orders, changed), events, newEventIds }
}

interface MergedFacts {
  before: Required<KnownFacts>
  after: { orders: Iterable<OrderFacts>; unattributed: Unattributed }
  /** What belongs to no order and is new or different. */
  changedUnattributed: Unattributed
  settlements: Settlement[]
}

async function merge(tx: Transaction, reports: readonly Report[]): Promise<MergedFacts> {
  const unplaced = await placeLinkOrders(tx, reports)
  const before = await lockOrders(tx, reports)
  const merger = new ReportMerger(before.orders, before.unattributed, unplaced)
  const settlements = merger.mergeAll(reports)
  return {
    before,
    after: { orders: merger.orders.values(), unattributed: merger.unattributed },
    changedUnattributed: merger.changedUnattributed(),
    settlements,
  }
}

function changedHere(input: { before: KnownFacts; after: KnownFacts }): MergedFacts {
  const nothing = { orders: [], unattributed: nothingUnattributed() }
  const before = { ...nothing, ...input.before }
  const after = { ...nothing, ...input.after }
  const [old, unattributed] = [before.unattributed, after.unattributed]
  const changedUnattributed = {
    refunds: unattributed.refunds.filter((item) => !old.refunds.includes(item)),
    disputes: unattributed.disputes.filter((item) => !old.disputes.includes(item)),
    riskSignals: unattributed.riskSignals.filter((item) => !old.riskSignals.includes(item)),
    unmatchedPayments: unattributed.unmatchedPayments.filter((item) => !old.unmatchedPayments.includes(item)),
  }
  return { before, after, changedUnattributed, settlements: [] }
}

/** Takes units for orders that were paid after their units went back into stock. They are paid orders either way. */
async function takeMissingStock(tx: Transaction, changed: readonly ChangedOrder[]): Promise<ChangedOrder[]> {
  if (!changed.some((order) => stockMove(order) === 'take')) return [...changed]
  // Everything that this settlement will change is locked here at once, to prevent deadlocks.
  const variants = changed.flatMap((order) =>
    stockMove(order) === null ? [] : order.after.items.map((item) => item.variantId),
  )
  await lockStock(tx, variants)
  const result: ChangedOrder[] = []
  for (const order of changed)
    result.push(stockMove(order) === 'take' ? { ...order, after: await takeUnits(tx, order.after) } : order)
  return result
}

async function takeUnits(tx: Transaction, order: OrderFacts): Promise<OrderFacts> {
  const short = await takeStock(tx, unitsOutOfStock(order.items))
  return short === null ? { ...order, stockHeld: true } : withShortage(order, short)
}
