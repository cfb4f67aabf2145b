// Applies reports about payments to their orders. Repeating and reordering them is safe.
import type { Transaction } from '../database/client.js'
import type { OrderFacts, RefundFacts } from '../orders/order-facts.js'
import { takeStock } from '../orders/stock.js'
import { ReportMerger, type Settlement } from './apply-reports.js'
import { attributeEarlyEvents } from './attribute-early-events.js'
import { changedIncidents, incidentsWithoutOrder } from './derive-incidents.js'
import type { HandledEvent } from './handled-event.js'
import { nothingUnattributed, type Report, type Unattributed } from './merge-report.js'
import { changedOrders, orderChange, stockMove, withShortage, type ChangedOrder } from './order-change.js'
import { lockOrders } from './order-store.js'
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
  /** What `options.events` returned. */
  events: HandledEvent[]
  /** Ids of those that had not been handled before. On a replay, of all. */
  newEventIds: string[]
}

/**
 * Locks the orders that the reports are about, merges the reports into them and writes what follows: status,
 * PurchaseHistory, stock, mails and event rows. All of it commits or rolls back with the caller's transaction.
 */
export async function settle(
  tx: Transaction,
  reports: readonly Report[],
  options: SettleOptions,
): Promise<SettleResult> {
  const { orders, unattributed } = await lockOrders(tx, reports)
  const merger = new ReportMerger(orders, unattributed)
  const settlements = merger.mergeAll(reports)
  const events = options.events?.(settlements) ?? []
  const changed = await takeMissingStock(tx, changedOrders(orders, merger.orders.values()))
  const newEventIds = await saveChanges(tx, {
    orders: changed.map((order) => orderChange(order, options.operatorEmail)),
    unattributed: merger.changedUnattributed(),
    incidents: changedIncidents(
      incidentsWithoutOrder(unattributed),
      incidentsWithoutOrder(merger.unattributed),
    ),
    events,
    replay: options.replay,
  })
  await attributeEarlyEvents(
    tx,
    changed.map(({ after }) => after),
    merger.unattributed,
  )
  return { settlements, events, newEventIds }
}

/** The same for facts that the shop itself changed, of an order that `lockOrder` has locked. */
export async function settleFacts(
  tx: Transaction,
  before: OrderFacts,
  after: OrderFacts,
  { operatorEmail }: SettleDeps,
): Promise<void> {
  const changed = await takeMissingStock(tx, changedOrders([before], [after]))
  await saveChanges(tx, { orders: changed.map((order) => orderChange(order, operatorEmail)) })
}

/** The same for facts of a payment without an order, which `lockUnattributed` has locked. */
export async function settleWithoutOrder(
  tx: Transaction,
  before: Unattributed,
  refunds: RefundFacts[],
): Promise<void> {
  const after = { ...before, refunds }
  await saveChanges(tx, {
    orders: [],
    unattributed: { ...nothingUnattributed(), refunds },
    incidents: changedIncidents(incidentsWithoutOrder(before), incidentsWithoutOrder(after)),
  })
}

/** Takes units for orders that were paid after their units went back into stock. They are paid orders either way. */
async function takeMissingStock(tx: Transaction, changed: readonly ChangedOrder[]): Promise<ChangedOrder[]> {
  if (!changed.some((order) => stockMove(order) === 'take')) return [...changed]
  // Every product that this settlement will change is locked here, in the order of ids, to prevent deadlocks.
  const products = changed.flatMap((order) =>
    stockMove(order) === null ? [] : order.after.items.map((item) => item.productId),
  )
  await tx.$queryRaw`SELECT id FROM "Product" WHERE id = ANY(${products}::int[]) ORDER BY id FOR NO KEY UPDATE`
  const result: ChangedOrder[] = []
  for (const order of changed)
    result.push(stockMove(order) === 'take' ? { ...order, after: await takeUnits(tx, order.after) } : order)
  return result
}

async function takeUnits(tx: Transaction, order: OrderFacts): Promise<OrderFacts> {
  const short = await takeStock(tx, order.items)
  return short === null ? { ...order, stockHeld: true } : withShortage(order, short)
}
