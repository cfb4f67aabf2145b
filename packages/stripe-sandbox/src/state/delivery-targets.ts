// The targets of an event: webhook endpoints, and every running `stripe listen`.
import type { CliSession, Delivery } from './records.js'

export function deliveryTo(endpointId: string, due: number): Delivery {
  return { endpoint: endpointId, state: 'pending', due, attempts: [] }
}

export function deliveryThrough(session: CliSession, due: number): Delivery {
  return { ...deliveryTo(session.id, due), name: nameOf(session) }
}

/** The name of a `stripe listen`, which has no URL of its own. */
export function nameOf(session: CliSession): string {
  return session.forwardsTo === null ? 'stripe listen' : `stripe listen → ${session.forwardsTo}`
}

/** Whether this target is a `stripe listen` rather than a webhook endpoint. */
export function isThroughCli(target: Delivery): boolean {
  return target.name !== undefined
}

/** Whether this CLI session receives events. */
export function isListening(session: CliSession): boolean {
  return session.connected && session.features.includes('webhooks')
}

/** Whether this target has received the event. */
export function hasReceived(target: Delivery): boolean {
  return target.state === 'delivered' || target.state === 'taken'
}
