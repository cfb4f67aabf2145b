// What is kept of an erased customer's addresses: the country and tax IDs, for the books.
import type { Addressee, Collected, TaxId } from './order-facts.js'

export function erasedCollected({
  shipping,
  billing,
  taxIds,
  presentment,
  promotionCode,
}: Collected): Collected {
  return {
    shipping: countryOf(shipping),
    phone: null,
    billing: countryOf(billing),
    ...{ taxIds, presentment },
    ...(promotionCode !== undefined && { promotionCode }),
  }
}

/** Null if there was no country. */
export function countryOf(addressee: Addressee | null): Addressee | null {
  const country = addressee?.address?.country ?? null
  if (country === null) return null
  const address = { line1: null, line2: null, city: null, state: null, postal_code: null, country }
  return { name: null, address }
}

export function erasedBilling(
  billing: (Addressee & { taxIds: TaxId[] }) | null,
): (Addressee & { taxIds: TaxId[] }) | null {
  const taxIds = billing?.taxIds ?? []
  const country = countryOf(billing)
  return country === null && taxIds.length === 0 ? null : { name: null, address: null, ...country, taxIds }
}
