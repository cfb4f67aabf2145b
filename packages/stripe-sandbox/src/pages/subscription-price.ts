// A subscription's price as text.
import { amountOf, productName } from '../billing/invoice-lines.js'
import { formatAmount } from '../money/currencies.js'
import type { Account } from '../state/account.js'
import type { Subscription } from '../wire.js'
import { everyText } from './subscription-terms.js'

/** `$20.00 every month`. */
export function priceText({ items, currency }: Subscription): string {
  const [first] = items.data
  const amount = items.data.reduce((sum, item) => sum + amountOf(item.price, item.quantity ?? 1), 0)
  const price = formatAmount(amount, currency)
  return first?.price.recurring ? `${price} ${everyText(first.price.recurring)}` : price
}

/** The names of the subscription's products. */
export function productsText(account: Account, { items }: Subscription): string {
  return items.data.map((item) => productName(account, item.price)).join(', ')
}
