import type { Setting } from './state/records.js'
import type { Store } from './state/store.js'

const OWNER = 'sandbox'

/** A value of the sandbox itself, made at its first use and the same after a restart. */
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
