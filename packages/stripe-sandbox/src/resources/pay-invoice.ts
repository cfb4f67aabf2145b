// Paying an invoice through the API.
import type Stripe from 'stripe'
import { refused, StripeApiError } from '../api/errors.js'
import { collectInvoice } from '../billing/collect.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { markPaid } from '../billing/invoice-outcome.js'
import { finalizeInvoice } from '../billing/finalize-invoice.js'
import { declinedAnswer } from '../payments/intents.js'
import { checkMethodOwner } from '../payments/method-owner.js'
import { resolvePaymentMethod } from '../payments/payment-methods.js'
import type { Account } from '../state/account.js'
import type { Checked, Invoice } from '../wire.js'
import { refuseUnsupported } from './unsupported-parameters.js'

/**
 * Pays an invoice, after finalizing it if it is a draft.
 *
 * @throws StripeApiError with the status 402 when the payment is declined or needs an action
 */
export function payInvoice(
  baseAccount: Account,
  invoice: Invoice,
  params: Checked<Stripe.InvoicePayParams>,
): Invoice {
  refuseUnsupported(params, ['forgive', 'mandate', 'source'])
  if (invoice.status === 'paid') throw refused('Invoice is already paid', undefined, 'invoice_already_paid')
  if (invoice.status === 'void') throw refused('Invoice is void and can no longer be paid.')
  const account = inCustomersTime(baseAccount, invoice.customer)
  const open = invoice.status === 'draft' ? finalizeInvoice(account, invoice.id) : invoice
  if (open.status === 'paid') return open
  if (params.paid_out_of_band === true) return markPaid(account, open, { outOfBand: true })
  const method =
    params.payment_method === undefined ? undefined : resolvePaymentMethod(account, params.payment_method)
  if (method) checkMethodOwner(account, method, open.customer)
  const collection = collectInvoice(account, open, {
    methodId: method?.id,
    offSession: params.off_session ?? true,
  })
  switch (collection.result) {
    case 'declined':
      throw declinedAnswer(account, collection.error, collection.intentId)
    case 'challenge':
      throw new StripeApiError(
        402,
        {
          type: 'card_error',
          code: 'invoice_payment_intent_requires_action',
          message:
            'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice. For more details see: https://stripe.com/docs/billing/subscriptions/overview#requires-action',
        },
        true,
      )
    case 'no_method':
      throw refused(
        'There is no `default_payment_method` set on this Customer or Invoice. Please set either one of these, or pass `payment_method`.',
        undefined,
        'resource_missing',
      )
    default:
      return account.get('invoice', invoice.id)
  }
}
