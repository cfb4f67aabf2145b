// An event of Stripe and what became of it, as its row records both.
import type { NewIncident } from '../incidents/incidents.js'

/** What became of an event. */
export type Outcome =
  | { kind: 'done'; orderId: number | null }
  /** Of a type that we ignore on purpose or don't know, or of the other mode (test, live). */
  | { kind: 'ignored'; detail: string }
  /** Another app's on the same Stripe account, or about a payment that no order is known to have been paid by. */
  | { kind: 'not_ours'; detail: string }
  /** Valid, but contradicts what the shop knows, and a retry will not help: an operator must look. */
  | {
      kind: 'quarantined'
      detail: string
      orderId: number | null
      /** Whether an incident about its money tells the operator, instead of one about the event. */
      moneyKept?: boolean
    }

export interface HandledEvent {
  id: string
  type: string
  created: Date
  livemode: boolean
  apiVersion: string | null
  /** The event's JSON, exactly as Stripe sent it. */
  text: string
  outcome: Outcome
}

/** What an operator must look at because of these events. */
export function incidentsOf(events: readonly HandledEvent[]): NewIncident[] {
  return events.flatMap(({ id, type, outcome }) =>
    outcome.kind === 'quarantined' && outcome.moneyKept !== true
      ? [
          {
            kind: 'event_quarantined' as const,
            subject: id,
            orderId: outcome.orderId,
            message: `${type}: ${outcome.detail}`,
          },
        ]
      : [],
  )
}
