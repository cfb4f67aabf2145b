// The tax IDs that are stored with a customer.
import { invalidRequest } from '../api/errors.js'
import { isTaxId, TAX_ID_TYPES, type TaxId } from '../money/tax-ids.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { TaxIdRecord } from '../wire.js'

/** Throws for a number that does not have the format of its type. */
export function checkTaxId(taxId: TaxId, param: string): TaxId {
  if (isTaxId(taxId)) return taxId
  throw invalidRequest(`Invalid value for ${taxId.type}.`, param, 'tax_id_invalid')
}

/** Stores a tax ID, and sends its event. The sandbox does not verify it with a tax office. */
export function createTaxId(account: Account, customerId: string, { type, value }: TaxId): TaxIdRecord {
  const created = account.save('tax_id', {
    id: newId('tax_id'),
    object: 'tax_id',
    country: countryOf({ type, value }),
    created: account.now(),
    customer: customerId,
    customer_account: null,
    livemode: false,
    owner: { customer: customerId, customer_account: null, type: 'customer' },
    type,
    value,
    verification: { status: 'unavailable', verified_address: null, verified_name: null },
  })
  account.emit('customer.tax_id.created', created)
  return created
}

/** The customer's tax IDs, the oldest first. */
export function taxIdsOf(account: Account, customerId: string | null): TaxId[] {
  if (customerId === null) return []
  return [...account.all('tax_id').oldestFirst()]
    .filter((taxId) => taxId.customer === customerId)
    .map(({ type, value }) => ({ type, value }))
}

/** The country that the number names or that its type belongs to. */
function countryOf({ type, value }: TaxId): string | null {
  const countries = TAX_ID_TYPES[type]?.countries ?? []
  if (countries.length === 1) return countries[0] ?? null
  const prefix = value.slice(0, 2).toUpperCase()
  return countries.find((country) => country === (prefix === 'EL' ? 'GR' : prefix)) ?? null
}
