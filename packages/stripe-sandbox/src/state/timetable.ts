import type { Clock } from './clock.js'

interface Entry {
  due: number
  order: number
  run: () => void
}

/** Node's timers overflow after 24.8 days, and the clock may be moved: waiting is cut into pieces. */
const LONGEST_WAIT = 60 * 60 * 1000

/** Runs things when the sandbox's clock says so: a heap with one timer for its first entry. */
export class Timetable {
  private readonly heap: Entry[] = []
  private timer: NodeJS.Timeout | undefined
  private counter = 0
  private closed = false

  constructor(private readonly clock: Clock) {}

  /** `due` is in milliseconds. What is due at the same time runs in the order in which it was planned. */
  plan(due: number, run: () => void): void {
    this.heap.push({ due, order: this.counter++, run })
    this.rise(this.heap.length - 1)
    if (this.heap[0]?.run === run) this.wake()
  }

  /** Looks again: the clock was moved, or something was planned. */
  wake(): void {
    clearTimeout(this.timer)
    const first = this.heap[0]
    if (!first || this.closed) return
    const wait = Math.min(Math.max(first.due - this.clock.milliseconds(), 0), LONGEST_WAIT)
    this.timer = setTimeout(() => this.runDue(), wait)
  }

  hasDue(): boolean {
    const first = this.heap[0]
    return first !== undefined && first.due <= this.clock.milliseconds()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.timer)
  }

  private runDue(): void {
    while (!this.closed && this.hasDue()) this.takeFirst()?.run()
    this.wake()
  }

  private takeFirst(): Entry | undefined {
    const first = this.heap[0]
    const last = this.heap.pop()
    if (this.heap.length > 0 && last) {
      this.heap[0] = last
      this.sink()
    }
    return first
  }

  private rise(start: number): void {
    for (let index = start; index > 0;) {
      const parent = (index - 1) >> 1
      if (!this.swapIfEarlier(index, parent)) return
      index = parent
    }
  }

  private sink(): void {
    for (let index = 0; ;) {
      const left = 2 * index + 1
      const child = this.isEarlier(left + 1, left) ? left + 1 : left
      if (!this.swapIfEarlier(child, index)) return
      index = child
    }
  }

  private swapIfEarlier(index: number, above: number): boolean {
    const [one, other] = [this.heap[index], this.heap[above]]
    if (!one || !other || !this.isEarlier(index, above)) return false
    this.heap[index] = other
    this.heap[above] = one
    return true
  }

  private isEarlier(index: number, than: number): boolean {
    const [one, other] = [this.heap[index], this.heap[than]]
    if (!one || !other) return false
    return one.due < other.due || (one.due === other.due && one.order < other.order)
  }
}
