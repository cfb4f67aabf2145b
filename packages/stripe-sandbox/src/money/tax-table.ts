/** What automatic tax takes where: the standard rate of a country, in per cent. It is for trying out, not for tax returns. */
interface StandardRate {
  percentage: number
  name: string
  type: 'vat' | 'gst' | 'jct' | 'sales_tax'
}

/** Countries with a value added tax. */
const VAT_PERCENTAGES: Record<string, number> = {
  AT: 20,
  BE: 21,
  BG: 20,
  CH: 8.1,
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
  IT: 22,
  LT: 21,
  LU: 17,
  LV: 21,
  MT: 18,
  NL: 21,
  NO: 25,
  PL: 23,
  PT: 23,
  RO: 21,
  SE: 25,
  SI: 22,
  SK: 23,
}

const OTHER_RATES: Record<string, StandardRate> = {
  AU: { percentage: 10, name: 'GST', type: 'gst' },
  CA: { percentage: 5, name: 'GST', type: 'gst' },
  IN: { percentage: 18, name: 'GST', type: 'gst' },
  JP: { percentage: 10, name: 'Consumption tax', type: 'jct' },
  NZ: { percentage: 15, name: 'GST', type: 'gst' },
  SG: { percentage: 9, name: 'GST', type: 'gst' },
  // Every state and town has its own; here they are all alike.
  US: { percentage: 8, name: 'Sales tax', type: 'sales_tax' },
}

/** Undefined where the sandbox's shops collect no tax. */
export function standardRate(country: string): StandardRate | undefined {
  const percentage = VAT_PERCENTAGES[country]
  return percentage === undefined ? OTHER_RATES[country] : { percentage, name: 'VAT', type: 'vat' }
}

/** Currencies of countries where prices are written without tax. */
const TAX_EXCLUSIVE_CURRENCIES = new Set(['usd', 'cad'])

/** Whether a price holds its tax, when it does not say so: Stripe's own default goes by the currency. */
export function isTaxInclusive(behavior: string | null, currency: string): boolean {
  if (behavior === 'inclusive') return true
  return behavior !== 'exclusive' && !TAX_EXCLUSIVE_CURRENCIES.has(currency)
}
