// Handling an event again and showing what Stripe sent, on the event's page and on its order's.
import { Problem } from '../http/problem.js'
import type { Logger } from '../http/logging.js'
import { replayEvent } from '../webhooks/replay-events.js'
import type { AdminDeps } from './admin-deps.js'

/** @throws Problem with what its handler said, if it failed again */
export async function replayForOperator(
  deps: AdminDeps,
  id: string,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  await replayEvent(deps, id).catch((error: unknown) => {
    if (error instanceof Problem) throw error
    log.warn({ err: error, event: id }, 'a replayed event failed')
    throw new Problem(
      409,
      'event_failed',
      'The event could not be handled',
      `${String(error)}. The error is kept with the event: fix its cause, then replay it again.`,
      { cause: error },
    )
  })
}

export function payloadText(payload: string): string {
  return JSON.stringify(JSON.parse(payload), null, 2)
}
