// Runs a job repeatedly, never twice at once in one process, until it is stopped.
import type { Logger } from '../http/logging.js'

export interface Loop {
  /** Runs the job now instead of waiting for the interval to end. */
  wake(): void
  /** Resolves when the current run has ended. No run follows. */
  stop(): Promise<void>
}

/**
 * Starts the loop with a first run.
 * @param work resolves to true when there may be more to do, which is then done without a pause
 */
export function startLoop(
  name: string,
  everySeconds: number,
  work: () => Promise<boolean>,
  log: Logger,
): Loop {
  let stopping = false
  let wakeUp = () => {}
  let woken = false

  async function run(): Promise<void> {
    while (!stopping) {
      woken = false
      let more = false
      try {
        more = await work()
      } catch (error) {
        log.error({ err: error, loop: name }, 'a background loop failed; it will run again')
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
