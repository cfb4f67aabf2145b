// Sends events again.
import { noSuch } from '../api/errors.js'
import type { Account } from '../state/account.js'
import { deliveryThrough, deliveryTo, isThroughCli } from '../state/delivery-targets.js'
import type { Delivery } from '../state/records.js'

/** Sends an event again to each of its targets that still exists. */
export function resendToAll(account: Account, eventId: string): void {
  const known = account.find('deliveries', eventId)?.targets ?? []
  const existing = known.filter(
    (target) => !isThroughCli(target) || account.find('cli_session', target.endpoint),
  )
  sendAgain(account, eventId, existing)
}

/** Sends an event to one endpoint or `stripe listen`, whether or not it was a target before. */
export function resend(account: Account, eventId: string, endpointId: string): void {
  const due = account.context.clock.milliseconds()
  const session = account.find('cli_session', endpointId)
  if (session) sendAgain(account, eventId, [deliveryThrough(session, due)])
  else if (account.find('webhook_endpoint', endpointId)) {
    sendAgain(account, eventId, [deliveryTo(endpointId, due)])
  } else throw noSuch('webhook_endpoint', endpointId, 'webhook_endpoint')
}

/** Sends an event again through every running `stripe listen`, or to its original targets if none is running. */
export function resendThroughCli(account: Account, eventId: string): void {
  const due = account.context.clock.milliseconds()
  const listeners = account.listeners()
  if (listeners.length === 0) resendToAll(account, eventId)
  else
    sendAgain(
      account,
      eventId,
      listeners.map((session) => deliveryThrough(session, due)),
    )
}

/** Keeps the earlier attempts. */
function sendAgain(account: Account, eventId: string, wanted: readonly Delivery[]): void {
  const due = account.context.clock.milliseconds()
  const known = account.find('deliveries', eventId)?.targets ?? []
  const again = wanted.map((target): Delivery => {
    const attempts = known.find((other) => other.endpoint === target.endpoint)?.attempts ?? []
    return { ...target, state: 'pending', due, attempts }
  })
  const others = known.filter((target) => !again.some((other) => other.endpoint === target.endpoint))
  account.save('deliveries', { id: eventId, targets: [...others, ...again] })
}
