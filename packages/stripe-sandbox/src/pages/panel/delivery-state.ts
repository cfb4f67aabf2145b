// Delivery states and targets as text.
import type { Account } from '../../state/account.js'
import type { Delivery } from '../../state/records.js'

/** One state for all deliveries of an event. */
export function deliveryState(account: Account, eventId: string): string {
  const targets = account.find('deliveries', eventId)?.targets ?? []
  if (targets.length === 0) return 'no endpoint'
  if (targets.some((target) => target.state === 'failed')) return 'failed'
  if (targets.some((target) => target.state === 'dropped')) return 'dropped'
  if (targets.some((target) => target.state === 'pending')) return 'pending'
  return targets.some((target) => target.state === 'delivered') ? 'delivered' : 'taken'
}

/** The endpoint's URL or the name of the `stripe listen`. */
export function nameOfTarget(account: Account, target: Delivery): string {
  const { name, endpoint } = target
  return name ?? account.find('webhook_endpoint', endpoint)?.url ?? `${endpoint} (deleted)`
}
