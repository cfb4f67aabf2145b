// Creating a draft invoice through the API.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { draftInvoice } from '../billing/invoices.js'
import { checkMaxAmount, readCurrency } from '../money/amounts.js'
import type { Account } from '../state/account.js'
import type { Checked, Customer, Invoice } from '../wire.js'
import { readDefaultMethod } from './subscription-parameters.js'
import { refuseAllBut } from './unsupported-parameters.js'

const DAY_SECONDS = 24 * 60 * 60

/** Creates a draft, with the customer's pending invoice items if the request includes them. */
export function createInvoice(baseAccount: Account, given: Checked<Stripe.InvoiceCreateParams>): Invoice {
  refuseAllBut(given, [
    'auto_advance',
    'collection_method',
    'currency',
    'customer',
    'days_until_due',
    'default_payment_method',
    'description',
    'due_date',
    'footer',
    'metadata',
    'pending_invoice_items_behavior',
    'subscription',
  ])
  if (given.customer === undefined) throw missingParameter('customer')
  const customer = baseAccount.find('customer', given.customer)
  if (!customer) throw noSuch('customer', given.customer, 'customer')
  const subscription = baseAccount.find('subscription', given.subscription)
  if (given.subscription !== undefined && subscription?.customer !== customer.id) {
    throw noSuch('subscription', given.subscription, 'subscription')
  }
  const account = inCustomersTime(baseAccount, customer.id)
  const method = given.collection_method ?? 'charge_automatically'
  const dueDate =
    given.days_until_due === undefined
      ? (given.due_date ?? null)
      : account.now() + given.days_until_due * DAY_SECONDS
  if (method === 'send_invoice' && dueDate === null) {
    throw invalidRequest(
      'If invoice collection method is `send_invoice`, you must provide `days_until_due` or `due_date`.',
      'days_until_due',
    )
  }
  if (method === 'charge_automatically' && dueDate !== null) {
    throw invalidRequest(
      'You can only set a due date if the collection method is `send_invoice`.',
      given.days_until_due === undefined ? 'due_date' : 'days_until_due',
    )
  }
  const invoice = draftInvoice(account, {
    customer,
    currency: currencyFor(account, customer, given.currency),
    reason: 'manual',
    period: { start: account.now(), end: account.now() },
    lines: [],
    ...(subscription ? { subscription } : {}),
    autoAdvance: given.auto_advance ?? false,
    includePendingItems: given.pending_invoice_items_behavior === 'include' || subscription !== undefined,
    collectionMethod: method,
    dueDate,
    defaultPaymentMethod: readDefaultMethod(account, customer, given.default_payment_method),
    description: given.description ?? null,
    footer: given.footer ?? null,
    metadata: mergeMetadata({}, given.metadata),
  })
  checkMaxAmount(invoice.subtotal, invoice.currency, 'pending_invoice_items_behavior')
  return invoice
}

/** The given currency, else that of the customer's pending items, else the customer's. */
function currencyFor(account: Account, customer: Customer, given: string | undefined): string {
  if (given !== undefined) return readCurrency(given, 'currency')
  for (const item of account.all('invoiceitem').newestFirst()) {
    if (item.customer === customer.id && item.invoice === null) return item.currency
  }
  return customer.currency ?? 'usd'
}
