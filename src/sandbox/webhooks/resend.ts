import { noSuch } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { Delivery } from '../state/records.js'

/** Sends an event again: to one endpoint, or to every one that it was meant for. */
export function resend(account: Account, eventId: string, endpointId?: string): void {
  const due = account.surroundings.clock.milliseconds()
  const known = account.find('deliveries', eventId)?.targets ?? []
  if (endpointId === undefined) {
    account.save('deliveries', {
      id: eventId,
      targets: known.map((target) => ({ ...target, state: 'pending', due })),
    })
    return
  }
  if (!account.find('webhook_endpoint', endpointId))
    throw noSuch('webhook_endpoint', endpointId, 'webhook_endpoint')
  const target: Delivery = known.find((found) => found.endpoint === endpointId) ?? {
    endpoint: endpointId,
    state: 'pending',
    due,
    attempts: [],
  }
  const others = known.filter((found) => found.endpoint !== endpointId)
  account.save('deliveries', { id: eventId, targets: [...others, { ...target, state: 'pending', due }] })
}
