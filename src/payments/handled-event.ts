// An event of Stripe and what became of it, as its row records both.

/** What became of an event. */
export type Outcome =
  | { kind: 'done'; orderId: number | null }
  /** Of a type that we ignore on purpose or don't know, or of the other mode (test, live). */
  | { kind: 'ignored'; detail: string }
  /** Another app's on the same Stripe account, or about a payment that no order is known to have been paid by. */
  | { kind: 'not_ours'; detail: string }
  /** Valid, but contradicts what the shop knows, and a retry will not help: an operator must look. */
  | { kind: 'quarantined'; detail: string; orderId: number | null }

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
