// Changes one target in the stored deliveries of an event.
import type { Account } from './account.js'
import type { Delivery } from './records.js'

/** Call it in a transaction. */
export function changeTarget(
  account: Account,
  eventId: string,
  endpointId: string,
  change: (target: Delivery) => Delivery,
): void {
  const { id, targets } = account.get('deliveries', eventId)
  account.save('deliveries', {
    id,
    targets: targets.map((target) => (target.endpoint === endpointId ? change(target) : target)),
  })
}
