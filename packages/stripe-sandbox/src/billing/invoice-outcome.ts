// What a successful or failed payment changes on an invoice and its subscription.
import type { Account } from '../state/account.js'
import type { Invoice, InvoicePayment } from '../wire.js'
import { subscriptionFailed, subscriptionPaid } from './subscription-status.js'
import { BILLING_RULES } from './rules.js'

/** Marks an invoice as paid, by a payment, outside Stripe (`outOfBand`) or because nothing was due. */
export function markPaid(
  account: Account,
  invoice: Invoice,
  { outOfBand = false, methodId = null }: { outOfBand?: boolean; methodId?: string | null } = {},
): Invoice {
  const now = account.now()
  const paid = account.update('invoice', invoice.id, {
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempt_count: outOfBand ? invoice.attempt_count : invoice.attempt_count + 1,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: now },
    ...(outOfBand ? { amount_paid_off_stripe: invoice.amount_due } : {}),
  })
  account.emit('invoice.paid', paid)
  account.emit('invoice.payment_succeeded', paid)
  const payment = paymentOf(account, invoice.id)
  if (payment && !outOfBand) {
    const settled = account.update('invoice_payment', payment.id, {
      amount_paid: invoice.amount_due,
      status: 'paid',
      status_transitions: { ...payment.status_transitions, paid_at: now },
    })
    account.emit('invoice_payment.paid', settled)
  }
  const subscription = subscriptionOf(invoice)
  if (subscription !== null) subscriptionPaid(account, subscription, methodId)
  return paid
}

/** Records a failed attempt: the payment was declined, or there was no payment method. Renewals are retried. */
export function markFailed(account: Account, invoice: Invoice, needsAction = false): Invoice {
  const now = account.now()
  const { next_payment_attempt: plannedRetry } = invoice
  // A manual attempt between scheduled retries is not counted, unless it is the first attempt.
  const automatic = invoice.attempt_count === 0 || (plannedRetry !== null && plannedRetry <= now)
  const attempts = automatic ? invoice.attempt_count + 1 : invoice.attempt_count
  const delay =
    automatic && invoice.auto_advance && isRenewal(invoice)
      ? BILLING_RULES.retryDelaysSeconds[attempts - 1]
      : undefined
  const next = automatic ? (delay === undefined ? null : now + delay) : plannedRetry
  const failed = account.update('invoice', invoice.id, {
    attempt_count: attempts,
    attempted: true,
    next_payment_attempt: next,
  })
  if (delay !== undefined) account.scheduleBilling('collect_invoice', invoice.id, now + delay)
  account.emit('invoice.payment_failed', failed)
  if (needsAction) account.emit('invoice.payment_action_required', failed)
  const subscription = subscriptionOf(invoice)
  if (subscription !== null) subscriptionFailed(account, subscription)
  return failed
}

/** Only renewals are retried. A subscription whose first invoice is not paid expires instead. */
function isRenewal(invoice: Invoice): boolean {
  return invoice.parent !== null && invoice.billing_reason !== 'subscription_create'
}

/** The id of the subscription that an invoice belongs to, or null. */
export function subscriptionOf(invoice: Invoice): string | null {
  return invoice.parent?.subscription_details?.subscription ?? null
}

/** The payment of an invoice that has not been canceled. */
export function paymentOf(account: Account, invoiceId: string): InvoicePayment | undefined {
  for (const payment of account.all('invoice_payment').newestFirst()) {
    if (payment.invoice === invoiceId && payment.status !== 'canceled') return payment
  }
  return undefined
}
