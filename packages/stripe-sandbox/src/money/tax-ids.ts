// Tax IDs: the types that the pay page offers, and their formats. Only the format is checked, as on Stripe's page.
import type { TaxIdRecord } from '../wire.js'

export type TaxId = Pick<TaxIdRecord, 'type' | 'value'>

/** The countries of the European Union, with the format of each one's VAT number after its prefix. */
const EU_VAT_FORMATS: Record<string, string> = {
  AT: 'U\\d{8}',
  BE: '[01]\\d{9}',
  BG: '\\d{9,10}',
  CY: '\\d{8}[A-Z]',
  CZ: '\\d{8,10}',
  DE: '\\d{9}',
  DK: '\\d{8}',
  EE: '\\d{9}',
  ES: '[A-Z0-9]\\d{7}[A-Z0-9]',
  FI: '\\d{8}',
  FR: '[A-Z0-9]{2}\\d{9}',
  GR: '\\d{9}',
  HR: '\\d{11}',
  HU: '\\d{8}',
  IE: '\\d[A-Z0-9+*]\\d{5}[A-Z]{1,2}',
  IT: '\\d{11}',
  LT: '(\\d{9}|\\d{12})',
  LU: '\\d{8}',
  LV: '\\d{11}',
  MT: '\\d{8}',
  NL: '\\d{9}B\\d{2}',
  PL: '\\d{10}',
  PT: '\\d{9}',
  RO: '\\d{2,10}',
  SE: '\\d{12}',
  SI: '\\d{8}',
  SK: '\\d{10}',
}

const EU_COUNTRIES: readonly string[] = Object.keys(EU_VAT_FORMATS)

/** The prefix of VAT numbers. Greece does not use its country code. */
const vatPrefix = (country: string): string => (country === 'GR' ? 'EL' : country)

interface TaxIdType {
  /** Its name on the pay page. */
  name: string
  example: string
  /** Where businesses have such a number. */
  countries: readonly string[]
  /** After `compact`. */
  format: RegExp
  /** A foreign shop charges a business with such a number no tax: the business accounts for it itself. */
  reverseCharge: boolean
}

/** https://docs.stripe.com/tax/checkout/tax-ids lists all types; the sandbox's page offers these. */
export const TAX_ID_TYPES: Readonly<Record<string, TaxIdType>> = {
  eu_vat: {
    name: 'EU VAT number',
    example: 'DE123456789',
    countries: EU_COUNTRIES,
    format: new RegExp(
      `^(${Object.entries(EU_VAT_FORMATS)
        .map(([country, digits]) => vatPrefix(country) + digits)
        .join('|')})$`,
    ),
    reverseCharge: true,
  },
  gb_vat: {
    name: 'UK VAT number',
    example: 'GB123456789',
    countries: ['GB'],
    format: /^GB(\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
    reverseCharge: true,
  },
  ch_vat: {
    name: 'Swiss VAT number',
    example: 'CHE-123.456.789 MWST',
    countries: ['CH'],
    format: /^CHE\d{9}(MWST|TVA|IVA)$/,
    reverseCharge: true,
  },
  no_vat: {
    name: 'Norwegian VAT number',
    example: '123456789MVA',
    countries: ['NO'],
    format: /^\d{9}MVA$/,
    reverseCharge: true,
  },
  us_ein: {
    name: 'US EIN',
    example: '12-3456789',
    countries: ['US'],
    format: /^\d{9}$/,
    reverseCharge: false,
  },
  ca_bn: {
    name: 'Canadian BN',
    example: '123456789',
    countries: ['CA'],
    format: /^\d{9}$/,
    reverseCharge: false,
  },
  au_abn: {
    name: 'Australian ABN',
    example: '12345678912',
    countries: ['AU'],
    format: /^\d{11}$/,
    reverseCharge: true,
  },
  nz_gst: {
    name: 'New Zealand GST number',
    example: '123456789',
    countries: ['NZ'],
    format: /^\d{8,9}$/,
    reverseCharge: true,
  },
  in_gst: {
    name: 'Indian GSTIN',
    example: '12ABCDE3456FGZH',
    countries: ['IN'],
    format: /^\d{2}[A-Z]{5}\d{4}[A-Z][A-Z0-9]Z[A-Z0-9]$/,
    reverseCharge: false,
  },
  jp_cn: {
    name: 'Japanese corporate number',
    example: '1234567891234',
    countries: ['JP'],
    format: /^\d{13}$/,
    reverseCharge: false,
  },
  mx_rfc: {
    name: 'Mexican RFC',
    example: 'ABC010203AB9',
    countries: ['MX'],
    format: /^[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}$/,
    reverseCharge: false,
  },
  br_cnpj: {
    name: 'Brazilian CNPJ',
    example: '01.234.456/5432-10',
    countries: ['BR'],
    format: /^[A-Z0-9]{12}\d{2}$/,
    reverseCharge: false,
  },
}

/** Without the spaces, dots and strokes that people write between the digits. */
const compact = (value: string): string => value.toUpperCase().replaceAll(/[\s./-]/g, '')

/** Whether a value has the format of its type. Types that the page does not offer are not checked. */
export function isTaxId({ type, value }: TaxId): boolean {
  const known = TAX_ID_TYPES[type]
  return known === undefined ? value.trim() !== '' : known.format.test(compact(value))
}

/** Whether the pay page offers a tax ID to businesses in a country. */
export function hasTaxIds(country: string): boolean {
  return Object.values(TAX_ID_TYPES).some(({ countries }) => countries.includes(country))
}

/** Whether a business in `country` with this tax ID accounts for the tax of a shop in `home` itself. */
export function isReverseCharged({ type }: TaxId, country: string, home: string | null): boolean {
  const known = TAX_ID_TYPES[type]
  return known !== undefined && known.reverseCharge && known.countries.includes(country) && country !== home
}
