// A loop that does a piece of work again and again, alone in its process, and stops when asked.
import type { Logger } from '../http/logging.js'

export interface Loop {
  /** Does the work now, without waiting for its turn. */
  wake(): void
  /** Resolves when the work under way is done and there will be no more. */
  stop(): Promise<void>
}

/** @param work resolves to true when there may be more to do at once */
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
        log.error({ err: error, loop: name }, 'a background loop failed; it goes on')
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
