// Runs functions when the sandbox's clock reaches a time.
import type { Clock } from './clock.js'

interface Entry {
  due: number
  order: number
  run: () => void
}

/** Node's timers overflow after 24.8 days, so longer waits are split. In milliseconds. */
const LONGEST_WAIT = 60 * 60 * 1000

/** A heap of entries, with one timer for the first. */
export class Timetable {
  private readonly heap: Entry[] = []
  private timer: NodeJS.Timeout | undefined
  private counter = 0
  private closed = false

  constructor(private readonly clock: Clock) {}

  /** `due` is in milliseconds. Entries with the same time run in the order they were added. */
  plan(due: number, run: () => void): void {
    this.heap.push({ due, order: this.counter++, run })
    this.rise(this.heap.length - 1)
    if (this.heap[0]?.run === run) this.wake()
  }

  /** Call it after the clock was moved. */
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
