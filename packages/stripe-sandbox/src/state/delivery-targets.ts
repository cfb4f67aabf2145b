// Where an event goes: to webhook endpoints, and through every `stripe listen` that runs.
import type { CliSession, Delivery } from './records.js'

export function deliveryTo(endpointId: string, due: number): Delivery {
  return { endpoint: endpointId, state: 'pending', due, attempts: [] }
}

export function deliveryThrough(session: CliSession, due: number): Delivery {
  return { ...deliveryTo(session.id, due), name: nameOf(session) }
}

/** What to call a run of `stripe listen`, which has no URL of its own. */
export function nameOf(session: CliSession): string {
  return session.forwardsTo === null ? 'stripe listen' : `stripe listen → ${session.forwardsTo}`
}

/** Whether this target is a run of `stripe listen`, and not a webhook endpoint. */
export function isThroughCli(target: Delivery): boolean {
  return target.name !== undefined
}

/** Whether this run of `stripe listen` receives events. */
export function isListening(session: CliSession): boolean {
  return session.connected && session.features.includes('webhooks')
}

/** Whether nothing is left to do for this target. */
export function isThere(target: Delivery): boolean {
  return target.state === 'delivered' || target.state === 'taken'
}
