// Measures how far this machine's clock is from Stripe's, by the Date header of Stripe's answers.

/** From here on the difference is reported: Stripe accepts signatures and times this far off, and so do we. */
const TOLERATED_SECONDS = 300
/** A Date header has whole seconds, and an answer takes time: smaller differences are not corrected. */
const NOISE_MS = 5000
/** The Date of an answer that took longer says too little. */
const LONGEST_ANSWER_MS = 10_000
const SAMPLES = 5
/** A session that ends so much later would be refused: Stripe allows a day. */
const FAR_MS = 12 * 3_600_000
/** The wall clock was set, or the machine slept, if it moves this far against the monotonic one. */
const STEP_MS = 2000

export class StripeClock {
  private samples: number[] = []
  private baseline = wallMinusMonotonic()
  /** Called after a measurement that changed whether the clock is further off than tolerated. */
  onVerdict: (() => void) | undefined

  /** Learns from an answer of Stripe's API. Ignores answers from a cache, slow ones, and those without a date. */
  observe(headers: Headers, sentAt: number, receivedAt: number): void {
    const date = Date.parse(headers.get('date') ?? '')
    const fromCache = headers.has('age') || /\bhit\b/i.test(headers.get('x-cache') ?? '')
    const took = receivedAt - sentAt
    if (Number.isNaN(date) || fromCache || took < 0 || took > LONGEST_ANSWER_MS) return
    const before = this.problem()
    this.forgetIfStepped()
    // The header is cut to the second, and was written somewhere between the two times.
    this.samples = [...this.samples.slice(1 - SAMPLES), date + 500 - (sentAt + receivedAt) / 2]
    if ((this.problem() === null) !== (before === null)) this.onVerdict?.()
  }

  /**
   * Milliseconds to add to this machine's time to get Stripe's. Null: not measured. The median of the last answers, so that
   * single odd ones don't count; between two, the one that is nearer to our own time.
   */
  skew(): number | null {
    this.forgetIfStepped()
    const sorted = this.samples.toSorted((a, b) => a - b)
    const middle = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
    const [nearest] = middle
      .filter((sample) => sample !== undefined)
      .toSorted((a, b) => Math.abs(a) - Math.abs(b))
    if (nearest === undefined) return null
    return Math.abs(nearest) < NOISE_MS ? 0 : nearest
  }

  /** Believes the last answer alone: Stripe has just refused a time of ours. */
  believeLast(): void {
    this.samples = this.samples.slice(-1)
  }

  /** Stripe's time, or this machine's while it is not measured. */
  now(): Date {
    return new Date(Date.now() + (this.skew() ?? 0))
  }

  /**
   * The later of Stripe's time and ours: what must end after it ends late enough by both, even if the measurement is wrong.
   * Stripe's, if the two are far apart.
   */
  later(): Date {
    const skew = this.skew() ?? 0
    return new Date(Date.now() + (skew > -FAR_MS ? Math.max(0, skew) : skew))
  }

  /** The earlier of Stripe's time and ours: what is over by then is over by both. */
  earlier(): Date {
    return new Date(Date.now() + Math.min(0, this.skew() ?? 0))
  }

  /** A sentence for the operator if the clock is further off than Stripe tolerates. Null: it is not, or not measured. */
  problem(): string | null {
    const seconds = Math.round((this.skew() ?? 0) / 1000)
    if (Math.abs(seconds) <= TOLERATED_SECONDS) return null
    return `The clock of this machine is about ${Math.abs(seconds)} seconds ${seconds > 0 ? 'slow' : 'fast'}, compared with Stripe’s.`
  }

  private forgetIfStepped(): void {
    const now = wallMinusMonotonic()
    if (Math.abs(now - this.baseline) > STEP_MS) this.samples = []
    this.baseline = now
  }
}

function wallMinusMonotonic(): number {
  return Date.now() - performance.now()
}
