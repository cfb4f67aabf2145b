// API operations for invoices.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound, refused } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { markUncollectible, voidInvoice } from '../billing/close-invoice.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { finalizeAndCollect } from '../billing/cycle.js'
import { subscriptionOf } from '../billing/invoice-outcome.js'
import { finalizeInvoice } from '../billing/finalize-invoice.js'
import { BILLING_RULES } from '../billing/rules.js'
import { upcomingInvoice } from '../billing/upcoming-invoice.js'
import { isEnded } from '../billing/subscription-status.js'
import type { Account } from '../state/account.js'
import { Collection } from '../state/collection.js'
import type { Invoice, InvoiceLineItem } from '../wire.js'
import { createInvoice } from './create-invoice.js'
import { payInvoice } from './pay-invoice.js'
import { previousValues } from './previous-values.js'
import { readDefaultMethod } from './subscription-parameters.js'
import { refuseAllBut } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

const DAY_SECONDS = 24 * 60 * 60

export const invoiceOperations = [
  operation<Stripe.InvoiceCreateParams>('POST /v1/invoices', ({ account }, params) =>
    createInvoice(account, params),
  ),

  operation<Stripe.InvoiceListParams>('GET /v1/invoices', (call, params) => {
    const {
      collection_method,
      customer,
      customer_account,
      status,
      subscription,
      created,
      due_date: due,
    } = params
    return listPage(
      call,
      'invoice',
      call.account.all('invoice'),
      params,
      (invoice) =>
        hasValues(invoice, { collection_method, customer, customer_account, status }) &&
        (subscription === undefined || subscriptionOf(invoice) === subscription) &&
        (due === undefined || (invoice.due_date !== null && inRange(invoice.due_date, due))) &&
        inRange(invoice.created, created),
    )
  }),

  operation<Stripe.InvoiceCreatePreviewParams>('POST /v1/invoices/create_preview', ({ account }, params) => {
    refuseAllBut(params, ['customer', 'subscription', 'preview_mode'])
    const subscription = account.find('subscription', params.subscription)
    if (params.subscription === undefined) throw missingParameter('subscription')
    if (!subscription) throw noSuch('subscription', params.subscription, 'subscription')
    if (isEnded(subscription) || subscription.cancel_at_period_end) {
      throw invalidRequest(
        `No upcoming invoices for customer: ${subscription.customer}`,
        undefined,
        'invoice_upcoming_none',
      )
    }
    return upcomingInvoice(inCustomersTime(account, subscription.customer), subscription)
  }),

  operation('GET /v1/invoices/{invoice}', ({ account, id }) => {
    const found = account.find('invoice', id) ?? account.find('deleted', id)
    if (found?.object !== 'invoice') throw notFound('invoice', id)
    return found
  }),

  operation<Stripe.InvoiceUpdateParams>(
    'POST /v1/invoices/{invoice}',
    ({ account: baseAccount, id }, params) => {
      const invoice = requireInvoice(baseAccount, id)
      const account = inCustomersTime(baseAccount, invoice.customer)
      refuseAllBut(params, [
        'auto_advance',
        'days_until_due',
        'default_payment_method',
        'description',
        'due_date',
        'footer',
        'metadata',
      ])
      const { days_until_due: days, description, footer } = params
      const customer = account.get('customer', invoice.customer)
      const updated = account.update('invoice', id, {
        ...autoAdvanceChanges(account, invoice, params.auto_advance),
        ...withoutUndefined({
          due_date: days === undefined ? params.due_date : account.now() + days * DAY_SECONDS,
        }),
        ...(params.default_payment_method === undefined
          ? {}
          : { default_payment_method: readDefaultMethod(account, customer, params.default_payment_method) }),
        ...(description === undefined ? {} : { description: description || null }),
        ...(footer === undefined ? {} : { footer: footer || null }),
        metadata: mergeMetadata(invoice.metadata ?? {}, params.metadata),
      })
      account.emit('invoice.updated', updated, previousValues(invoice, updated))
      return updated
    },
  ),

  operation('DELETE /v1/invoices/{invoice}', ({ account, id }) => {
    const invoice = requireInvoice(account, id)
    if (invoice.status !== 'draft') {
      throw refused('You can only delete draft invoices. Void this invoice instead.')
    }
    if (invoice.parent !== null)
      throw refused('You cannot delete an invoice of a subscription. Void it instead.')
    for (const item of [...account.all('invoiceitem').oldestFirst()]) {
      if (item.invoice === id) account.remove('invoiceitem', item.id)
    }
    account.remove('invoice', id)
    account.remove('invoice_lines', id)
    account.emit('invoice.deleted', invoice)
    return account.save('deleted', { id, object: 'invoice', deleted: true })
  }),

  operation<Stripe.InvoiceFinalizeInvoiceParams>(
    'POST /v1/invoices/{invoice}/finalize',
    ({ account: baseAccount, id }, params) => {
      const draft = requireInvoice(baseAccount, id)
      const account = inCustomersTime(baseAccount, draft.customer)
      requireStatus(draft, ['draft'], 'finalized')
      if (params.auto_advance !== undefined)
        account.update('invoice', id, { auto_advance: params.auto_advance })
      const advances = account.get('invoice', id).auto_advance === true
      if (advances) finalizeAndCollect(account, draft, { offSession: true })
      else finalizeInvoice(account, id)
      return account.get('invoice', id)
    },
  ),

  operation<Stripe.InvoicePayParams>('POST /v1/invoices/{invoice}/pay', ({ account, id }, params) =>
    payInvoice(account, requireInvoice(account, id), params),
  ),

  operation('POST /v1/invoices/{invoice}/void', ({ account, id }) => {
    const invoice = requireInvoice(account, id)
    requireStatus(invoice, ['open', 'uncollectible'], 'voided')
    return voidInvoice(inCustomersTime(account, invoice.customer), invoice)
  }),

  operation('POST /v1/invoices/{invoice}/mark_uncollectible', ({ account, id }) => {
    const invoice = requireInvoice(account, id)
    requireStatus(invoice, ['open'], 'marked as uncollectible')
    return markUncollectible(inCustomersTime(account, invoice.customer), invoice)
  }),

  operation('POST /v1/invoices/{invoice}/send', ({ account: baseAccount, id }) => {
    const invoice = requireInvoice(baseAccount, id)
    requireStatus(invoice, ['draft', 'open'], 'sent')
    if (invoice.collection_method !== 'send_invoice') {
      throw refused('You can only manually send an invoice if its collection method is `send_invoice`.')
    }
    if (invoice.customer_email === null) {
      throw refused(
        'The customer must have an email address for an invoice to be sent.',
        undefined,
        'missing',
      )
    }
    const account = inCustomersTime(baseAccount, invoice.customer)
    const open = invoice.status === 'draft' ? finalizeInvoice(account, id) : invoice
    account.emit('invoice.sent', open)
    return open
  }),

  operation<Stripe.InvoiceListLineItemsParams>('GET /v1/invoices/{invoice}/lines', (call, params) => {
    requireInvoice(call.account, call.id)
    const lines = new Collection<InvoiceLineItem>()
    // Collections list the newest entry first, so add the lines in reverse to keep the order of the invoice.
    for (const line of [...call.account.get('invoice_lines', call.id).lines].reverse())
      lines.set(line.id, line)
    return listPage(call, 'line_item', lines, params)
  }),
]

/** The changes for a new `auto_advance`. A draft that advances is scheduled to be finalized. */
function autoAdvanceChanges(
  account: Account,
  invoice: Invoice,
  advances: boolean | undefined,
): Partial<Invoice> {
  if (advances === undefined) return {}
  if (invoice.status !== 'draft') return { auto_advance: advances }
  const at = advances ? account.now() + BILLING_RULES.draftSeconds : null
  if (at !== null) account.scheduleBilling('finalize_invoice', invoice.id, at)
  return { auto_advance: advances, automatically_finalizes_at: at, next_payment_attempt: at }
}

/**
 * Throws unless the invoice has one of the allowed statuses.
 *
 * @param verb what the request does, as a participle such as `voided`
 */
export function requireStatus(invoice: Invoice, allowed: readonly string[], verb: string): void {
  if (allowed.includes(invoice.status ?? '')) return
  throw refused(
    `This invoice cannot be ${verb}: its status is ${invoice.status ?? 'none'}, and it must be ${allowed.join(' or ')}.`,
    undefined,
    'invoice_not_editable',
  )
}

function requireInvoice(account: Account, id: string): Invoice {
  const invoice = account.find('invoice', id)
  if (!invoice) throw notFound('invoice', id)
  return invoice
}
