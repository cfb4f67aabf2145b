// Repeats work that nobody waits for until its changes can be stored.
import type { Log } from '../log.js'
import { StorageError } from './journal.js'

/** In milliseconds of real time. */
const PAUSE = 2000

/**
 * Runs `work` now, and again while the journal can't be written, for example because the disk is full.
 * @throws any other error of the first run
 */
export function untilStored(work: () => void, log: Log): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    log.warn({ err: error }, 'a change could not be stored yet')
    setTimeout(() => repeat(work, log), PAUSE).unref()
  }
}

function repeat(work: () => void, log: Log): void {
  try {
    untilStored(work, log)
  } catch (error) {
    log.warn({ err: error }, 'a change could not be stored')
  }
}
