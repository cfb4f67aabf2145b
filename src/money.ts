// Money as an integer in the currency's minor unit, as Stripe counts it, and Stripe's rules for each currency. Never a
// float, and never Intl's decimals, which differ from Stripe's. Source: https://docs.stripe.com/currencies
//
// The rules are the one table of the shop. The sandbox and the database function "productProblem" have their own copies,
// which the tests compare with this one, currency by currency.
import { t } from './messages/index.js'

/** Amounts are in whole units: 6800 is ¥6,800. */
const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'

/** Amounts are in thousandths, and Stripe requires the last digit to be 0. */
const THREE_DECIMAL = 'bhd jod kwd omr tnd'

/** Amounts have two decimals although only whole units exist, so Stripe requires the last two digits to be 00. */
const WHOLE_UNITS_IN_HUNDREDTHS = 'isk ugx'

const TWO_DECIMAL =
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny ' +
  'cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes ' +
  'kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd ' +
  'pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd ' +
  'tzs uah uyu uzs wst xcd xcg yer zar zmw'

/**
 * The smallest charge, in minor units. Stripe judges charges in other currencies after conversion to the one that the
 * account settles in, which can't be known here.
 */
const MINIMUM: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  ars: 50,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  cop: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  idr: 50,
  ils: 50,
  inr: 50,
  jpy: 50,
  krw: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  php: 50,
  pln: 200,
  ron: 200,
  rub: 50,
  sek: 300,
  sgd: 50,
  thb: 1000,
  zar: 50,
}

/** The largest charge that every payment method accepts, in minor units: eight digits, and more in a few currencies. */
const MAXIMUM: Readonly<Record<string, number>> = {
  cop: 9_999_999_999,
  idr: 999_999_999_999,
  inr: 999_999_999,
}
const USUAL_MAXIMUM = 99_999_999

/** The largest amount that a column of an order holds. Payments and refunds have larger ones in columns of their own. */
export const LARGEST_STORED = 2_147_483_647

interface CurrencyRule {
  /** Decimals of the amounts in Stripe's API. */
  decimals: 0 | 2 | 3
  /** Decimals shown to people. */
  shown: 0 | 2 | 3
  /** Every amount must be a multiple of this many minor units. */
  step: 1 | 10 | 100
  /** The smallest and the largest charge, in minor units. */
  minimum: number
  maximum: number
}

const RULES: ReadonlyMap<string, CurrencyRule> = new Map([
  ...rules(ZERO_DECIMAL, { decimals: 0, shown: 0, step: 1 }),
  ...rules(TWO_DECIMAL, { decimals: 2, shown: 2, step: 1 }),
  ...rules(THREE_DECIMAL, { decimals: 3, shown: 3, step: 10 }),
  ...rules(WHOLE_UNITS_IN_HUNDREDTHS, { decimals: 2, shown: 0, step: 100 }),
])

function rules(
  codes: string,
  rule: Pick<CurrencyRule, 'decimals' | 'shown' | 'step'>,
): [string, CurrencyRule][] {
  return codes.split(' ').map((code) => {
    const minimum = MINIMUM[code] ?? rule.step
    return [code, { ...rule, minimum, maximum: MAXIMUM[code] ?? USUAL_MAXIMUM }]
  })
}

/** The currencies that Stripe supports, in lower case. */
export const CURRENCIES: readonly string[] = [...RULES.keys()].sort()

/** An unknown currency, or an amount that the currency does not allow. */
export class MoneyError extends Error {
  override name = 'MoneyError'
}

/** Stripe's rule for a currency. @throws MoneyError when Stripe does not support it */
export function ruleOf(currency: string): CurrencyRule {
  const rule = RULES.get(currency)
  if (!rule)
    throw new MoneyError(`Unknown currency “${currency}”: use a lower-case code that Stripe supports.`)
  return rule
}

/** Whether Stripe supports this currency. The code is in lower case, as Stripe writes it. */
export function isCurrency(currency: string): boolean {
  return RULES.has(currency)
}

/** The largest total of an order, in minor units: what Stripe charges at most, and the database holds. */
export function largestTotal(currency: string): number {
  return Math.min(ruleOf(currency).maximum, LARGEST_STORED)
}

/**
 * Returns the amount if it can be charged or refunded in this currency. A refund may be below the smallest charge.
 * @param amount minor units
 * @throws MoneyError when it is not a positive integer, is too large, or is not a multiple of the currency's step
 */
export function checkAmount(amount: number, currency: string): number {
  const { step, maximum } = ruleOf(currency)
  if (!Number.isInteger(amount) || amount <= 0) {
    throw new MoneyError(`${amount} is not a valid amount: use a positive whole number of minor units.`)
  }
  if (amount > maximum) throw new MoneyError(`${amount} is more than Stripe’s maximum of ${maximum}.`)
  if (amount % step !== 0) throw new MoneyError(`${amount} ${currency} must be a multiple of ${step}.`)
  return amount
}

/** Converts minor units to a decimal number, exactly: 129050, "usd" → "1290.50". */
export function toDecimal(amount: number, currency: string): string {
  return withDecimals(amount, ruleOf(currency).decimals)
}

function withDecimals(amount: number, decimals: number): string {
  if (decimals === 0) return String(amount)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/**
 * Parses a decimal number into minor units: "1290.5", "usd" → 129050.
 * @throws MoneyError when the text is not a decimal number that fits this currency
 */
export function parseMoney(text: string, currency: string): number {
  const { decimals } = ruleOf(currency)
  const match = /^(\d{1,10})(?:\.(\d+))?$/.exec(text.trim())
  const fraction = match?.[2] ?? ''
  if (!match?.[1] || fraction.length > decimals) {
    throw new MoneyError(
      `“${text}” is not an amount in ${currency.toUpperCase()}: use digits with at most ${decimals} decimals after a point.`,
    )
  }
  return Number(match[1] + fraction.padEnd(decimals, '0'))
}

/** "usd" → "US dollars". */
export function nameOfCurrency(currency: string): string {
  const format = new Intl.NumberFormat(t().numberLocale, {
    style: 'currency',
    currency: currency.toUpperCase(),
    currencyDisplay: 'name',
  })
  return format.formatToParts(2).find(({ type }) => type === 'currency')?.value ?? currency.toUpperCase()
}

const formats = new Map<string, Intl.NumberFormat>()

/**
 * 4800, "usd" → "$48.00"; 6800, "jpy" → "¥6,800". A refund or dispute can be in a currency that the shop does not know:
 * Intl's decimals are the best guess then, and a code that Intl refuses is put behind the number of minor units.
 */
export function formatMoney(amount: number, currency: string, locale = t().numberLocale): string {
  const rule = RULES.get(currency)
  if (!rule && !/^[a-z]{3}$/.test(currency))
    return `${new Intl.NumberFormat(locale).format(amount)} ${currency.toUpperCase()}`.trim()
  const key = `${locale} ${currency}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: currency.toUpperCase(),
      ...(rule && { minimumFractionDigits: rule.shown, maximumFractionDigits: rule.shown }),
    })
    // Kept, since making a format takes far longer than using it. There are as many as currencies.
    if (rule) formats.set(key, format)
  }
  const decimals = rule?.decimals ?? format.resolvedOptions().maximumFractionDigits ?? 0
  return format.format(withDecimals(amount, decimals) as Intl.StringNumericLiteral)
}
