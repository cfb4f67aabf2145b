// The sandbox's own stored values, such as its keys.
import type { Setting } from './state/records.js'
import type { Store } from './state/store.js'

const OWNER = 'sandbox'

/** Returns a stored value, and creates it at the first use. It stays the same over restarts. */
export function setting(store: Store, id: Setting['id'], create: () => string): string {
  const known = store.records(OWNER, 'setting').get(id)
  if (known) return known.value
  const value = create()
  changeSetting(store, id, value)
  return value
}

export function changeSetting(store: Store, id: Setting['id'], value: string): void {
  store.transaction(() => store.put(OWNER, 'setting', id, { id, value }))
}
