// API operations for the settings of Stripe Tax.
import type Stripe from 'stripe'
import { operation } from '../api/operation.js'
import { fullAddress } from '../payments/payment-methods.js'
import { taxSettings } from '../payments/tax-settings.js'
import type { Address, TaxSettings } from '../wire.js'
import { previousValues } from './previous-values.js'
import { checkTaxCode } from './tax-codes.js'
import { withoutUndefined } from './without-undefined.js'

export const taxSettingsOperations = [
  operation('GET /v1/tax/settings', ({ account }) => taxSettings(account)),

  operation<Stripe.Tax.SettingsUpdateParams>('POST /v1/tax/settings', ({ account }, params) => {
    const { defaults = {}, head_office: office } = params
    const before = taxSettings(account)
    const { tax_behavior, tax_code } = defaults
    const code = checkTaxCode(tax_code, 'defaults[tax_code]')
    const after = account.save('tax.settings', {
      ...before,
      defaults: { ...before.defaults, ...withoutUndefined({ tax_behavior, tax_code: code }) },
      ...(office ? statusOf(fullAddress(office.address)) : {}),
    })
    account.emit('tax.settings.updated', after, previousValues(before, after))
    return after
  }),
]

/** A head office needs a country, and in the United States also a state and a ZIP code. */
function statusOf(address: Address): Pick<TaxSettings, 'head_office' | 'status' | 'status_details'> {
  const { country, state, postal_code: zip } = address
  const complete = country !== null && (country !== 'US' || (state !== null && zip !== null))
  return {
    head_office: { address },
    status: complete ? 'active' : 'pending',
    status_details: complete ? { active: {} } : { pending: { missing_fields: ['head_office'] } },
  }
}
