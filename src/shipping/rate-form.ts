// Reads what the owner says of a shipping rate: countries, amounts and days.
import { formatMoney, isCurrency, largestTotal, MoneyError, parseMoney, ruleOf } from '../money.js'
import { byName, COUNTRIES, countryName } from './countries.js'

/** Thrown when the owner's words can't be a rate. The message says what to write instead. */
export class RateError extends Error {
  override name = 'RateError'
}

/** At most 60 characters: Stripe's page shows it. */
export function readName(text: string): string {
  const name = text.normalize('NFC').trim()
  if (name === '' || name.length > 60 || /\p{Cc}/u.test(name))
    throw new RateError('A rate needs a name of at most 60 characters, such as "Standard".')
  return name
}

/**
 * @param text "DE,AT", or "all"
 * @param except countries that "all" leaves out
 * @returns none for every country
 */
export function readCountries(text: string, except?: string): string[] {
  const isAll = text.trim().toLowerCase() === 'all'
  if (except === undefined) return isAll ? [] : readCodes(text)
  if (!isAll) throw new RateError('--except goes with --countries all: it names the countries to leave out.')
  const left = readCodes(except)
  return byName([...COUNTRIES].filter((country) => !left.includes(country)))
}

function readCodes(text: string): string[] {
  const codes = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((code) => code.toUpperCase())
  if (codes.length === 0) throw new RateError('Which countries? Give their codes, such as DE,AT, or "all".')
  for (const code of codes) if (!COUNTRIES.has(code)) throw unknownCountry(code)
  return byName(new Set(codes))
}

function unknownCountry(code: string): RateError {
  if (code === 'UK') return new RateError('UK is not a country code. Great Britain is GB.')
  if (code === 'EU') return new RateError('EU is not a country code. Give the countries: AT,BE,BG,…')
  const name = countryName(code)
  return name === code
    ? new RateError(`${code} is not a country code. Use codes of two letters, such as DE,AT,US, or "all".`)
    : new RateError(`Stripe’s page doesn’t accept ${name} (${code}) as a delivery address.`)
}

export function readCurrency(text: string): string {
  const currency = text.trim().toLowerCase()
  if (!isCurrency(currency))
    throw new RateError(`"${text}" is not a currency that Stripe supports. Use a code, such as usd.`)
  return currency
}

/** @param text a decimal number in the currency; 0 is free */
export function readAmount(text: string, currency: string): number {
  const amount = toMinorUnits(text, currency)
  if (amount > largestTotal(currency))
    throw new RateError(`An order is at most ${formatMoney(largestTotal(currency), currency)}.`)
  return amount
}

/** @param text a decimal number in the currency, or "none" */
export function readFreeFrom(text: string, currency: string): number | null {
  if (text.trim().toLowerCase() === 'none') return null
  const amount = readAmount(text, currency)
  if (amount === 0) throw new RateError('Free from 0 is always free: set the amount to 0 instead.')
  return amount
}

function toMinorUnits(text: string, currency: string): number {
  try {
    const amount = parseMoney(text, currency)
    const { step } = ruleOf(currency)
    if (amount % step !== 0)
      throw new RateError(
        `Stripe takes ${currency.toUpperCase()} only in steps of ${formatMoney(step, currency)}.`,
      )
    return amount
  } catch (error) {
    if (error instanceof MoneyError) throw new RateError(error.message)
    throw error
  }
}

/** @param text "2-4", "3", or "none" */
export function readDays(text: string): { minDays: number | null; maxDays: number | null } {
  if (text.trim().toLowerCase() === 'none') return { minDays: null, maxDays: null }
  const [, min, max = min] = /^\s*(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?\s*$/.exec(text) ?? []
  const days = { minDays: Number(min), maxDays: Number(max) }
  if (!(days.minDays >= 1) || !(days.maxDays >= days.minDays))
    throw new RateError(`"${text}" is not a time: use business days, such as 2-4 or 3, or "none".`)
  return days
}
