// Writes what a settlement changed, for any number of orders, in one statement.
import { Prisma } from '../generated/prisma/client.js'
import type { RawReader } from '../database/direct.js'
import { hasCode } from '../database/errors.js'
import { closeIncidents, insertIncidents } from '../incidents/incidents.js'
import { insertOrderMails } from '../outbox/write-mails.js'
import type { MoneyIncident, ResolvedIncident } from './derive-incidents.js'
import { incidentsOf, type HandledEvent } from './handled-event.js'
import type { Unattributed } from './merge-report.js'
import type { OrderChange, Units } from './order-change.js'
import {
  deleteCartItems,
  insertAttempts,
  insertDisputes,
  insertEvents,
  insertPurchases,
  insertRefunds,
  insertRiskSignals,
  insertUnmatchedPayments,
  reduceCartItems,
  returnStock,
  updateOrders,
  type Write,
} from './settlement-sql.js'

export interface Changes {
  orders: readonly OrderChange[]
  /** What to store without an order. */
  unattributed?: Unattributed
  /** Incidents about it. */
  incidents?: { opened: readonly MoneyIncident[]; resolved: readonly ResolvedIncident[] }
  /** Events whose rows record what became of them. */
  events?: readonly HandledEvent[]
  /** Also updates the rows of events that were handled before. */
  replay?: boolean | undefined
}

/** What must not have changed since the orders were read without a lock. */
export interface Expected {
  /** By the order's id. */
  versions: ReadonlyMap<number, string>
  /** Payment intents that no unattributed refund or dispute may belong to. */
  intents: readonly string[]
}

/** An order has changed since it was read: read it again. */
export class StaleOrderError extends Error {
  override name = 'StaleOrderError'
}

/** Raised by the database function `lockUnchanged`. */
const STALE_ORDER = 'TL001'

/**
 * Writes the changes in one statement. Purchases and mails that exist already are left as they are.
 * @param expected for orders that are not locked: before it writes, the statement locks the payment intents and then the
 * orders, as `lockOrders` does, and checks this
 * @returns the ids of the events that had not been handled before; on a replay, of all events
 * @throws StaleOrderError when `expected` no longer holds; nothing was written
 */
export async function saveChanges(
  writer: RawReader,
  changes: Changes,
  expected: Expected | null = null,
): Promise<string[]> {
  const { orders, events = [], replay = false } = changes
  const guarded = expected !== null && orders.length > 0
  // Every part depends on the guard, so none is executed before it, whichever the database starts with.
  const allowed = guarded ? Prisma.sql`(SELECT true FROM guard)` : Prisma.sql`true`
  const writes = writesOf(changes, allowed)
  if (writes.length === 0 && events.length === 0) return []
  const incidents = incidentsOf(events)
  const parts = [
    ...(guarded ? [Prisma.sql`guard AS MATERIALIZED (${guard(orders, expected)})`] : []),
    ...writes.map((sql, index) => Prisma.sql`${Prisma.raw(`write${index}`)} AS (${sql})`),
    Prisma.sql`event AS (${events.length === 0 ? NO_EVENTS : insertEvents(events, replay, allowed)})`,
    // Only of events whose rows are written now: a delivery of a handled event must not open its incident again.
    ...(incidents.length === 0
      ? []
      : [Prisma.sql`incident AS (${insertIncidents(JSON.stringify(incidents), IS_WRITTEN)})`]),
  ]
  try {
    const rows = await writer.$queryRaw<
      { id: string }[]
    >`/* prepared */ WITH ${Prisma.join(parts, ', ')} SELECT id FROM event`
    return rows.map(({ id }) => id)
  } catch (error) {
    throw hasCode(error, STALE_ORDER) ? new StaleOrderError() : error
  }
}

const IS_WRITTEN = Prisma.sql`x.subject IN (SELECT id FROM event)`
const NO_EVENTS = Prisma.sql`SELECT NULL::text AS id WHERE false`

function guard(orders: readonly OrderChange[], { versions, intents }: Expected): Prisma.Sql {
  const ids = orders.map(({ order }) => order.id).sort((a, b) => a - b)
  return Prisma.sql`
    SELECT "lockUnchanged"(${[...intents]}::text[], ${ids}::int[], ${ids.map((id) => versions.get(id) ?? '')}::text[])`
}

/** One statement for each table that has something to write. */
function writesOf({ orders: changes, unattributed, incidents }: Changes, allowed: Prisma.Sql): Prisma.Sql[] {
  const rows = <Row>(pick: (change: OrderChange) => readonly Row[]) =>
    changes.flatMap((change) => pick(change).map((row) => ({ ...row, orderId: change.order.id })))
  const withoutOrder = <Row>(found: readonly Row[] = []) => found.map((row) => ({ ...row, orderId: null }))
  const orders = changes.map(({ order }) => order)
  const ids = orders.map(({ id }) => id)
  const released = summed(
    changes.flatMap((change) => change.released),
    ({ variantId }) => String(variantId),
  )
  const outOfCart = summed(
    changes.flatMap((change) => change.outOfCart),
    ({ cartId, variantId }) => `${cartId} ${variantId}`,
  )
  const opened = [...rows((change) => change.newIncidents), ...withoutOrder(incidents?.opened)]
  const resolved = [...changes.flatMap((change) => change.resolvedIncidents), ...(incidents?.resolved ?? [])]
  const unmatched = [
    ...rows((change) => change.unmatchedPayments),
    ...withoutOrder(unattributed?.unmatchedPayments),
  ]
  const riskSignals = [...rows((change) => change.riskSignals), ...withoutOrder(unattributed?.riskSignals)]
  const refunds = [...rows((change) => change.refunds), ...withoutOrder(unattributed?.refunds)]
  const disputes = [...rows((change) => change.disputes), ...withoutOrder(unattributed?.disputes)]
  const writes: [Write, readonly object[]][] = [
    [(json, guard) => updateOrders(json, guard, ids), orders],
    [insertAttempts, rows((change) => change.attempts)],
    [insertRefunds, refunds],
    [insertDisputes, disputes],
    [insertUnmatchedPayments, unmatched],
    [insertRiskSignals, riskSignals],
    [insertPurchases, rows((change) => change.purchases)],
    [insertOrderMails, rows((change) => change.mails)],
    [insertIncidents, opened],
    [closeIncidents, resolved],
    [returnStock, released],
    [deleteCartItems, outOfCart],
    [reduceCartItems, outOfCart],
  ]
  return writes.flatMap(([write, written]) =>
    written.length === 0 ? [] : [write(JSON.stringify(written), allowed)],
  )
}

/** One row for each key, with the sum of the quantities. */
function summed<Row extends Units>(rows: readonly Row[], keyOf: (row: Row) => string): Row[] {
  const sums = new Map<string, Row>()
  for (const row of rows) {
    const before = sums.get(keyOf(row))?.quantity ?? 0
    sums.set(keyOf(row), { ...row, quantity: before + row.quantity })
  }
  return [...sums.values()]
}
