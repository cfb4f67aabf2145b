// Building the lines of an invoice from subscriptions and invoice items.
import { lineAmount } from '../money/amounts.js'
import { formatAmount } from '../money/currencies.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type {
  InvoiceItem,
  InvoiceLineItem,
  LineItem,
  Price,
  Subscription,
  SubscriptionItem,
} from '../wire.js'
import { intervalText } from './periods.js'

/** Unix times in seconds. */
export interface Period {
  start: number
  end: number
}

/** The lines for one period of a subscription. During a trial they are the same, with amounts of zero. */
export function subscriptionLines(
  account: Account,
  subscription: Subscription,
  { start, end }: Period,
  trial = false,
): InvoiceLineItem[] {
  return subscription.items.data.map((item) => {
    const quantity = item.quantity ?? 1
    const amount = trial ? 0 : amountOf(item.price, quantity)
    return {
      ...blankLine(item.price.currency, amount),
      description: trial
        ? `Trial period for ${productName(account, item.price)}`
        : describe(account, item, quantity),
      metadata: subscription.metadata,
      parent: {
        invoice_item_details: null,
        subscription_item_details: {
          invoice_item: null,
          proration: false,
          proration_details: null,
          subscription: subscription.id,
          subscription_item: item.id,
        },
        type: 'subscription_item_details',
      },
      period: { start, end },
      pricing: pricingOf(item.price, trial ? '0' : item.price.unit_amount_decimal),
      quantity,
      quantity_decimal: String(quantity),
      subscription: subscription.id,
    }
  })
}

/** The invoice line for an invoice item. */
export function lineForItem(item: InvoiceItem): InvoiceLineItem {
  const subscription = item.parent?.subscription_details?.subscription ?? null
  return {
    ...blankLine(item.currency, item.amount),
    description: item.description,
    discountable: item.discountable,
    metadata: item.metadata ?? {},
    parent: {
      invoice_item_details: {
        invoice_item: item.id,
        proration: item.proration,
        proration_details: item.proration ? { credited_items: null } : null,
        subscription,
      },
      subscription_item_details: null,
      type: 'invoice_item_details',
    },
    period: item.period,
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription,
  }
}

/** The invoice line for what a Checkout Session has sold. */
export function lineForSale(line: LineItem, now: number): InvoiceLineItem {
  const quantity = line.quantity ?? 1
  return {
    ...blankLine(line.currency, line.amount_subtotal),
    description: line.description,
    metadata: {},
    parent: null,
    period: { start: now, end: now },
    pricing: pricingOf(line.price),
    quantity,
    quantity_decimal: String(quantity),
    subscription: null,
  }
}

/** The price of a quantity, rounded to whole minor units. */
export function amountOf(price: Price, quantity: number): number {
  return lineAmount(price.unit_amount_decimal, quantity, price.currency)
}

export function pricingOf(price: Price, unit = price.unit_amount_decimal): InvoiceLineItem['pricing'] {
  return {
    price_details: { price: price.id, product: price.product },
    type: 'price_details',
    unit_amount_decimal: unit,
  }
}

export function productName(account: Account, price: Price): string {
  return account.find('product', price.product)?.name ?? price.product
}

function describe(account: Account, item: SubscriptionItem, quantity: number): string {
  const { price } = item
  const unit = formatAmount(Number(price.unit_amount_decimal), price.currency)
  const every = price.recurring ? ` / ${intervalText(price.recurring)}` : ''
  return `${quantity} × ${productName(account, price)} (at ${unit}${every})`
}

function blankLine(
  currency: string,
  amount: number,
): Omit<
  InvoiceLineItem,
  | 'description'
  | 'metadata'
  | 'parent'
  | 'period'
  | 'pricing'
  | 'quantity'
  | 'quantity_decimal'
  | 'subscription'
> {
  return {
    id: newId('invoice_line'),
    object: 'line_item',
    amount,
    currency,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    // Set when the line is added to an invoice.
    invoice: null,
    livemode: false,
    pretax_credit_amounts: [],
    subtotal: amount,
    taxes: [],
  }
}
