// The values of npm run products: prices, stock, options.
import type { OptionValues } from '../catalog/more-variants.js'
import { formatMoney, largestTotal, MoneyError, parseMoney } from '../money.js'
import { CommandError } from './run.js'

export function price(given: string, currency: string): number {
  try {
    const amount = parseMoney(given, currency)
    const most = largestTotal(currency)
    if (amount > most) throw new CommandError(`An order is at most ${formatMoney(most, currency)}.`)
    return amount
  } catch (error) {
    if (error instanceof MoneyError) throw new CommandError(error.message)
    throw error
  }
}

/** Null: not counted. */
export function stock(given: string): number | null {
  if (given === 'untracked') return null
  if (!/^\d{1,9}$/.test(given)) throw new CommandError('--stock must be a whole number, or "untracked".')
  return Number(given)
}

export function taxCode(given: string): string {
  if (!/^txcd_\d{8}$/.test(given))
    throw new CommandError(
      '--tax-code must be one of Stripe’s codes, txcd_ and eight digits: https://docs.stripe.com/tax/tax-codes',
    )
  return given
}

export function yesOrNo(name: string, given: string | boolean | undefined): boolean | undefined {
  if (given === undefined) return undefined
  if (given !== 'yes' && given !== 'no') throw new CommandError(`--${name} must be yes or no.`)
  return given === 'yes'
}

/** "Size=S,M,L" */
export function optionValues(given: string): OptionValues {
  const [, name = '', list = ''] = /^([^=]+)=(.*)$/s.exec(given) ?? []
  const values = list.split(',').map((value) => value.trim())
  if (name.trim() === '' || values.includes(''))
    throw new CommandError(`"${given}" is not an option: write its name and values, such as "Size=S,M,L".`)
  return { name: name.trim(), values }
}

/** "Size=XL" "Color=Red" */
export function pairs(given: readonly string[]): Map<string, string> {
  const values = new Map<string, string>()
  for (const pair of given) {
    const [, name = '', value = ''] = /^([^=]+)=(.+)$/s.exec(pair) ?? []
    if (name.trim() === '' || value.trim() === '')
      throw new CommandError(`"${pair}" is not an option: write its name and value, such as Size=XL.`)
    if (values.has(name.trim())) throw new CommandError(`${name.trim()} is given twice.`)
    values.set(name.trim(), value.trim())
  }
  return values
}

export function missingId(): never {
  return missing('Which product? Give its id or sku. "npm run products -- list" shows them.')
}

export function missing(question: string): never {
  throw new CommandError(question)
}
