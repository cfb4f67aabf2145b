import type { Account } from '../state/account.js'
import type { Invoice } from '../wire.js'
import { paymentOf } from './invoice-outcome.js'

/** An invoice that nobody will pay any more, as if it had never been asked for. */
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

/** An invoice that will probably not be paid. It still can be. */
export function markUncollectible(account: Account, invoice: Invoice): Invoice {
  const lost = account.update('invoice', invoice.id, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: account.now() },
  })
  account.emit('invoice.marked_uncollectible', lost)
  return lost
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
