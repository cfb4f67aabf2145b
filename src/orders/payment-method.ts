// What an order was paid with, as receipts name it.
import { t } from '../messages/index.js'

/** As stored with a checkout attempt. Never more of a card or account than its last digits. */
export interface PaymentMethod {
  /** Stripe's word: "card", "sepa_debit". Null: Stripe did not say. */
  type: string | null
  /** Stripe's word for a card's brand: "visa". */
  brand: string | null
  last4: string | null
}

/** Brands write their names the same in every language. Stripe's words: https://docs.stripe.com/api/charges/object. */
const BRANDS: Partial<Record<string, string>> = {
  amex: 'American Express',
  cartes_bancaires: 'Cartes Bancaires',
  diners: 'Diners Club',
  discover: 'Discover',
  eftpos_au: 'Eftpos',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
}

/** "Visa ending in 4242". Null when it isn't known. */
export function paymentMethodText({ type, brand, last4 }: PaymentMethod): string | null {
  if (type === null) return null
  const texts = t().orders.paymentMethods
  const names: Partial<Record<string, string>> = texts.types
  const name = (brand !== null && BRANDS[brand]) || names[type] || sentenceCase(type)
  return last4 === null ? name : texts.endingIn(name, last4)
}

/** "afterpay_clearpay" → "Afterpay clearpay": a name that the shop does not know. */
function sentenceCase(word: string): string {
  const text = word.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
