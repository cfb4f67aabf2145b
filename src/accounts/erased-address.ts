// The address that stands for an erased customer or guest, in the account, orders and mails.

/** No mail server has this domain (RFC 2606), and nobody can register with it: see `canonicalEmail`. */
export const ERASED_DOMAIN = 'erased.invalid'

export function erasedAddress(userId: number): string {
  return `erased-${userId}@${ERASED_DOMAIN}`
}

/** Of all guests who were erased, so that their orders can't be told to be of one person. */
export const ERASED_GUEST = `erased-guest@${ERASED_DOMAIN}`

/** Whether what has this address was erased. Its personal data must not come back with late reports. */
export function isErasedAddress(email: string): boolean {
  return email.endsWith(`@${ERASED_DOMAIN}`)
}
