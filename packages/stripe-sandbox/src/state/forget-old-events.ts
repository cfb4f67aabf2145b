// Removes events that are too old to be listed.
import type { Clock } from './clock.js'
import type { Store } from './store.js'

/** In seconds: Stripe lists events for 30 days. */
const LIFETIME = 30 * 24 * 60 * 60

export function forgetOldEvents(store: Store, clock: Clock): void {
  const oldest = clock.seconds() - LIFETIME
  store.transaction(() => {
    for (const accountId of store.accountIds()) {
      for (const event of [...store.records(accountId, 'event').oldestFirst()]) {
        if (event.created > oldest) break
        store.delete(accountId, 'event', event.id)
        store.delete(accountId, 'deliveries', event.id)
      }
    }
  })
}
