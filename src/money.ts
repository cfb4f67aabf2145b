// Money: an integer in a currency's minor unit, as Stripe counts it. No floating point, and not Intl's idea of
// decimals, which differs from Stripe's. Source: https://docs.stripe.com/currencies#zero-decimal

/** Currencies whose amounts Stripe takes in whole units: 6800 is ¥6,800. */
const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'

/** Thousandths; Stripe wants the last digit to be 0. */
const THREE_DECIMAL = 'bhd jod kwd omr tnd'

/** Sent with two decimals, though only whole units exist: the last two digits must be 00. */
const WHOLE_UNITS_IN_HUNDREDTHS = 'isk ugx'

const TWO_DECIMAL =
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny ' +
  'cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes ' +
  'kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd ' +
  'pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd ' +
  'tzs uah uyu uzs wst xcd yer zar zmw'

interface CurrencyRule {
  /** Digits behind the point in the amounts that Stripe takes. */
  decimals: 0 | 2 | 3
  /** Digits that a person sees. */
  shown: 0 | 2 | 3
  /** Every amount is a multiple of this many minor units. */
  step: 1 | 10 | 100
}

const RULES: ReadonlyMap<string, CurrencyRule> = new Map([
  ...rules(ZERO_DECIMAL, { decimals: 0, shown: 0, step: 1 }),
  ...rules(TWO_DECIMAL, { decimals: 2, shown: 2, step: 1 }),
  ...rules(THREE_DECIMAL, { decimals: 3, shown: 3, step: 10 }),
  ...rules(WHOLE_UNITS_IN_HUNDREDTHS, { decimals: 2, shown: 0, step: 100 }),
])

function rules(codes: string, rule: CurrencyRule): [string, CurrencyRule][] {
  return codes.split(' ').map((code) => [code, rule])
}

/** Stripe takes at most eight digits. */
export const MAX_AMOUNT = 99_999_999

export class MoneyError extends Error {
  override name = 'MoneyError'
}

function ruleOf(currency: string): CurrencyRule {
  const rule = RULES.get(currency)
  if (!rule)
    throw new MoneyError(`Unknown currency "${currency}": use a lower-case code that Stripe supports.`)
  return rule
}

/** Whether Stripe takes this currency; the code is lower case, as Stripe writes it. */
export function isCurrency(currency: string): boolean {
  return RULES.has(currency)
}

/**
 * Returns the amount when it can be charged in this currency.
 * @param amount minor units
 * @throws MoneyError when it is not a positive integer, too large, or not a multiple of what the currency allows
 */
export function checkAmount(amount: number, currency: string): number {
  const { step } = ruleOf(currency)
  if (!Number.isInteger(amount) || amount <= 0) {
    throw new MoneyError(`${amount} is not an amount: use a positive whole number of minor units.`)
  }
  if (amount > MAX_AMOUNT)
    throw new MoneyError(`${amount} is more than Stripe takes at once (${MAX_AMOUNT}).`)
  if (amount % step !== 0) throw new MoneyError(`${amount} ${currency} must be a multiple of ${step}.`)
  return amount
}

/** 129050, "usd" → "1290.50": the decimal number of a minor-unit amount, exact. */
export function toDecimal(amount: number, currency: string): string {
  const { decimals } = ruleOf(currency)
  if (decimals === 0) return String(amount)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/**
 * "1290.5", "usd" → 129050.
 * @throws MoneyError when the text is no decimal number of this currency
 */
export function parseMoney(text: string, currency: string): number {
  const { decimals } = ruleOf(currency)
  const match = /^(\d{1,10})(?:\.(\d+))?$/.exec(text.trim())
  const fraction = match?.[2] ?? ''
  if (!match?.[1] || fraction.length > decimals) {
    throw new MoneyError(
      `"${text}" is not an amount in ${currency.toUpperCase()}: use digits, a point, at most ${decimals} decimals.`,
    )
  }
  return Number(match[1] + fraction.padEnd(decimals, '0'))
}

/** "usd" → "US dollars". */
export function nameOfCurrency(currency: string): string {
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: currency.toUpperCase(),
    currencyDisplay: 'name',
  })
  return format.formatToParts(2).find(({ type }) => type === 'currency')?.value ?? currency.toUpperCase()
}

/** 4800, "usd" → "$48.00"; 6800, "jpy" → "¥6,800". */
export function formatMoney(amount: number, currency: string, locale = 'en-US'): string {
  const { shown } = ruleOf(currency)
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: shown,
    maximumFractionDigits: shown,
  })
  return format.format(toDecimal(amount, currency) as Intl.StringNumericLiteral)
}
