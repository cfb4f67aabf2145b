// An order's public name: unguessable in URLs and at Stripe, short enough to read out in its other form.
import { randomBytes } from 'node:crypto'

/** Crockford's base 32: no I, L, O, U to misread. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const KEY = /^ord_[0-9a-hjkmnp-tv-z]{26}$/

/** 130 random bits. */
export function newOrderKey(): string {
  return `ord_${[...randomBytes(26)].map((byte) => ALPHABET.charAt(byte % 32)).join('')}`
}

export function isOrderKey(text: unknown): text is string {
  return typeof text === 'string' && KEY.test(text)
}

/** "T-7F3K2M8Q": what a person quotes; enough to find the order, not to open it. */
export function orderNumber(key: string): string {
  return `T-${key.slice(4, 12).toUpperCase()}`
}
