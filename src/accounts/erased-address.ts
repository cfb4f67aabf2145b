// The address that stands for an erased customer, in the account, its orders and mails.

/** No mail server has this domain (RFC 2606), and nobody can register with it: see `canonicalEmail`. */
export const ERASED_DOMAIN = 'erased.invalid'

export function erasedAddress(userId: number): string {
  return `erased-${userId}@${ERASED_DOMAIN}`
}

export function isErasedAddress(email: string): boolean {
  return email.endsWith(`@${ERASED_DOMAIN}`)
}

/** Whether the personal data of this order was erased. It must not come back with late reports. */
export function isErased({ userId, email }: { userId: number | null; email: string }): boolean {
  return userId !== null && email === erasedAddress(userId)
}
