// Applying tax rates to amounts.
import { amountGranularity } from '../money/currencies.js'
import type { AppliedTax } from '../state/records.js'
import type { TaxRate } from '../wire.js'

/** Percentages have up to four decimals. Counting in whole millionths keeps the sums exact. */
const MILLIONTHS_OF_ONE = 1_000_000
const millionths = (rate: TaxRate): number => Math.round(rate.percentage * 10_000)

/**
 * The tax of each rate on an amount in minor units, rounded separately. Inclusive taxes are part of the amount, and
 * exclusive ones apply to what remains without them.
 */
export function taxesOn(
  amount: number,
  rates: readonly TaxRate[],
  currency: string,
  reason: AppliedTax['taxability_reason'],
): AppliedTax[] {
  const unit = amountGranularity(currency)
  const inclusiveMillionths = rates
    .filter((rate) => rate.inclusive)
    .reduce((sum, rate) => sum + millionths(rate), 0)
  const amounts = rates.map((rate) =>
    portion(amount, millionths(rate), MILLIONTHS_OF_ONE + inclusiveMillionths, unit),
  )
  const net =
    amount - rates.reduce((sum, rate, index) => sum + (rate.inclusive ? (amounts[index] ?? 0) : 0), 0)
  return rates.map((rate, index) => ({
    amount: amounts[index] ?? 0,
    rate,
    taxability_reason: reason,
    taxable_amount: rate.percentage === 0 ? 0 : net,
  }))
}

/** `amount × share ÷ whole` in multiples of `unit`, halves rounded up. Exact, also where the product is very large. */
function portion(amount: number, share: number, whole: number, unit: number): number {
  const divisor = 2n * BigInt(whole) * BigInt(unit)
  return Number((2n * BigInt(amount) * BigInt(share) + divisor / 2n) / divisor) * unit
}

/** The sum of all taxes, in minor units. */
export function taxAmount(taxes: readonly AppliedTax[]): number {
  return taxes.reduce((sum, tax) => sum + tax.amount, 0)
}

/** The sum of the exclusive taxes, which are added to the price, in minor units. */
export function addedTax(taxes: readonly AppliedTax[]): number {
  return taxAmount(taxes.filter((tax) => !tax.rate.inclusive))
}

/** The taxes summed by rate. */
export function taxesByRate(taxes: readonly AppliedTax[]): AppliedTax[] {
  const byRate = new Map<string, AppliedTax>()
  for (const tax of taxes) {
    const sum = byRate.get(tax.rate.id)
    byRate.set(tax.rate.id, {
      ...tax,
      amount: (sum?.amount ?? 0) + tax.amount,
      taxable_amount: (sum?.taxable_amount ?? 0) + (tax.taxable_amount ?? 0),
    })
  }
  return [...byRate.values()]
}
