// API operations for invoice items.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound, refused } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { createInvoiceItem } from '../billing/invoice-items.js'
import { lineForItem } from '../billing/invoice-lines.js'
import { setLines } from '../billing/invoices.js'
import { checkMaxAmount, readCurrency } from '../money/amounts.js'
import type { Account } from '../state/account.js'
import type { Checked, Invoice, Price } from '../wire.js'
import { existingPrice } from './line-items.js'
import { createPrice } from './create-price.js'
import { refuseAllBut } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

type Given = Checked<Stripe.InvoiceItemCreateParams>

export const invoiceItemOperations = [
  operation<Stripe.InvoiceItemCreateParams>('POST /v1/invoiceitems', ({ account: baseAccount }, params) => {
    refuseAllBut(params, [
      'amount',
      'currency',
      'customer',
      'description',
      'discountable',
      'invoice',
      'metadata',
      'period',
      'price_data',
      'pricing',
      'quantity',
      'subscription',
    ])
    if (params.customer === undefined) throw missingParameter('customer')
    const customer = baseAccount.find('customer', params.customer)
    if (!customer) throw noSuch('customer', params.customer, 'customer')
    const account = inCustomersTime(baseAccount, customer.id)
    if (
      params.subscription !== undefined &&
      account.find('subscription', params.subscription)?.customer !== customer.id
    )
      throw noSuch('subscription', params.subscription, 'subscription')
    const invoice = readDraft(account, params)
    const item = createInvoiceItem(account, {
      ...withoutUndefined({
        description: params.description,
        discountable: params.discountable,
        period: params.period,
        subscription: params.subscription,
      }),
      ...readCost(account, params),
      customer,
      invoice: invoice?.id ?? null,
      quantity: params.quantity ?? 1,
      metadata: mergeMetadata({}, params.metadata),
    })
    checkMaxAmount(item.amount, item.currency, params.amount === undefined ? 'quantity' : 'amount')
    if (invoice) {
      const { lines } = account.get('invoice_lines', invoice.id)
      const { subtotal } = setLines(account, invoice, [...lines, lineForItem(item)])
      checkMaxAmount(subtotal, invoice.currency, 'invoice')
    }
    return item
  }),

  operation<Stripe.InvoiceItemListParams>('GET /v1/invoiceitems', (call, params) => {
    const { customer, customer_account, invoice, pending, created } = params
    return listPage(
      call,
      'invoiceitem',
      call.account.all('invoiceitem'),
      params,
      (item) =>
        hasValues(item, { customer, customer_account, invoice }) &&
        (pending === undefined || (item.invoice === null) === pending) &&
        inRange(item.date, created),
    )
  }),

  operation('GET /v1/invoiceitems/{invoiceitem}', ({ account, id }) => {
    const found = account.find('invoiceitem', id) ?? account.find('deleted', id)
    if (found?.object !== 'invoiceitem') throw notFound('invoiceitem', id)
    return found
  }),

  operation('DELETE /v1/invoiceitems/{invoiceitem}', ({ account, id }) => {
    const item = account.find('invoiceitem', id)
    if (!item) throw notFound('invoiceitem', id)
    const invoice = account.find('invoice', item.invoice)
    if (invoice && invoice.status !== 'draft') {
      throw refused(
        'You cannot delete an invoice item that is attached to an invoice that is no longer a draft.',
      )
    }
    if (invoice) {
      const { lines } = account.get('invoice_lines', invoice.id)
      const others = lines.filter((line) => line.parent?.invoice_item_details?.invoice_item !== id)
      setLines(account, invoice, others)
    }
    account.remove('invoiceitem', id)
    account.emit('invoiceitem.deleted', item)
    return account.save('deleted', { id, object: 'invoiceitem', deleted: true })
  }),
]

function readDraft(account: Account, given: Given): Invoice | undefined {
  if (given.invoice === undefined) return undefined
  const invoice = account.find('invoice', given.invoice)
  if (invoice?.customer !== given.customer) throw noSuch('invoice', given.invoice, 'invoice')
  if (invoice?.status !== 'draft') {
    throw invalidRequest(
      'You can only add invoice items to an invoice that is a draft.',
      'invoice',
      'invoice_not_editable',
    )
  }
  return invoice
}

function readCost(
  account: Account,
  given: Given,
): Pick<Parameters<typeof createInvoiceItem>[1], 'amount' | 'currency' | 'price'> {
  const price = readPrice(account, given)
  if (price) {
    if (given.amount !== undefined) {
      throw invalidRequest('You may only specify one of these parameters: amount, pricing.', 'amount')
    }
    return { price }
  }
  if (given.amount === undefined) throw missingParameter('amount')
  if (given.currency === undefined) throw missingParameter('currency')
  return { amount: given.amount, currency: readCurrency(given.currency, 'currency') }
}

function readPrice(account: Account, given: Given): Price | undefined {
  const { price_data: data, pricing } = given
  if (pricing?.price !== undefined) return requireOneTime(existingPrice(account, pricing.price, 'pricing'))
  if (!data) return undefined
  if (!account.find('product', data.product)) throw noSuch('product', data.product, 'price_data[product]')
  return createPrice(account, data.product, data, 'price_data', true)
}

function requireOneTime(price: Price): Price {
  if (!price.recurring) return price
  throw invalidRequest(
    'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
    'pricing[price]',
  )
}
