// Adaptive pricing: the customer sees and pays the price in their own currency. All other amounts stay in the shop's.
import { convert, currencyOf, exchangeRate } from '../money/exchange-rates.js'
import { amountGranularity, formatAmount } from '../money/currencies.js'
import type { Account } from '../state/account.js'
import type { Charge, PaymentIntent, Session } from '../wire.js'

export type Presentment = NonNullable<Session['presentment_details']>

/** As in Stripe's test emails: `ada+location_FR@example.com`. */
const LOCATION = /\+location_([A-Z]{2})(?![A-Z])[^@]*@/i

/**
 * The currency in which an open session is shown, or undefined for its own. The email address that the shop passed on
 * says where the customer is.
 * https://docs.stripe.com/payments/currencies/localize-prices/adaptive-pricing#testing
 */
export function presentmentCurrency(account: Account, session: Session): string | undefined {
  const { adaptive_pricing: pricing, mode, currency } = session
  if (pricing?.enabled !== true || mode !== 'payment' || currency === null) return undefined
  if (account.get('session_details', session.id).intent.capture_method === 'manual') return undefined
  const email = account.find('customer', session.customer)?.email ?? session.customer_email ?? ''
  const [, country = ''] = LOCATION.exec(email) ?? []
  const local = currencyOf(country.toUpperCase())
  if (local === undefined || local === currency || exchangeRate(currency, local) === undefined)
    return undefined
  return local
}

/** What the customer pays for an open session in their own currency. */
export function presentmentOf(account: Account, session: Session): Presentment | undefined {
  const local = presentmentCurrency(account, session)
  if (local === undefined || !session.amount_total) return undefined
  return {
    presentment_amount: convert(session.amount_total, session.currency ?? 'usd', local),
    presentment_currency: local,
  }
}

/** Stores on the session's payment intent what the customer pays. */
export function presentIntent(account: Account, session: Session, intent: PaymentIntent): PaymentIntent {
  const presentment = presentmentOf(account, session)
  return presentment
    ? account.update('payment_intent', intent.id, { presentment_details: presentment })
    : intent
}

/** The customer's part of a refund. A charge that is refunded in parts returns exactly what the customer paid. */
export function presentedRefund(charge: Charge, amount: number): Presentment | undefined {
  const { presentment_details: paid, amount_refunded: before } = charge
  if (!paid) return undefined
  return {
    presentment_amount: presentedPart(charge, paid, before + amount) - presentedPart(charge, paid, before),
    presentment_currency: paid.presentment_currency,
  }
}

/** An amount of a payment as the customer saw it, by default the whole. */
export function paidText(payment: PaymentIntent | Charge, amount = payment.amount): string {
  const { presentment_details: paid } = payment
  return paid
    ? formatAmount(presentedPart(payment, paid, amount), paid.presentment_currency)
    : formatAmount(amount, payment.currency)
}

function presentedPart(payment: PaymentIntent | Charge, paid: Presentment, part: number): number {
  const unit = amountGranularity(paid.presentment_currency)
  return Math.round((paid.presentment_amount * part) / payment.amount / unit) * unit
}
