// What can become of an event. A handler returns one of these; a fault that may pass, it throws.
export type Outcome =
  | { kind: 'done'; orderId: number }
  /** Of a type that we ignore on purpose or don't know, or of the other mode (test, live). */
  | { kind: 'ignored'; detail: string }
  /** Another app's on the same Stripe account. */
  | { kind: 'not_ours'; detail: string }
  /** Understood, and wrong, for good: an operator must look. */
  | { kind: 'quarantined'; detail: string; orderId: number | null }
