// Collecting an open invoice with one of the customer's payment methods.
import { confirmIntent, type Confirmation } from '../payments/confirm.js'
import type { Account } from '../state/account.js'
import type { Invoice } from '../wire.js'
import { markFailed, paymentOf, subscriptionOf } from './invoice-outcome.js'

/** The result of a payment attempt, or `no_method` if there was no payment method to attempt it with. */
export type CollectionResult = (Confirmation & { intentId: string }) | { result: 'no_method' }

/**
 * Tries to collect an open invoice. Confirming its payment intent updates the invoice, so callers need only act on the
 * result.
 */
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
 * The id of the payment method that pays an invoice by default: its own, else its subscription's, else its customer's.
 * Methods that were detached from the customer are skipped.
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

/** The id of a customer's default payment method, or of their default source (the older API for cards). */
export function defaultMethodOf(account: Account, customerId: string | null): string | null {
  const customer = account.find('customer', customerId)
  return customer?.invoice_settings.default_payment_method ?? customer?.default_source ?? null
}
