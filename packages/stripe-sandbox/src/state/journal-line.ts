// Reads a line of the journal, also one that is damaged.

/** Account, kind, id and the new value. `null` removes the record. */
export type Change = [account: string, kind: string, id: string, value: unknown]

/** How every line begins. */
const START = Buffer.from('[["')

/**
 * The changes of a line (null if it has none), and what can't be read of it. After a write that failed half-way, a complete transaction can
 * follow half a line or a hole of zeros on the same line.
 */
export function readChanges(line: Buffer): { changes: Change[] | null; rest: Buffer } {
  for (let start = line.indexOf(START); start !== -1; start = line.indexOf(START, start + 1)) {
    const changes = parse(line.toString('utf8', start))
    if (changes) return { changes, rest: line.subarray(0, start) }
  }
  return { changes: null, rest: line }
}

function parse(text: string): Change[] | null {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every(isChange) ? value : null
  } catch {
    return null
  }
}

function isChange(value: unknown): value is Change {
  return (
    Array.isArray(value) &&
    value.length === 4 &&
    value.slice(0, 3).every((part) => typeof part === 'string') &&
    typeof value[3] === 'object'
  )
}
