// Exchange rates for adaptive pricing. They never change, so that a test knows every amount in advance.
import { amountGranularity, decimalsOf } from './currencies.js'

/** How much of each currency one US dollar buys. */
export const PER_DOLLAR: Readonly<Record<string, number>> = {
  usd: 1,
  aud: 1.5,
  brl: 5,
  cad: 1.4,
  chf: 0.8,
  czk: 20,
  dkk: 6.4,
  eur: 0.9,
  gbp: 0.75,
  hkd: 7.8,
  huf: 350,
  inr: 80,
  jpy: 150,
  krw: 1400,
  kwd: 0.3,
  mxn: 18,
  nok: 10,
  nzd: 1.7,
  pln: 4,
  ron: 4.5,
  sek: 9.6,
  sgd: 1.3,
}

const EURO_COUNTRIES = 'AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ')

const CURRENCY_OF: Readonly<Record<string, string>> = {
  ...Object.fromEntries(EURO_COUNTRIES.map((country) => [country, 'eur'])),
  AU: 'aud',
  BR: 'brl',
  CA: 'cad',
  CH: 'chf',
  CZ: 'czk',
  DK: 'dkk',
  GB: 'gbp',
  HK: 'hkd',
  HU: 'huf',
  IN: 'inr',
  JP: 'jpy',
  KR: 'krw',
  KW: 'kwd',
  LI: 'chf',
  MX: 'mxn',
  NO: 'nok',
  NZ: 'nzd',
  PL: 'pln',
  RO: 'ron',
  SE: 'sek',
  SG: 'sgd',
  US: 'usd',
}

/** The currency of a country, or undefined if the sandbox has no rate for it. */
export function currencyOf(country: string): string | undefined {
  return CURRENCY_OF[country]
}

/** How much one unit of a currency is in another, or undefined without a rate. */
export function exchangeRate(from: string, to: string): number | undefined {
  const [before, after] = [PER_DOLLAR[from], PER_DOLLAR[to]]
  return before === undefined || after === undefined ? undefined : after / before
}

/** Converts an amount from minor units to minor units, rounded to what can be charged. */
export function convert(amount: number, from: string, to: string): number {
  const rate = exchangeRate(from, to)
  if (rate === undefined) throw new Error(`there is no exchange rate from ${from} to ${to}`)
  const unit = amountGranularity(to)
  const scale = 10 ** ((decimalsOf(to) ?? 2) - (decimalsOf(from) ?? 2))
  // Twelve digits are more than any amount has, and hide the errors of floating point.
  return Math.round(Number(((amount * rate * scale) / unit).toPrecision(12))) * unit
}
