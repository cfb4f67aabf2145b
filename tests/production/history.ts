// What clients sent, when, and what they were told: the record that the database is compared with.

/** What a client does, in the words of the printed table. */
export type Kind = 'event' | 'sign-in' | 'checkout' | 'return' | 'orders'

export interface Exchange {
  kind: Kind
  /** Milliseconds since the history began. */
  at: number
  took: number
  /** Id of the event, or address of the shopper. */
  what: string
  /** 0: no answer. */
  status: number
  /** Session at Stripe, session of the shop, or orders with their status. */
  told: string[]
}

/** The site could not do it. Clients come back, and Stripe sends it again. */
export const hasFailed = ({ status }: Exchange) => status === 0 || status >= 500

/** A promise that the database must keep. */
export const isAcknowledged = ({ status }: Exchange) => status >= 200 && status < 400

export class History {
  readonly exchanges: Exchange[] = []
  private readonly began = Date.now()

  now(): number {
    return Date.now() - this.began
  }

  since(at: number): Exchange[] {
    return this.exchanges.filter((one) => one.at >= at)
  }

  /** Milliseconds from a fault until the last request that failed had been answered or given up. */
  recoveryAfter(fault: number): number {
    // One that was under way when the fault began counts.
    const ends = this.exchanges.filter(hasFailed).map((one) => one.at + one.took)
    return Math.max(0, ...ends.map((end) => end - fault))
  }

  /** What was acknowledged, by kind: ids of events, or what shoppers were told. */
  acknowledged(kind: Kind): string[] {
    const found = this.exchanges.filter((one) => one.kind === kind && isAcknowledged(one))
    return [...new Set(found.flatMap((one) => (kind === 'event' ? [one.what] : one.told)))]
  }
}
