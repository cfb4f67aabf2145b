// Keeps an event that could not be handled, and tells the operator once it is given up.
import type { Transaction } from '../database/client.js'
import { openIncident } from '../incidents/incidents.js'
import { mustHandle } from './dispatch.js'
import { saveFailed } from './event-rows.js'
import type { SignedEvent } from './verify.js'

/** Stores the event with the error, and when to try again. After the last try, opens an incident. */
export async function keepFailed(
  { appId, livemode }: { appId: string; livemode: boolean },
  tx: Transaction,
  event: SignedEvent,
  error: unknown,
): Promise<void> {
  const gaveUp = await saveFailed(tx, event, error)
  if (!gaveUp || !mustHandle(event, { appId }, livemode)) return
  await openIncident(tx, {
    kind: 'event_failed',
    subject: event.id,
    orderId: null,
    message: `${event.type}: ${String(error)}`,
  })
}
