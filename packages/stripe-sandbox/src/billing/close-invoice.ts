// Closing an invoice without a payment: void or uncollectible.
import type { Account } from '../state/account.js'
import type { Invoice } from '../wire.js'
import { paymentOf } from './invoice-outcome.js'

/** Voids an invoice and cancels its payment intent. */
export function voidInvoice(account: Account, invoice: Invoice): Invoice {
  cancelPayment(account, invoice)
  const voided = account.update('invoice', invoice.id, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: account.now() },
  })
  account.emit('invoice.voided', voided)
  return voided
}

/** Marks an invoice as uncollectible. It can still be paid. */
export function markUncollectible(account: Account, invoice: Invoice): Invoice {
  const uncollectible = account.update('invoice', invoice.id, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: account.now() },
  })
  account.emit('invoice.marked_uncollectible', uncollectible)
  return uncollectible
}

function cancelPayment(account: Account, invoice: Invoice): void {
  const payment = paymentOf(account, invoice.id)
  if (!payment) return
  account.update('invoice_payment', payment.id, {
    status: 'canceled',
    status_transitions: { ...payment.status_transitions, canceled_at: account.now() },
  })
  const intent = account.get('payment_intent', payment.payment.payment_intent)
  const canceled = account.update('payment_intent', intent.id, {
    status: 'canceled',
    canceled_at: account.now(),
    cancellation_reason: 'void_invoice',
    next_action: null,
  })
  account.emit('payment_intent.canceled', canceled)
}
