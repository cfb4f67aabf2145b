// The order of an object's keys.

/** Stripe's order: `id` and `object` first, the rest by name. */
export function inKeyOrder<T extends { id: string; object: string }>(value: T): T {
  const { id, object, ...rest } = value
  const entries = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
  return { id, object, ...Object.fromEntries(entries) } as T
}
