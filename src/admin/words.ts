// Names of the database and of Stripe, as operators read them.

/** "requested_by_customer" → "Requested by customer". */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const ORIGINS: Readonly<Record<string, string>> = {
  shop: 'Shop',
  api: 'API',
  payment_link: 'Payment link',
}
