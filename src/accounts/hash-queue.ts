// Runs a few hashes at a time and lets a limited number wait, so that a burst of sign-ins stalls nothing else.
import pLimit from 'p-limit'

export type HashQueue = <Result>(work: () => Promise<Result>) => Promise<Result>

/** @param refusal the error to throw when the queue is full */
export function createHashQueue(atOnce: number, maxWaiting: number, refusal: () => Error): HashQueue {
  const limit = pLimit(atOnce)
  return async (work) => {
    if (limit.activeCount + limit.pendingCount >= atOnce + maxWaiting) throw refusal()
    return limit(work)
  }
}
