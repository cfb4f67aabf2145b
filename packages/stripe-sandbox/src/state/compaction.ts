// Rewrites the journal while the sandbox runs, when it is much larger than the live data.
import type { Log } from '../log.js'
import type { Clock } from './clock.js'
import { forgetOldEvents } from './forget-old-events.js'
import type { Journal } from './journal.js'
import type { Store } from './store.js'

/**
 * Rewriting happens in one step between two requests. If the process is killed meanwhile, the old file stays as it was.
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
      log.info({ before, after: journal.size, ms }, 'the journal was rewritten')
    } catch (error) {
      // For example a full disk. The old file is still in use, so nothing is lost.
      log.warn({ err: error }, 'the journal could not be rewritten')
      journal.waitUntilItDoubles()
    }
  }
  store.onCommit(() => {
    if (planned || !journal.isBloated()) return
    planned = true
    setImmediate(compact)
  })
}
