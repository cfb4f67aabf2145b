// A saved address as people write it.
import type { NewAddress } from '../accounts/addresses.js'
import { addressLines } from '../orders/address-lines.js'

export function addressTextOf({ name, postalCode, ...address }: NewAddress): string[] {
  return [name, ...addressLines({ ...address, postal_code: postalCode })]
}
