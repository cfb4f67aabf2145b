// What the doctor finds: one line each, with what to do about it.

/**
 * `ok`: as it should be. `warning`: the shop can sell, and something is missing or may go wrong. `fault`: it can't sell, or
 * would lose or give away something.
 */
export type Verdict = 'ok' | 'warning' | 'fault'

export type Area =
  'configuration' | 'database' | 'stripe' | 'webhooks' | 'mail' | 'address' | 'clock' | 'disk'

export interface Finding {
  area: Area
  verdict: Verdict
  /** A sentence. It never has a password, a key or a secret in it. */
  found: string
  /** What to do. Missing where nothing is to be done. */
  advice?: string
}

/** Makes findings of one area. */
export function findingsOf(area: Area) {
  return {
    ok: (found: string): Finding => ({ area, verdict: 'ok', found }),
    warning: (found: string, advice: string): Finding => ({ area, verdict: 'warning', found, advice }),
    fault: (found: string, advice: string): Finding => ({ area, verdict: 'fault', found, advice }),
  }
}

/** What an error says, without its stack. Node's fetch hides the reason in the cause. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (error.message === 'fetch failed' && cause !== undefined) return reasonOf(cause)
  return error.message || error.name
}
