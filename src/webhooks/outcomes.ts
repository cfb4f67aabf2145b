// What a handler returns for an event. For a fault that may pass, it throws.
import type { Transaction } from '../database/client.js'
import type { Outcome } from '../payments/handled-event.js'
import type { Report } from '../payments/merge-report.js'
import type { SignedEvent } from './verify.js'

/** What the event says of a payment. It is settled together with the reports of other events that arrive with it. */
export interface Reported {
  kind: 'report'
  report: Report
}

export type HandlerResult = (Outcome | Reported) & {
  /** Anything else to write, once for each event. It commits with the event's row and its settlement, or not at all. */
  write?: (tx: Transaction) => Promise<void>
}

export interface HandlerContext {
  /** Tells our own sessions from those of other apps on the same Stripe account. */
  appId: string
}

/** Reads an event. It may be called several times for one event, so it must have no effect of its own. */
export type Handler = (event: SignedEvent, context: HandlerContext) => HandlerResult
