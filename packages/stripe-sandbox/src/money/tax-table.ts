// Sample tax rates for automatic tax: each country's standard rate, in percent. Not fit for real tax returns.

interface StandardRate {
  percentage: number
  name: string
  type: 'vat' | 'gst' | 'jct' | 'sales_tax'
}

/** Standard VAT rates in percent. */
const VAT_PERCENTAGES: Record<string, number> = {
  AE: 5,
  AT: 20,
  BE: 21,
  BG: 20,
  BH: 10,
  CH: 8.1,
  CL: 19,
  CY: 19,
  CZ: 21,
  DE: 19,
  DK: 25,
  EE: 24,
  ES: 21,
  FI: 25.5,
  FR: 20,
  GB: 20,
  GR: 24,
  HR: 25,
  HU: 27,
  IE: 23,
  IS: 24,
  IT: 22,
  KR: 10,
  LI: 8.1,
  LT: 21,
  LU: 17,
  LV: 21,
  MT: 18,
  MX: 16,
  NL: 21,
  NO: 25,
  OM: 5,
  PL: 23,
  PT: 23,
  RO: 21,
  SA: 15,
  SE: 25,
  SI: 22,
  SK: 23,
  TH: 7,
  TR: 20,
  ZA: 15,
}

const OTHER_RATES: Record<string, StandardRate> = {
  AU: { percentage: 10, name: 'GST', type: 'gst' },
  CA: { percentage: 5, name: 'GST', type: 'gst' },
  IN: { percentage: 18, name: 'GST', type: 'gst' },
  JP: { percentage: 10, name: 'Consumption tax', type: 'jct' },
  NZ: { percentage: 15, name: 'GST', type: 'gst' },
  SG: { percentage: 9, name: 'GST', type: 'gst' },
  // Real rates differ by state and city; the sandbox uses one for all.
  US: { percentage: 8, name: 'Sales tax', type: 'sales_tax' },
}

/** The standard rate of a country, or undefined where sandbox accounts collect no tax. */
export function standardRate(country: string): StandardRate | undefined {
  const percentage = VAT_PERCENTAGES[country]
  return percentage === undefined ? OTHER_RATES[country] : { percentage, name: 'VAT', type: 'vat' }
}

/** Currencies whose prices exclude tax by default. */
const TAX_EXCLUSIVE_CURRENCIES = new Set(['usd', 'cad'])

/**
 * Whether a price includes its tax. An unspecified `tax_behavior` follows the account's default, which may be that of
 * the currency.
 */
export function isTaxInclusive(
  behavior: string | null,
  accountDefault: string | null,
  currency: string,
): boolean {
  const known = [behavior, accountDefault].find((each) => each === 'inclusive' || each === 'exclusive')
  return known === undefined ? !TAX_EXCLUSIVE_CURRENCIES.has(currency) : known === 'inclusive'
}
