// Postal addresses as people write them, in their countries' order.
import { t } from '../messages/index.js'
import type { Address } from './order-facts.js'

/** Countries whose addresses have the postcode after the city: "San Francisco, CA 94103". Others begin with it: "10115 Berlin". */
const POSTCODE_AFTER_CITY = new Set('AU BR CA CN GB HK ID IE IN JP KR MY NZ PH SG TH TW US VN ZA'.split(' '))

export function addressLines({ line1, line2, city, state, postal_code, country }: Address): string[] {
  const isAfter = country === null || POSTCODE_AFTER_CITY.has(country)
  const place = isAfter
    ? joined([city, joined([state, postal_code], ' ')], ', ')
    : joined([joined([postal_code, city], ' '), state], ', ')
  return [line1, line2, place, country === null ? null : countryName(country)].filter(isGiven)
}

/** "DE" → "Germany". A code that is none stays as it is. */
export function countryName(code: string): string {
  try {
    return new Intl.DisplayNames(t().language, { type: 'region' }).of(code) ?? code
  } catch {
    return code
  }
}

function joined(parts: (string | null)[], separator: string): string {
  return parts.filter(isGiven).join(separator)
}

function isGiven(part: string | null): part is string {
  return part !== null && part !== ''
}
