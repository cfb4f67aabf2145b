// The `customer_details` of a Checkout Session.
import type { Account } from '../state/account.js'
import type { Customer, Session } from '../wire.js'
import { taxIdsOf } from './customer-tax-ids.js'
import { type BillingDetails, fullAddress } from './payment-methods.js'

/** The details of a session that completes, from what the customer entered. */
export function completedDetails(
  account: Account,
  session: Session,
  billing: BillingDetails,
): NonNullable<Session['customer_details']> {
  const { business } = account.get('session_details', session.id)
  return {
    address: fullAddress(billing.address),
    business_name: business?.name ?? null,
    email: session.customer_details?.email ?? billing.email ?? null,
    individual_name: null,
    name: billing.name ?? null,
    phone: billing.phone ?? null,
    tax_exempt: account.find('customer', session.customer)?.tax_exempt ?? 'none',
    tax_ids: business ? [business.taxId] : taxIdsOf(account, session.customer),
  }
}

/** The fields of the customer that a session creates. A business is named by its business name. */
export function newCustomer({
  address,
  business_name: business,
  email,
  name,
  phone,
}: NonNullable<Session['customer_details']>): Partial<Customer> {
  return { address, email, name: business ?? name, phone }
}

/** `collected_information` with the names that the customer entered. */
export function collectedNames(
  { collected_information: known }: Session,
  { business_name, individual_name }: NonNullable<Session['customer_details']>,
): Session['collected_information'] {
  return { shipping_details: null, ...known, business_name, individual_name }
}
