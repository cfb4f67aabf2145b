// What can become of an event. A handler returns one of these, or what the event reports of a payment; a fault that may
// pass, it throws.
import type { Transaction } from '../database/client.js'
import type { Report } from '../payments/merge-report.js'
import type { SignedEvent } from './verify.js'

export type Outcome =
  | { kind: 'done'; orderId: number | null }
  /** Of a type that we ignore on purpose or don't know, or of the other mode (test, live). */
  | { kind: 'ignored'; detail: string }
  /** Another app's on the same Stripe account. */
  | { kind: 'not_ours'; detail: string }
  /** Understood, and wrong, for good: an operator must look. */
  | { kind: 'quarantined'; detail: string; orderId: number | null }

/** What the event says of a payment: it is settled together with the others that arrived at the same moment. */
export interface Reported {
  kind: 'report'
  report: Report
}

/** What a handler returns. */
export type HandlerResult = (Outcome | Reported) & {
  /** What else is to be written, once for each event: it commits with the event and what that reports, or not at all. */
  write?: (tx: Transaction) => Promise<void>
}

export interface HandlerContext {
  /** Marks our own sessions among those of the account. */
  appId: string
}

/** Reads an event; it is called again when the database asks for another try. */
export type Handler = (event: SignedEvent, context: HandlerContext) => HandlerResult
