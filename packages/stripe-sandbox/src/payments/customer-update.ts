// Saving what a customer entered on the pay page to their record (`customer_update`).
import { invalidRequest } from '../api/errors.js'
import { previousValues } from '../resources/previous-values.js'
import type { Account } from '../state/account.js'
import type { SessionDetails } from '../state/records.js'
import type { Session } from '../wire.js'
import { createTaxId } from './customer-tax-ids.js'
import { type BillingDetails, fullAddress } from './payment-methods.js'

/** The fields that `customer_update` asks to save. */
export function readCustomerUpdate(given: {
  customer?: string
  customer_update?: { address?: string; name?: string; shipping?: string }
}): Pick<SessionDetails, 'keepsOfCustomer'> {
  const { customer, customer_update: update } = given
  if (update === undefined) return {}
  if (customer === undefined)
    throw invalidRequest('`customer_update` can only be used with `customer`.', 'customer_update')
  const names = (['address', 'name', 'shipping'] as const).filter((name) => update[name] === 'auto')
  return { keepsOfCustomer: names }
}

/** Updates the customer given for the session with what they entered, for the fields named in `customer_update`. */
export function updateCustomer(account: Account, session: Session, billing: BillingDetails): void {
  const { keepsOfCustomer: fields = [], business } = account.get('session_details', session.id)
  const customer = account.find('customer', session.customer)
  if (!customer || fields.length === 0) return
  const name = business?.name ?? billing.name
  const shipping = session.collected_information?.shipping_details
  const updated = account.update('customer', customer.id, {
    ...(fields.includes('address') && billing.address ? { address: fullAddress(billing.address) } : {}),
    ...(fields.includes('name') && name ? { name } : {}),
    ...(fields.includes('shipping') && shipping
      ? { shipping: { address: shipping.address, name: shipping.name, phone: billing.phone ?? null } }
      : {}),
  })
  const previous = previousValues(customer, updated)
  if (Object.keys(previous).length > 0) account.emit('customer.updated', updated, previous)
}

/** Stores the tax ID that a business entered with its customer, if the session has one. */
export function storeTaxId(account: Account, session: Session, customerId: string | null): void {
  const { business } = account.get('session_details', session.id)
  if (business && customerId !== null) createTaxId(account, customerId, business.taxId)
}
