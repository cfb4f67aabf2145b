// Automatic tax from the table of standard rates.
import { isTaxInclusive, standardRate } from '../money/tax-table.js'
import { createTaxRate } from '../resources/tax-rates.js'
import type { Account } from '../state/account.js'
import { derivedText } from '../state/identifiers.js'
import type { AppliedTax } from '../state/records.js'
import type { Customer, TaxRate } from '../wire.js'
import { taxSettings } from './tax-settings.js'
import { taxesOn } from './taxes.js'

/** The taxability reason for each value of a customer's `tax_exempt`. */
const EXEMPTIONS: Record<string, 'customer_exempt' | 'reverse_charge'> = {
  exempt: 'customer_exempt',
  reverse: 'reverse_charge',
}

/** The automatic tax on an amount in minor units. None until the country is known. */
export function automaticTaxes(
  account: Account,
  amount: number,
  {
    country,
    currency,
    behavior,
    exempt,
    taxCode,
  }: {
    country: string | undefined
    currency: string
    behavior: string | null
    exempt: Customer['tax_exempt']
    taxCode: string | null
  },
): AppliedTax[] {
  if (country === undefined) return []
  const { defaults } = taxSettings(account)
  const inclusive = isTaxInclusive(behavior, defaults.tax_behavior, currency)
  const standard = standardRate(country)
  const reason = standard ? reasonFor(exempt, taxCode ?? defaults.tax_code) : 'not_collecting'
  const percentage = reason === 'standard_rated' ? (standard?.percentage ?? 0) : 0
  return taxesOn(amount, [rateFor(account, country, inclusive, percentage)], currency, reason)
}

/** Stripe's tax code for what is never taxed. */
const NONTAXABLE = 'txcd_00000000'

function reasonFor(exempt: Customer['tax_exempt'], taxCode: string | null) {
  const exemption = EXEMPTIONS[exempt ?? 'none']
  return exemption ?? (taxCode === NONTAXABLE ? 'product_exempt' : 'standard_rated')
}

/** Automatic tax uses its own inactive tax rates: they can be retrieved but not assigned to lines. */
function rateFor(account: Account, country: string, inclusive: boolean, percentage: number): TaxRate {
  const id = `txr_1${derivedText(`${account.id} ${country} ${String(inclusive)} ${percentage}`, 23)}`
  const { name, type } = standardRate(country) ?? { name: 'Tax', type: null }
  return (
    account.find('tax_rate', id) ??
    createTaxRate(account, {
      id,
      active: false,
      country,
      description: null,
      display_name: name,
      inclusive,
      jurisdiction: country,
      metadata: {},
      percentage,
      state: null,
      tax_type: type,
    })
  )
}
