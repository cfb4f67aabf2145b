// An account's Stripe Tax settings, which start out ready to use.
import { invalidRequest } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { TaxSettings } from '../wire.js'

/** The settings have no id at Stripe. In the state there is one record per account. */
const ID = 'tax_settings'

export function taxSettings(account: Account): TaxSettings {
  return (
    account.find('tax.settings', ID) ?? {
      id: ID,
      object: 'tax.settings',
      defaults: { provider: 'stripe', tax_behavior: 'inferred_by_currency', tax_code: 'txcd_10000000' },
      head_office: {
        address: {
          city: 'South San Francisco',
          country: 'US',
          line1: '354 Oyster Point Blvd',
          line2: null,
          postal_code: '94080',
          state: 'CA',
        },
      },
      livemode: false,
      status: 'active',
      status_details: { active: {} },
    }
  )
}

/** Throws if the head office is incomplete, so that no tax can be calculated. */
export function requireActiveTax(account: Account): void {
  if (taxSettings(account).status === 'active') return
  throw invalidRequest(
    'You must have a valid head office address to enable automatic tax calculation in test mode. Visit https://dashboard.stripe.com/test/settings/tax to update your head office address.',
  )
}
