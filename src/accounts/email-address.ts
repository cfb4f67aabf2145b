// Email addresses in one spelling, so that an address has one account however it is typed.
import { domainToASCII, domainToUnicode } from 'node:url'
import { ERASED_DOMAIN } from './erased-address.js'

/** The longest address that SMTP can carry (RFC 5321). */
export const MAX_EMAIL = 254

/** RFC 5321's dot-string, and letters of any script (RFC 6531). */
const ATOM = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+"
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, 'u')
/** Before it is converted. domainToASCII would also take IP addresses and percent-encoding. */
const DOMAIN = /^[\p{L}\p{M}\p{N}.。．｡-]+$/u
const ASCII_DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

/**
 * The address as the shop stores, compares and mails it: lower case, Unicode's form NFC, and the domain in ASCII, as mail
 * servers know it ("user@xn--bcher-kva.example").
 * @returns null if it is not an address, or stands for an erased customer
 */
export function canonicalEmail(text: string): string | null {
  const [, local = '', domain = ''] =
    /^(.+)@([^@]+)$/su.exec(text.trim().normalize('NFC').toLowerCase()) ?? []
  if (!LOCAL_PART.test(local) || !DOMAIN.test(domain)) return null
  const ascii = domainToASCII(domain)
  if (ascii === ERASED_DOMAIN) return null
  const address = `${local}@${ascii}`
  return ASCII_DOMAIN.test(ascii) && Buffer.byteLength(address) <= MAX_EMAIL ? address : null
}

/** A stored address as its owner writes it: "user@bücher.example". For pages; mail is sent to the stored one. */
export function shownEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return `${email.slice(0, at + 1)}${domainToUnicode(email.slice(at + 1)) || email.slice(at + 1)}`
}
