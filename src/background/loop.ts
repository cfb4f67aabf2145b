// Runs a job repeatedly, never twice at once in one process, until it is stopped.
import type { Logger } from '../http/logging.js'
import { begin } from '../telemetry/span.js'

export interface Loop {
  /** Runs the job now instead of waiting for the interval to end. */
  wake(): void
  /** Resolves when the current run has ended. No run follows. */
  stop(): Promise<void>
}

/** Told of a loop that fails for longer than a passing fault, and of its next success. */
export interface LoopWatch {
  failing(name: string, error: unknown): Promise<void>
  recovered(name: string): Promise<void>
}

/** A database or Stripe that is away for a moment needs no person. */
const PASSING_FAULT_MINUTES = 5

/**
 * Starts the loop with a first run.
 * @param work resolves to true when there may be more to do, which is then done without a pause
 */
export function startLoop(
  name: string,
  everySeconds: number,
  work: () => Promise<boolean>,
  log: Logger,
  watch?: LoopWatch,
): Loop {
  let stopping = false
  /** Null after a success. The first success counts as one after a failure: another process may have failed and died. */
  let failingSince: number | null = Infinity
  let wakeUp = () => {}
  let woken = false

  async function run(): Promise<void> {
    while (!stopping) {
      woken = false
      let more = false
      const began = Date.now()
      try {
        more = await work()
        // A turn that had nothing to do is not worth a span.
        if (more) begin(`loop ${name}`, { 'till.loop': name }, 'internal', began)?.end()
        if (failingSince !== null) await watch?.recovered(name)
        failingSince = null
      } catch (error) {
        log.error({ err: error, loop: name }, 'a background loop failed; it will run again')
        const span = begin(`loop ${name}`, { 'till.loop': name }, 'internal', began)
        span?.fail(error)
        span?.end()
        failingSince = Math.min(failingSince ?? Infinity, Date.now())
        if (Date.now() - failingSince >= PASSING_FAULT_MINUTES * 60_000)
          // The database may be what fails.
          await watch?.failing(name, error).catch(() => undefined)
      }
      if (!more) await pause()
    }
  }

  function pause(): Promise<void> {
    if (stopping || woken) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, everySeconds * 1000)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  const wake = () => {
    woken = true
    wakeUp()
  }
  const ended = run()
  return {
    wake,
    async stop() {
      stopping = true
      wake()
      await ended
    },
  }
}
