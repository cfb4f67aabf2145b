// What an update changed, for its event.

/** The old values of the fields that an update changed, for `previous_attributes` of its event. */
export function previousValues(before: object, after: object): object {
  const now = after as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(now[name])),
  )
}
