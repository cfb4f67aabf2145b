// Who acts as an operator: set once for a request or a command, and read when something is written to the audit log.
import { AsyncLocalStorage } from 'node:async_hooks'

export interface Actor {
  kind: 'operator' | 'command' | 'api'
  /** The operator's account. Null for commands. */
  userId: number | null
  /** The operator's IP address. Of a command: who ran it on which machine, "deploy@web-1". */
  address: string | null
  /** The request's id in the log. */
  requestId: string | null
}

const acting = new AsyncLocalStorage<Actor>()

/** Runs something, and all that it awaits, on behalf of an operator. */
export function actAs<Result>(actor: Actor, work: () => Result): Result {
  return acting.run(actor, work)
}

/** The operator on whose behalf this runs. Null for shoppers and for the shop itself. */
export function currentActor(): Actor | null {
  return acting.getStore() ?? null
}
