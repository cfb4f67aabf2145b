// How addresses are written in each country: what the form calls its fields, and what a postal code looks like.

export interface AddressFormat {
  city: string
  /** Null where addresses have no state or region. */
  state: string | null
  postalCode: string
  /** What a postal code must look like. Null where it is optional and free. */
  postalFormat: RegExp | null
  example: string
}

const FIVE_DIGITS = { city: 'Town or city', state: null, postalCode: 'Postal code', postalFormat: /^\d{5}$/ }
const FOUR_DIGITS = { ...FIVE_DIGITS, postalFormat: /^\d{4}$/ }

const FORMATS: Readonly<Record<string, AddressFormat>> = {
  AT: { ...FOUR_DIGITS, example: '1010' },
  AU: { ...FOUR_DIGITS, city: 'Suburb', state: 'State', postalCode: 'Postcode', example: '2000' },
  CA: {
    city: 'City',
    state: 'Province',
    postalCode: 'Postal code',
    postalFormat: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i,
    example: 'K1A 0B1',
  },
  CH: { ...FOUR_DIGITS, example: '8001' },
  DE: { ...FIVE_DIGITS, example: '10115' },
  ES: { ...FIVE_DIGITS, state: 'Province', example: '28001' },
  FR: { ...FIVE_DIGITS, example: '75001' },
  GB: {
    city: 'Town or city',
    state: null,
    postalCode: 'Postcode',
    postalFormat: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i,
    example: 'SW1A 1AA',
  },
  IT: { ...FIVE_DIGITS, state: 'Province', example: '00184' },
  JP: {
    city: 'City or ward',
    state: 'Prefecture',
    postalCode: 'Postal code',
    postalFormat: /^\d{3}-?\d{4}$/,
    example: '100-0001',
  },
  US: {
    city: 'City',
    state: 'State',
    postalCode: 'ZIP code',
    postalFormat: /^\d{5}(-\d{4})?$/,
    example: '94103',
  },
}

const OTHER: AddressFormat = {
  city: 'Town or city',
  state: 'State or region',
  postalCode: 'Postal code',
  postalFormat: null,
  example: '',
}

export function addressFormat(country: string | undefined): AddressFormat {
  return FORMATS[country ?? ''] ?? OTHER
}

/** What is wrong with a postal code, or undefined. */
export function postalCodeProblem(country: string, postalCode: string): string | undefined {
  const { postalCode: name, postalFormat, example } = addressFormat(country)
  if (postalFormat === null || postalFormat.test(postalCode)) return undefined
  return postalCode === '' ? `Enter a ${name}.` : `This ${name} is not valid. Example: ${example}`
}
