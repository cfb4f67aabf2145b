// Card brands by number, and the check digit.

export interface CardBrand {
  brand: string
  /** As shown to people. */
  name: string
  lengths: number[]
  cvcLength: 3 | 4
}

const BRANDS: [prefix: RegExp, brand: CardBrand][] = [
  [/^4/, { brand: 'visa', name: 'Visa', lengths: [16], cvcLength: 3 }],
  [
    /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/,
    { brand: 'mastercard', name: 'Mastercard', lengths: [16], cvcLength: 3 },
  ],
  [/^3[47]/, { brand: 'amex', name: 'American Express', lengths: [15], cvcLength: 4 }],
  [/^(6011|64[4-9]|65)/, { brand: 'discover', name: 'Discover', lengths: [16], cvcLength: 3 }],
  [/^(30|36|38|39)/, { brand: 'diners', name: 'Diners Club', lengths: [14, 16], cvcLength: 3 }],
  [/^35/, { brand: 'jcb', name: 'JCB', lengths: [16], cvcLength: 3 }],
  [/^62/, { brand: 'unionpay', name: 'UnionPay', lengths: [16, 17, 18, 19], cvcLength: 3 }],
]

const UNKNOWN: CardBrand = { brand: 'unknown', name: 'Card', lengths: [16], cvcLength: 3 }

export function cardBrand(number: string): CardBrand {
  return BRANDS.find(([prefix]) => prefix.test(number))?.[1] ?? UNKNOWN
}

/** Whether the number has 12 to 19 digits and passes the Luhn check. */
export function hasValidCheckDigit(number: string): boolean {
  if (!/^\d{12,19}$/.test(number)) return false
  let sum = 0
  for (let index = 0; index < number.length; index++) {
    const value = Number(number.at(-1 - index)) * (index % 2 === 1 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}
