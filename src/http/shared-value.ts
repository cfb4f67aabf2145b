// Values that are the same for all who ask: made once for those who ask within half a second.
import { currentLanguage } from '../messages/index.js'

/** As long as shared pages: what visitors see is a second old at most. */
export const SHARED_MS = 500

/** Returns what was made for this key, in the current language, a moment ago, or makes it. */
export type Share<Value> = (of: string, make: () => Promise<Value>) => Promise<Value>

/** @param most how many values are kept. The oldest are forgotten */
export function sharedValues<Value>(most: number): Share<Value> {
  const kept = new Map<string, { since: number; value: Promise<Value> }>()
  return (of, make) => {
    const key = `${currentLanguage()} ${of}`
    const known = kept.get(key)
    if (known && performance.now() - known.since < SHARED_MS) return known.value
    const value = make()
    kept.delete(key)
    kept.set(key, { since: performance.now(), value })
    const [oldest] = kept.keys()
    if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    // The next one tries again.
    value.catch(() => kept.get(key)?.value === value && kept.delete(key))
    return value
  }
}
