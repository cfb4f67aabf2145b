// The currencies that Stripe supports: decimals, minimum charges and formatting.

// The number of decimals of a currency: an amount is an integer in its minor unit.
const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ')
const THREE_DECIMAL = 'bhd jod kwd omr tnd'.split(' ')
const TWO_DECIMAL =
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx uyu uzs wst xcd xcg yer zar zmw'.split(
    ' ',
  )

/** Currencies that have no minor unit any more. Stripe still uses two decimals, which must be 00. */
const WHOLE_UNITS = new Set(['isk', 'ugx'])

const DECIMALS = new Map<string, 0 | 2 | 3>([
  ...TWO_DECIMAL.map((code): [string, 2] => [code, 2]),
  ...ZERO_DECIMAL.map((code): [string, 0] => [code, 0]),
  ...THREE_DECIMAL.map((code): [string, 3] => [code, 3]),
])

export const CURRENCY_CODES: readonly string[] = [...DECIMALS.keys()]

/** The number of decimals, or undefined for a currency that Stripe does not support. */
export function decimalsOf(currency: string): 0 | 2 | 3 | undefined {
  return DECIMALS.get(currency)
}

/** The most digits of a charge that every payment method accepts, in minor units. */
const MAX_DIGITS: Record<string, number> = { idr: 12, cop: 10, inr: 9 }

/** The maximum charge in minor units. */
export function maximumCharge(currency: string): number {
  return 10 ** (MAX_DIGITS[currency] ?? 8) - 1
}

/** The minimum charge in minor units, and its text in Stripe's error message. */
const MINIMUM_CHARGES: Record<string, [amount: number, text: string]> = {
  usd: [50, '$0.50 usd'],
  aed: [200, '2.00 aed'],
  ars: [50, '$0.50 ars'],
  aud: [50, '$0.50 aud'],
  bgn: [100, '1.00 bgn'],
  brl: [50, 'R$0.50 brl'],
  cad: [50, '$0.50 cad'],
  chf: [50, '0.50 chf'],
  cop: [50, '$0.50 cop'],
  czk: [1500, '15.00 Kč czk'],
  dkk: [250, '2.50 kr. dkk'],
  eur: [50, '€0.50 eur'],
  gbp: [30, '£0.30 gbp'],
  hkd: [400, '$4.00 hkd'],
  huf: [17500, '175.00 Ft huf'],
  idr: [50, 'Rp0.50 idr'],
  ils: [50, '₪0.50 ils'],
  inr: [50, '₹0.50 inr'],
  jpy: [50, '¥50 jpy'],
  krw: [50, '₩50 krw'],
  mxn: [1000, '$10 mxn'],
  myr: [200, 'RM 2 myr'],
  nok: [300, '3.00 kr nok'],
  nzd: [50, '$0.50 nzd'],
  php: [50, '₱0.50 php'],
  pln: [200, '2.00 zł pln'],
  ron: [200, 'lei2.00 ron'],
  rub: [50, '₽0.50 rub'],
  sek: [300, '3.00 kr sek'],
  sgd: [50, '$0.50 sgd'],
  thb: [1000, '฿10 thb'],
  zar: [50, 'R0.50 zar'],
}

/**
 * The minimum charge in minor units. For other currencies Stripe converts the minimum of the account's currency; the
 * sandbox has no exchange rates, so it accepts any amount above zero.
 */
export function minimumCharge(currency: string): { amount: number; text: string } {
  const [amount, text] = MINIMUM_CHARGES[currency] ?? [1, `1 ${currency}`]
  return { amount, text }
}

/** Amounts in this currency must be a multiple of this number of minor units. */
export function amountGranularity(currency: string): 1 | 10 | 100 {
  if (decimalsOf(currency) === 3) return 10
  return WHOLE_UNITS.has(currency) ? 100 : 1
}

/** Cached by locale and currency, as creating a formatter is slow. */
const formatters = new Map<string, Intl.NumberFormat>()

/**
 * Formats an amount in minor units for people: `$12.00`, `¥1,200`, `KWD 1.230`, or `12,00 €` in German.
 *
 * @throws RangeError when `Intl` does not accept the locale
 */
export function formatAmount(amount: number, currency: string, locale = 'en-US'): string {
  const digits = decimalsOf(currency) ?? 2
  const name = `${locale} ${currency}`
  const formatter =
    formatters.get(name) ??
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: currency.toUpperCase(),
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  formatters.set(name, formatter)
  return formatter.format(amount / 10 ** digits)
}
