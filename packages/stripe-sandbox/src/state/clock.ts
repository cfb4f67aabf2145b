/** The sandbox's time. It runs with the real clock and can be moved forward, so that an expiry needs no waiting. */
export class Clock {
  constructor(private offset = 0) {}

  milliseconds(): number {
    return Date.now() + this.offset
  }

  /** Whole seconds, as all of Stripe's timestamps. */
  seconds(): number {
    return Math.floor(this.milliseconds() / 1000)
  }

  /** Returns the new distance to real time, in milliseconds. */
  advance(milliseconds: number): number {
    this.offset += milliseconds
    return this.offset
  }
}
