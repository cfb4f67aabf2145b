// Reads an amount that was typed into a form.
import { invalidRequest } from '../../api/errors.js'
import { decimalsOf } from '../../money/currencies.js'

/**
 * `12.50` in the currency's smallest unit, or undefined for an empty text.
 * @throws StripeApiError for anything that is not an amount
 */
export function typedAmount(text: string, currency: string): number | undefined {
  if (text === '') return undefined
  const digits = decimalsOf(currency) ?? 2
  const [, whole = '', fraction = ''] = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text) ?? []
  if (whole === '' || fraction.length > digits) {
    throw invalidRequest(
      `"${text}" is not an amount in ${currency}. Write it as ${digits === 0 ? '1200' : `12.${'5'.padEnd(digits, '0')}`}.`,
      'amount',
    )
  }
  return Number(whole + fraction.padEnd(digits, '0'))
}
