// Asking a business for its name and tax ID (`tax_id_collection`).
import type Stripe from 'stripe'
import { invalidRequest } from '../api/errors.js'
import { isReverseCharged } from '../money/tax-ids.js'
import type { Account } from '../state/account.js'
import type { SessionDetails } from '../state/records.js'
import type { Checked, Session } from '../wire.js'
import { taxIdsOf } from './customer-tax-ids.js'
import { taxSettings } from './tax-settings.js'

/** Throws if the customer's record could not take what the page asks for. */
export function checkTaxIdCollection(
  account: Account,
  given: Pick<
    Checked<Stripe.Checkout.SessionCreateParams>,
    'customer' | 'customer_update' | 'tax_id_collection'
  >,
): void {
  const customer = account.find('customer', given.customer)
  if (given.tax_id_collection?.enabled !== true || !customer) return
  if (given.customer_update?.name !== 'auto') {
    throw invalidRequest(
      'Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.',
    )
  }
  if (given.customer_update.address === 'auto' || customer.address?.country) return
  throw invalidRequest(
    'We could not find a valid address on the provided customer. To enable tax ID collection, please set `customer_update[address]` to `auto`.',
  )
}

/** Whether the page asks for a tax ID. A customer who has one is not asked again. */
export function asksForTaxId(account: Account, session: Session): boolean {
  return session.tax_id_collection?.enabled === true && taxIdsOf(account, session.customer).length === 0
}

/** Whether the customer's own or typed tax ID makes them account for the tax themselves. */
export function isReverseChargedSession(
  account: Account,
  session: Session,
  { business, taxCountry: country }: SessionDetails,
): boolean {
  if (country === undefined) return false
  const home = taxSettings(account).head_office?.address.country ?? null
  const typed = business ? [business.taxId] : []
  return [...typed, ...taxIdsOf(account, session.customer)].some((taxId) =>
    isReverseCharged(taxId, country, home),
  )
}
