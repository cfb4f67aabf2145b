// A set of events in one transaction: their effects and their rows commit together, or not at all.
import type { Database, Transaction } from '../database/client.js'
import { settle, type SettleParts } from '../payments/settle.js'
import type { Settlement } from '../payments/settlement-desk.js'
import { dispatch } from './dispatch.js'
import { saveHandled, type HandledEvent } from './event-rows.js'
import type { Outcome } from './outcomes.js'
import type { SignedEvent } from './verify.js'

export interface HandleParts extends SettleParts {
  database: Database
  appId: string
  livemode: boolean
}

/** What became of an event; whether it is news, or was handled before. */
export interface Handled {
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
  parts: HandleParts,
  events: readonly SignedEvent[],
  again = false,
): Promise<Handled[]> {
  return parts.database.prisma.$transaction(async (tx) => {
    const outcomes = await outcomesOf(tx, events, parts)
    const handled = events.map((event, index): HandledEvent => ({ event, outcome: outcomes[index] ?? LOST }))
    const news = await saveHandled(tx, handled, again)
    return handled.map(({ event, outcome }) => ({ outcome, known: !news.delete(event.id) }))
  })
}

const LOST: Outcome = { kind: 'quarantined', detail: 'nothing became of it', orderId: null }

async function outcomesOf(
  tx: Transaction,
  events: readonly SignedEvent[],
  parts: HandleParts,
): Promise<Outcome[]> {
  const readings = []
  // One after the other: they share one connection.
  for (const event of events) readings.push(await dispatch(event, { tx, appId: parts.appId }, parts.livemode))
  const reports = readings.flatMap((reading) => (reading.kind === 'report' ? [reading.report] : []))
  const settlements = reports.length === 0 ? [] : await settle(tx, reports, parts)
  return readings.map((reading) => {
    if (reading.kind !== 'report') return reading
    const settlement = settlements[reports.indexOf(reading.report)]
    return settlement ? outcomeOf(settlement, reading.report) : LOST
  })
}

function outcomeOf(
  settlement: Settlement,
  report: { kind: string; orderKey?: string | null; paymentIntentId: string | null },
): Outcome {
  switch (settlement.kind) {
    case 'settled':
      return { kind: 'done', orderId: settlement.orderId }
    case 'quarantined':
      return { kind: 'quarantined', detail: settlement.reason, orderId: settlement.orderId }
    case 'unknown_order':
      return report.kind === 'session'
        ? { kind: 'quarantined', detail: `no order has the key ${report.orderKey}`, orderId: null }
        : {
            kind: 'not_ours',
            detail: `no order was paid by ${report.paymentIntentId}, as far as is known yet`,
          }
  }
}
