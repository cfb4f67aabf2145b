// Checks for automatic tax, and the country that it is based on.
import { invalidRequest, refused, unsupported } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { SessionDetails } from '../state/records.js'
import type { Customer, LineItem, Session } from '../wire.js'
import { recalculate } from './session-amounts.js'
import { requireActiveTax } from './tax-settings.js'

const LOCATION_INVALID_CODE = 'customer_tax_location_invalid'

/** The parameters of a request that affect taxes. */
interface Given {
  automatic_tax?: { enabled: boolean; liability?: { type: string } }
  customer?: string
  customer_update?: { address?: string; shipping?: string }
}

/** Throws for automatic tax that the sandbox does not support, or for a customer without a usable address. */
export function checkAutomaticTax(account: Account, given: Given, mode: string): void {
  if (given.automatic_tax?.enabled !== true) return
  if (mode !== 'payment') throw unsupported(`automatic_tax in ${mode} mode`, 'automatic_tax')
  if (given.automatic_tax.liability?.type === 'account')
    throw unsupported('the parameter automatic_tax[liability][account]', 'automatic_tax[liability][account]')
  requireActiveTax(account)
  const customer = account.find('customer', given.customer)
  const { address, shipping } = given.customer_update ?? {}
  if (!customer || countryOf(customer) !== undefined || address === 'auto' || shipping === 'auto') return
  throw invalidRequest(
    "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save the address entered in Checkout to the Customer.",
    'customer',
    LOCATION_INVALID_CODE,
  )
}

/** Throws for lines with tax rates in a session with automatic tax, which would be taxed twice. */
export function refuseTaxRatesWithAutomaticTax(
  account: Account,
  given: Given,
  lines: readonly LineItem[],
): void {
  const index = lines.findIndex((line) => account.find('line_details', line.id)?.taxRates)
  if (given.automatic_tax?.enabled !== true || index === -1) return
  throw invalidRequest('You cannot use `tax_rates` with `automatic_tax`.', `line_items[${index}][tax_rates]`)
}

/** The country of a stored customer, by shipping address or else billing address. */
export function countryOf(customer: Customer | undefined): string | undefined {
  return customer?.shipping?.address?.country ?? customer?.address?.country ?? undefined
}

/** Sets the country for automatic tax and recomputes the session. Does nothing without automatic tax. */
export function setTaxCountry(
  account: Account,
  session: Session,
  country: string | null | undefined,
): Session {
  if (!session.automatic_tax.enabled || !country) return session
  if (account.get('session_details', session.id).taxCountry === country) return session
  return recalculate(account, session.id, { taxCountry: country })
}

/** Remembers the name and tax ID of a business, or that the buyer is none, and recomputes the session. */
export function setBusiness(
  account: Account,
  session: Session,
  business: SessionDetails['business'] | undefined,
): Session {
  const { business: known, ...rest } = account.get('session_details', session.id)
  if (JSON.stringify(known) === JSON.stringify(business)) return session
  account.save('session_details', { ...rest, ...(business ? { business } : {}) })
  return recalculate(account, session.id)
}

/** Throws if the session's automatic tax is not known yet. */
export function requireTaxCountry(session: Session): void {
  if (session.automatic_tax.status !== 'requires_location_inputs') return
  throw refused(
    'The tax for this Checkout Session cannot be calculated because the address has no country.',
    'payment_method',
    LOCATION_INVALID_CODE,
  )
}
