// A set of events, handled together: their effects and their rows commit together, or not at all.
import type { Database } from '../database/client.js'
import { noOrderYet } from '../payments/attribute-early-events.js'
import { settleQuickly, settleWith, type SettleDeps } from '../payments/settle.js'
import type { Settlement } from '../payments/apply-reports.js'
import { dispatch } from './dispatch.js'
import { handledRows, type HandledEvent } from './event-rows.js'
import type { Outcome } from './outcomes.js'
import type { SignedEvent } from './verify.js'

export interface HandleDeps extends SettleDeps {
  database: Database
  appId: string
  livemode: boolean
}

/** What became of an event; whether it is news, or was handled before. */
export interface EventResult {
  outcome: Outcome
  known: boolean
}

/**
 * Handles events together. Their effects are merged into what is known, so an event that was handled before changes
 * nothing; it is told apart for the answer only.
 * @param again handles events anew that were handled before, and records what becomes of them now
 * @throws what a handler or the database threw; nothing of the set is kept then
 */
export async function handleEvents(
  deps: HandleDeps,
  events: readonly SignedEvent[],
  again = false,
): Promise<EventResult[]> {
  const { prisma } = deps.database
  const readings = events.map((event) => dispatch(event, deps, deps.livemode))
  const reports = readings.flatMap((reading) => (reading.kind === 'report' ? [reading.report] : []))
  const outcomes = (settlements: readonly Settlement[]) => {
    let settled = 0
    return readings.map((reading) =>
      reading.kind === 'report' ? outcomeOf(settlements[settled++], reading.report) : reading,
    )
  }
  const closing = (settlements: Settlement[]) => handledRows(pairs(events, outcomes(settlements)), again)
  const mayBeQuick = readings.every(({ write }) => write === undefined)
  const quick = mayBeQuick ? await settleQuickly(prisma, reports, deps, closing) : null
  const { settlements, rows } =
    quick ??
    (await prisma.$transaction(async (tx) => {
      const settled = await settleWith(tx, reports, deps, closing)
      for (const { id } of settled.rows)
        await readings[events.findIndex((event) => event.id === id)]?.write?.(tx)
      return settled
    }))
  const news = new Set(rows.map(({ id }) => id))
  return outcomes(settlements).map((outcome, index) => ({
    outcome,
    known: !news.delete(events[index]?.id ?? ''),
  }))
}

function pairs(events: readonly SignedEvent[], outcomes: readonly Outcome[]): HandledEvent[] {
  return events.flatMap((event, index) => {
    const outcome = outcomes[index]
    return outcome === undefined ? [] : [{ event, outcome }]
  })
}

function outcomeOf(
  settlement: Settlement | undefined,
  report: { kind: string; orderKey?: string | null; paymentIntentId: string | null },
): Outcome {
  switch (settlement?.kind) {
    case undefined:
      throw new Error('A report was not settled.')
    case 'settled':
      return { kind: 'done', orderId: settlement.orderId }
    case 'quarantined':
      return { kind: 'quarantined', detail: settlement.reason, orderId: settlement.orderId }
    case 'unknown_order':
      return report.kind === 'session'
        ? { kind: 'quarantined', detail: `no order has the key ${report.orderKey}`, orderId: null }
        : { kind: 'not_ours', detail: noOrderYet(report.paymentIntentId) }
  }
}
