// Handles a set of events: their effects and their rows commit together, or not at all.
import type { Database } from '../database/client.js'
import type { Settlement } from '../payments/apply-reports.js'
import { noOrderYet } from '../payments/attribute-early-events.js'
import type { HandledEvent, Outcome } from '../payments/handled-event.js'
import type { Report } from '../payments/merge-report.js'
import { settleOptimistically } from '../payments/settle-optimistically.js'
import { settle, type SettleDeps, type SettleResult } from '../payments/settle.js'
import { inSpan } from '../telemetry/span.js'
import { dispatch } from './dispatch.js'
import type { HandlerResult } from './outcomes.js'
import type { SignedEvent } from './verify.js'

export interface HandleDeps extends SettleDeps {
  database: Database
  appId: string
  livemode: boolean
}

export interface EventResult {
  outcome: Outcome
  /** Whether the event had been handled before. */
  known: boolean
}

/**
 * Handles events together. An event that was handled before changes nothing, because its effects are merged into facts
 * that include them already.
 * @param options.replay records the outcome again for events that were handled before
 * @returns what became of each event, in the order of the events
 * @throws what a handler or the database threw; nothing of the set is committed then
 */
export async function handleEvents(
  deps: HandleDeps,
  events: readonly SignedEvent[],
  { replay = false } = {},
): Promise<EventResult[]> {
  const { prisma } = deps.database
  const results = events.map((event) => dispatch(event, deps, deps.livemode))
  const reports = results.flatMap((result) => (result.kind === 'report' ? [result.report] : []))
  const options = {
    operatorEmail: deps.operatorEmail,
    events: (settlements: readonly Settlement[]) => handledEvents(events, results, settlements),
    replay,
  }
  const writesMore = results.some(({ write }) => write !== undefined)
  const settleAll = async () =>
    (writesMore ? null : await settleOptimistically(deps.database.webhooks, reports, options)) ??
    (await prisma.$transaction(async (tx) => {
      const result = await settle(tx, { reports }, options)
      for (const id of result.newEventIds)
        await results[events.findIndex((event) => event.id === id)]?.write?.(tx)
      return result
    }))
  const ids = events.map(({ id }) => id)
  const settled = await inSpan('settle', { 'till.reports': reports.length, 'stripe.events': ids }, settleAll)
  return eventResults(settled)
}

/** @param settlements of those results that are reports, in their order */
function handledEvents(
  events: readonly SignedEvent[],
  results: readonly HandlerResult[],
  settlements: readonly Settlement[],
): HandledEvent[] {
  const remaining = [...settlements]
  return events.flatMap((event, index) => {
    const result = results[index]
    if (result === undefined) return []
    const outcome = result.kind === 'report' ? outcomeOf(remaining.shift(), result.report) : result
    return [{ ...event, outcome }]
  })
}

function outcomeOf(settlement: Settlement | undefined, report: Report): Outcome {
  switch (settlement?.kind) {
    case undefined:
      throw new Error('A report was not settled.')
    case 'settled':
      return { kind: 'done', orderId: settlement.orderId }
    case 'quarantined':
      return {
        kind: 'quarantined',
        detail: settlement.reason,
        orderId: settlement.orderId,
        moneyKept: settlement.moneyKept,
      }
    case 'unknown_order':
      return { kind: 'not_ours', detail: noOrderYet(report.paymentIntentId) }
  }
}

/** An event that is twice in the set is new once. */
function eventResults({ events, newEventIds }: SettleResult): EventResult[] {
  const isNew = new Set(newEventIds)
  return events.map(({ id, outcome }) => ({ outcome, known: !isNew.delete(id) }))
}
