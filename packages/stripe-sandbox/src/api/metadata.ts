// Merges and limits metadata.
import type { Metadata } from '../wire.js'
import { invalidRequest } from './errors.js'

const MOST_KEYS = 50
const LONGEST_KEY = 40
const LONGEST_VALUE = 500

/** Merges a request's metadata into the stored one: an empty value removes its key, an empty string removes all. */
export function mergeMetadata(
  stored: Metadata,
  given: Record<string, string | number | null> | '' | null | undefined,
  param = 'metadata',
): Metadata {
  if (given === undefined) return stored
  if (given === '' || given === null) return {}
  const merged = { ...stored }
  for (const [key, raw] of Object.entries(given)) {
    const value = String(raw ?? '')
    if (key.length > LONGEST_KEY) {
      throw invalidRequest(
        `Metadata keys can have up to ${LONGEST_KEY} characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`,
        param,
      )
    }
    if (value.length > LONGEST_VALUE) {
      throw invalidRequest(
        `Metadata values can have up to ${LONGEST_VALUE} characters, but you passed in a value that is ${value.length} characters. Invalid value: ${value}`,
        `${param}[${key}]`,
      )
    }
    if (value === '') Reflect.deleteProperty(merged, key)
    else merged[key] = value
  }
  if (Object.keys(merged).length > MOST_KEYS) {
    throw invalidRequest(
      `Metadata can have up to ${MOST_KEYS} keys, but ${Object.keys(merged).length} were given.`,
      param,
    )
  }
  return merged
}
