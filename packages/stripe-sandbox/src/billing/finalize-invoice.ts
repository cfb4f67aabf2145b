// Finalizing a draft invoice: its number, amount due and payment intent.
import { refused } from '../api/errors.js'
import { createIntent } from '../payments/intents.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Invoice, PaymentIntent } from '../wire.js'
import { applyCustomerBalance } from './balance.js'
import { markPaid } from './invoice-outcome.js'

/**
 * Finalizes a draft: gives it a number, and a payment intent if an amount is due. An invoice with nothing due is paid
 * at once.
 *
 * @param paidBy the payment intent that has already paid this invoice, if any
 * @throws StripeApiError when the customer was deleted
 */
export function finalizeInvoice(account: Account, draftId: string, paidBy?: PaymentIntent): Invoice {
  const draft = account.get('invoice', draftId)
  const now = account.now()
  const customer = account.find('customer', draft.customer)
  if (!customer) throw refused('The customer of this invoice has been deleted.', 'customer')
  const { due, endingBalance } = applyCustomerBalance(draft.total, customer.balance, draft.currency)
  const { invoice_prefix: prefix, next_invoice_sequence: sequence = 1 } = customer
  account.update('customer', customer.id, {
    balance: endingBalance,
    currency: customer.currency ?? draft.currency,
    next_invoice_sequence: sequence + 1,
  })
  const open = account.update('invoice', draft.id, {
    amount_due: due,
    amount_remaining: due,
    automatically_finalizes_at: null,
    effective_at: now,
    ending_balance: endingBalance,
    next_payment_attempt: null,
    number: `${prefix ?? 'SANDBOX'}-${String(sequence).padStart(4, '0')}`,
    starting_balance: customer.balance,
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: now },
  })
  account.emit('invoice.finalized', open)
  if (paidBy) {
    linkPayment(account, open, paidBy.id)
    account.update('intent_details', paidBy.id, { invoice: open.id })
  }
  if (paidBy || due === 0) return markPaid(account, open)
  createInvoiceIntent(account, open)
  return account.get('invoice', open.id)
}

function createInvoiceIntent(account: Account, invoice: Invoice): void {
  const intent = createIntent(
    account,
    {
      amount: invoice.amount_due,
      currency: invoice.currency,
      customer: invoice.customer,
      description: descriptionOf(invoice),
      payment_method_types: ['card'],
      setup_future_usage: invoice.parent === null ? null : 'off_session',
    },
    { invoice: invoice.id },
  )
  linkPayment(account, invoice, intent.id)
  account.emit('payment_intent.created', intent)
}

/** Stores the invoice payment, the object that links an invoice to its payment intent. */
function linkPayment(account: Account, invoice: Invoice, intentId: string): void {
  account.save('invoice_payment', {
    id: newId('invoice_payment'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: account.now(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: intentId },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  })
}

function descriptionOf(invoice: Invoice): string {
  switch (invoice.billing_reason) {
    case 'subscription_create':
      return 'Subscription creation'
    case 'subscription_cycle':
    case 'subscription_update':
      return 'Subscription update'
    default:
      return 'Payment for Invoice'
  }
}
