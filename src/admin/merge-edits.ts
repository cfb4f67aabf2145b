// Two operators edited one product: keeps what each of them changed, and says where both did.

type Values = Readonly<Record<string, string>>

export interface Merged {
  values: Record<string, string>
  /** By field: what the other saved meanwhile. */
  notes: Record<string, { saved: string; isReplaced: boolean }>
}

/**
 * @param base the fields as the form was opened
 * @param typed as the second operator sent them
 * @param current as the first one has saved them
 */
export function mergeEdits(base: Values, typed: Values, current: Values): Merged {
  const merged: Merged = { values: { ...current }, notes: {} }
  for (const field of Object.keys(current)) {
    const [was = '', now = ''] = [base[field], current[field]]
    // A box that is not checked is not sent.
    const mine = Object.hasOwn(base, field) ? plainLines(typed[field] ?? '') : was
    const changedByThem = now !== was
    const changedByMe = mine !== was
    if (changedByMe) merged.values[field] = mine
    if (changedByThem && mine !== now) merged.notes[field] = { saved: now, isReplaced: changedByMe }
  }
  return merged
}

/** Browsers send the lines of a text with a carriage return each. */
function plainLines(text: string): string {
  return text.replaceAll('\r\n', '\n')
}
