// Automatic tax from the table of standard rates.
import { isTaxInclusive, standardRate } from '../money/tax-table.js'
import { createTaxRate } from '../resources/tax-rates.js'
import type { Account } from '../state/account.js'
import { derivedText } from '../state/identifiers.js'
import type { AppliedTax } from '../state/records.js'
import type { Customer, TaxRate } from '../wire.js'
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
  }: {
    country: string | undefined
    currency: string
    behavior: string | null
    exempt: Customer['tax_exempt']
  },
): AppliedTax[] {
  if (country === undefined) return []
  const inclusive = isTaxInclusive(behavior, currency)
  const standard = standardRate(country)
  const reason = standard ? (EXEMPTIONS[exempt ?? 'none'] ?? 'standard_rated') : 'not_collecting'
  const percentage = reason === 'standard_rated' ? (standard?.percentage ?? 0) : 0
  return taxesOn(amount, [rateFor(account, country, inclusive, percentage)], currency, reason)
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
