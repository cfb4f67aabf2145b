// Delivers events as Stripe does: signs each try, picks any of the shop's processes, and retries until it gets a 200.
import { setTimeout as wait } from 'node:timers/promises'
import Stripe from 'stripe'
import type { SignedEvent } from '../../src/webhooks/verify.js'

export interface Counts {
  tries: number
  accepted: number
  /** Statuses other than 200, and connections that were refused or cut. */
  others: Record<string, number>
}

const AT_ONCE = 12
/** A killed process does not answer. */
const PATIENCE_MS = 10_000

export class Deliverer {
  readonly counts: Counts = { tries: 0, accepted: 0, others: {} }
  /** Ids of the events that the shop answered with 200 at least once. */
  readonly answered = new Set<string>()
  private readonly waiting: SignedEvent[] = []
  private underWay = 0
  private closed = false

  constructor(
    private readonly urls: readonly string[],
    private readonly secret: string,
    private readonly random: () => number,
  ) {}

  /** Sends each event as often as it is listed. */
  send(events: readonly SignedEvent[]): void {
    this.waiting.push(...events)
    while (this.underWay < AT_ONCE && this.underWay < this.waiting.length) void this.work()
  }

  /** Resolves when every event is accepted. @throws Error when that takes too long */
  async drained(patienceSeconds: number): Promise<void> {
    const deadline = Date.now() + patienceSeconds * 1000
    while (this.underWay > 0 || this.waiting.length > 0) {
      if (Date.now() > deadline)
        throw new Error(`Not accepted in time: ${this.waiting.length}, ${JSON.stringify(this.counts)}`)
      await wait(50)
    }
  }

  close(): void {
    this.closed = true
    this.waiting.length = 0
  }

  private async work(): Promise<void> {
    this.underWay++
    for (let event = this.waiting.shift(); event !== undefined; event = this.waiting.shift()) {
      if (await this.isAccepted(event)) {
        this.answered.add(event.id)
        this.counts.accepted++
      } else if (!this.closed) {
        this.waiting.push(event)
        await wait(20 + this.random() * 80)
      }
    }
    this.underWay--
  }

  private async isAccepted(event: SignedEvent): Promise<boolean> {
    this.counts.tries++
    const url = this.urls[Math.floor(this.random() * this.urls.length)] ?? ''
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({
        payload: event.text,
        secret: this.secret,
      }),
    }
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const outcome = await fetch(`${url}/stripe/webhook`, {
      method: 'POST',
      headers,
      body: event.text,
      signal,
    }).then(
      async (response) => {
        await response.arrayBuffer().catch(() => undefined)
        return String(response.status)
      },
      () => 'no answer',
    )
    if (outcome === '200') return true
    this.counts.others[outcome] = (this.counts.others[outcome] ?? 0) + 1
    return false
  }
}
