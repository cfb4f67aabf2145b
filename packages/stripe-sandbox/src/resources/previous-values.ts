// What an update changed, for the event about it.

/** What an update changed, as `previous_attributes` of its event shows it. */
export function previousValues(before: object, after: object): object {
  const now = after as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(now[name])),
  )
}
