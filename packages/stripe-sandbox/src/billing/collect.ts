import { confirmIntent, type Confirmation } from '../payments/confirm.js'
import type { Account } from '../state/account.js'
import type { Invoice } from '../wire.js'
import { markFailed, paymentOf, subscriptionOf } from './invoice-outcome.js'

export type CollectionResult = (Confirmation & { intentId: string }) | { result: 'no_method' }

/** Tries to take what an open invoice asks for. What comes of it, the invoice hears from its payment intent. */
export function collectInvoice(
  account: Account,
  invoice: Invoice,
  { methodId, offSession }: { methodId?: string | undefined; offSession: boolean },
): CollectionResult {
  const payment = paymentOf(account, invoice.id)
  if (!payment) throw new Error(`the invoice ${invoice.id} has no payment`)
  const method = account.find('payment_method', methodId ?? paymentMethodFor(account, invoice))
  if (!method) {
    markFailed(account, invoice)
    return { result: 'no_method' }
  }
  const intent = account.get('payment_intent', payment.payment.payment_intent)
  return { ...confirmIntent(account, intent, method, { offSession }), intentId: intent.id }
}

/**
 * What an invoice is paid with when nobody says: its own method, its subscription's, its customer's. One that was
 * detached pays nothing any more.
 */
export function paymentMethodFor(account: Account, invoice: Invoice): string | null {
  const candidates = [
    invoice.default_payment_method,
    account.find('subscription', subscriptionOf(invoice))?.default_payment_method,
    defaultMethodOf(account, invoice.customer),
  ]
  const usable = candidates.find((id) => account.find('payment_method', id)?.customer === invoice.customer)
  return usable ?? null
}

/** What a customer pays with by default: a payment method, or a card in the old way. */
export function defaultMethodOf(account: Account, customerId: string | null): string | null {
  const customer = account.find('customer', customerId)
  return customer?.invoice_settings.default_payment_method ?? customer?.default_source ?? null
}
