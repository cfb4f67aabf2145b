// The id of the request that is being answered, for what happens on its behalf far from it.
import { AsyncLocalStorage } from 'node:async_hooks'

const ids = new AsyncLocalStorage<string>()

/** Runs the rest of a request. */
export function withRequestId<Result>(id: string, work: () => Result): Result {
  return ids.run(id, work)
}

/** Null outside of a request, such as in a background loop. */
export function currentRequestId(): string | null {
  return ids.getStore() ?? null
}
