import type { Metadata } from '../wire.js'
import { invalidRequest } from './errors.js'

const mostKeys = 50
const longestKey = 40
const longestValue = 500

/** Merges a request's metadata into what is stored: an empty value unsets its key, an empty text unsets all. */
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
    if (key.length > longestKey) {
      throw invalidRequest(
        `Metadata keys can have up to ${longestKey} characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`,
        param,
      )
    }
    if (value.length > longestValue) {
      throw invalidRequest(
        `Metadata values can have up to ${longestValue} characters, but you passed in a value that is ${value.length} characters. Invalid value: ${value}`,
        `${param}[${key}]`,
      )
    }
    if (value === '') Reflect.deleteProperty(merged, key)
    else merged[key] = value
  }
  if (Object.keys(merged).length > mostKeys) {
    throw invalidRequest(
      `Metadata can have up to ${mostKeys} keys, but ${Object.keys(merged).length} were given.`,
      param,
    )
  }
  return merged
}
