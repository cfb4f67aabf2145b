// Creating invoice items.
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Customer, InvoiceItem, Metadata, Price } from '../wire.js'
import { amountOf, type Period, pricingOf, productName } from './invoice-lines.js'

interface NewInvoiceItem {
  customer: Customer
  /** The id of the draft to add it to, or null to leave it pending for the customer's next invoice. */
  invoice: string | null
  quantity: number
  description?: string | null
  discountable?: boolean
  metadata?: Metadata
  period?: Period
  /** The amount is the price's unless `amount` is given. */
  price?: Price
  /** In minor units. */
  amount?: number
  currency?: string
  /** Set when the item credits or charges part of a period, after a change to a subscription. */
  proration?: { subscription: string; item: string }
  subscription?: string
}

/** Stores an invoice item and sends its event. */
export function createInvoiceItem(account: Account, given: NewInvoiceItem): InvoiceItem {
  const now = account.now()
  const { price, quantity, proration } = given
  const amount = given.amount ?? (price ? amountOf(price, quantity) : 0)
  const subscription = proration?.subscription ?? given.subscription
  const item = account.save('invoiceitem', {
    id: newId('invoiceitem'),
    object: 'invoiceitem',
    amount,
    currency: given.currency ?? price?.currency ?? 'usd',
    customer: given.customer.id,
    customer_account: null,
    date: now,
    description: given.description ?? (price ? productName(account, price) : null),
    discountable: proration ? false : (given.discountable ?? true),
    discounts: [],
    invoice: given.invoice,
    livemode: false,
    metadata: given.metadata ?? {},
    net_amount: amount,
    parent:
      subscription === undefined
        ? null
        : {
            subscription_details: {
              subscription,
              ...(proration ? { subscription_item: proration.item } : {}),
            },
            type: 'subscription_details',
          },
    period: given.period ?? { start: now, end: now },
    pricing: price
      ? pricingOf(price)
      : { type: 'price_details', unit_amount_decimal: String(amount / quantity) },
    proration: proration !== undefined,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: [],
    test_clock: account.testClock(),
  })
  account.emit('invoiceitem.created', item)
  return item
}
