import type { Log } from '../log.js'
import type { Clock } from './clock.js'
import { forgetOldEvents } from './forget-old-events.js'
import type { Journal } from './journal.js'
import type { Store } from './store.js'

/**
 * Keeps a journal from growing for as long as the sandbox runs: one that is much larger than what is alive is
 * rewritten. In one step, between two requests; a process that is killed meanwhile leaves the old file as it was.
 */
export function compactWhileRunning(store: Store, journal: Journal, clock: Clock, log: Log): void {
  let planned = false
  const compact = (): void => {
    planned = false
    if (!journal.isOpen()) return
    const before = journal.size
    const started = performance.now()
    try {
      forgetOldEvents(store, clock)
      store.compact()
      const ms = Math.round(performance.now() - started)
      log.info({ before, after: journal.size, ms }, 'the journal of the sandbox was rewritten')
    } catch (error) {
      // A full disk, for example: the old file is still in use, and nothing is lost.
      log.warn({ err: error }, 'the journal of the sandbox could not be rewritten')
      journal.waitUntilItDoubles()
    }
  }
  store.onCommit(() => {
    if (planned || !journal.isBloated()) return
    planned = true
    setImmediate(compact)
  })
}
