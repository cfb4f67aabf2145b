// Limits how many lists and searches are read at once, so that nothing else waits behind them for a connection.
import { t } from '../messages/index.js'
import { Problem } from './problem.js'

/** Runs the queries of one list. @throws Problem 503 when too many are waiting, or it has waited too long */
export type ReadList = <Result>(read: () => Promise<Result>) => Promise<Result>

/** A list makes up to three queries at once, each on a connection: this leaves two fifths of the connections. */
const CONNECTIONS_PER_LIST = 5
/** Requests that may wait for their turn, and for how long. */
const MAX_WAITING = 100
const MAX_WAIT_SECONDS = 5

/** @param connections how many the process has */
export function limitLists(connections: number): ReadList {
  let free = Math.max(1, Math.floor(connections / CONNECTIONS_PER_LIST))
  const waiting: (() => void)[] = []

  function turn(): Promise<void> {
    if (free > 0) {
      free -= 1
      return Promise.resolve()
    }
    if (waiting.length >= MAX_WAITING) throw busy()
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(begin), 1)
        reject(busy())
      }, MAX_WAIT_SECONDS * 1000)
      waiting.push(begin)
    })
  }

  return async (read) => {
    await turn()
    try {
      return await read()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}

function busy(): Problem {
  const { busyTitle, busy: text } = t().errors
  return new Problem(503, 'busy', busyTitle, text, { retryAfter: MAX_WAIT_SECONDS })
}
