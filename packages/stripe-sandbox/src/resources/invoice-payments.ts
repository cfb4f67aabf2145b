// API operations for invoice payments.
import type Stripe from 'stripe'
import { notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { operation } from '../api/operation.js'

export const invoicePaymentOperations = [
  operation<Stripe.InvoicePaymentListParams>('GET /v1/invoice_payments', (call, params) => {
    const { invoice, status, payment, created } = params
    return listPage(
      call,
      'invoice_payment',
      call.account.all('invoice_payment'),
      params,
      (found) =>
        hasValues(found, { invoice, status }) &&
        (payment === undefined || found.payment.payment_intent === payment.payment_intent) &&
        inRange(found.created, created),
    )
  }),

  operation('GET /v1/invoice_payments/{invoice_payment}', ({ account, id }) => {
    const found = account.find('invoice_payment', id)
    if (!found) throw notFound('invoice_payment', id)
    return found
  }),
]
