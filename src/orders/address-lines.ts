// Postal addresses as people write them, in their countries' order.
import { countryName } from '../shipping/countries.js'
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

function joined(parts: (string | null)[], separator: string): string {
  return parts.filter(isGiven).join(separator)
}

function isGiven(part: string | null): part is string {
  return part !== null && part !== ''
}
