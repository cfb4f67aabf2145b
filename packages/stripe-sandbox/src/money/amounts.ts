// Validating currencies and amounts in requests.
import { invalidRequest } from '../api/errors.js'
import {
  amountGranularity,
  CURRENCY_CODES,
  decimalsOf,
  formatAmount,
  maximumCharge,
  minimumCharge,
} from './currencies.js'

/**
 * The currency in lower case.
 *
 * @throws StripeApiError when Stripe does not support it
 */
export function readCurrency(given: string, param: string): string {
  const currency = given.toLowerCase()
  if (decimalsOf(currency) === undefined) {
    throw invalidRequest(
      `Invalid currency: ${given}. Stripe currently supports these currencies: ${CURRENCY_CODES.join(', ')}`,
      param,
    )
  }
  return currency
}

/** Checks a price in minor units. Zero is allowed. */
export function readUnitAmount(amount: number, currency: string, param: string): number {
  if (amount < 0) {
    throw invalidRequest('This value must be greater than or equal to 0.', param, 'parameter_invalid_integer')
  }
  checkLimits(amount, currency, param)
  return amount
}

/** Checks an amount to charge, in minor units, against the currency's minimum and maximum. */
export function readChargeAmount(amount: number, currency: string, param: string): number {
  if (amount < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', param, 'parameter_invalid_integer')
  }
  checkLimits(amount, currency, param)
  const minimum = minimumCharge(currency)
  if (amount < minimum.amount) {
    throw invalidRequest(`Amount must be at least ${minimum.text}`, param, 'amount_too_small')
  }
  return amount
}

/** Throws if an amount, in minor units, is more than one payment or one credit may be. */
export function checkMaxAmount(amount: number, currency: string, param: string): void {
  const maximum = maximumCharge(currency)
  if (Math.abs(amount) <= maximum) return
  throw invalidRequest(
    `Amount must be no more than ${formatAmount(maximum, currency)}`,
    param,
    'amount_too_large',
  )
}

/** The amount of a line, in minor units that can be charged. `unit` may have fractions of a minor unit. */
export function lineAmount(unit: string | null, quantity: number, currency: string): number {
  const granularity = amountGranularity(currency)
  return Math.round((Number(unit) * quantity) / granularity) * granularity
}

function checkLimits(amount: number, currency: string, param: string): void {
  checkMaxAmount(amount, currency, param)
  const granularity = amountGranularity(currency)
  if (amount % granularity !== 0) {
    throw invalidRequest(
      `Invalid amount: ${amount}. Amounts in ${currency} must end with ${granularity === 10 ? '0' : '00'}, the smallest unit that can be charged.`,
      param,
    )
  }
}
