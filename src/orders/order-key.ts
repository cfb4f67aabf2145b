// An order's public key, which can't be guessed, and its short number, which people can read out.
import { randomBytes } from 'node:crypto'

/** Crockford's base 32 leaves out I, L, O and U, which are easily misread. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const KEY = /^ord_[0-9a-hjkmnp-tv-z]{26}$/

/** 130 random bits. */
export function newOrderKey(): string {
  return newKey('ord')
}

/** Of a return. As long as an order's. */
export function newReturnKey(): string {
  return newKey('ret')
}

function newKey(prefix: string): string {
  return `${prefix}_${[...randomBytes(26)].map((byte) => ALPHABET.charAt(byte % 32)).join('')}`
}

export function isOrderKey(text: unknown): text is string {
  return typeof text === 'string' && KEY.test(text)
}

/** "T-7F3K2M8Q". Operators find the order by it; it doesn't give access to the order. */
export function orderNumber(key: string): string {
  return `T-${key.slice(4, 12).toUpperCase()}`
}
