// The sandbox's clock.

/** Runs with the real clock, and can be moved forward. */
export class Clock {
  constructor(private offset = 0) {}

  milliseconds(): number {
    return Date.now() + this.offset
  }

  /** In whole seconds, as all of Stripe's timestamps. */
  seconds(): number {
    return Math.floor(this.milliseconds() / 1000)
  }

  /** Moves the clock forward. `store` is given the new offset from real time, in milliseconds, and may throw. */
  advance(milliseconds: number, store: (offset: number) => void): void {
    store(this.offset + milliseconds)
    this.offset += milliseconds
  }
}
