// Reading and checking the items of a subscription.
import type Stripe from 'stripe'
import { invalidRequest, noSuch, unsupported } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import { amountOf } from '../billing/invoice-lines.js'
import type { NewSubscriptionItem } from '../billing/new-subscription.js'
import { checkMaxAmount } from '../money/amounts.js'
import type { Account } from '../state/account.js'
import type { Checked, Price } from '../wire.js'
import { existingPrice } from './line-items.js'
import { createPrice } from './create-price.js'
import { refuseAllBut } from './unsupported-parameters.js'

type Given = Checked<Stripe.SubscriptionCreateParams.Item>

const MAX_ITEMS = 20

/** The items of a new subscription: recurring prices with one currency and one interval. */
export function readItems(account: Account, given: readonly Given[]): NewSubscriptionItem[] {
  if (given.length > MAX_ITEMS) {
    throw invalidRequest(`A subscription can have at most ${MAX_ITEMS} items.`, 'items')
  }
  const items = given.map((item, index) => readItem(account, item, `items[${index}]`))
  checkItems(items)
  return items
}

export function readItem(account: Account, given: Given, at: string): NewSubscriptionItem {
  refuseAllBut(given, ['price', 'price_data', 'plan', 'quantity', 'metadata'], `${at}.`)
  const price = readItemPrice(account, given, at)
  if (given.quantity !== undefined && given.quantity < 0) {
    throw invalidRequest(
      'This value must be greater than or equal to 0.',
      `${at}[quantity]`,
      'parameter_invalid_integer',
    )
  }
  return {
    price,
    quantity: given.quantity ?? 1,
    metadata: mergeMetadata({}, given.metadata, `${at}[metadata]`),
  }
}

export function readItemPrice(
  account: Account,
  given: Pick<Given, 'price' | 'price_data' | 'plan'>,
  at: string,
): Price {
  const price = given.price_data
    ? inlinePrice(account, given.price_data, `${at}[price_data]`)
    : existingPrice(account, given.price ?? given.plan, at)
  if (!price.recurring) {
    throw invalidRequest(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      `${at}[price]`,
    )
  }
  return price
}

function inlinePrice(account: Account, given: NonNullable<Given['price_data']>, at: string): Price {
  if (!account.find('product', given.product)) throw noSuch('product', given.product, `${at}[product]`)
  return createPrice(account, given.product, given, at, true)
}

/** Throws unless all items have the same currency and interval, and one payment can cover a period. */
export function checkItems(items: readonly { price: Price; quantity?: number }[]): void {
  const [first] = items
  if (!first) throw invalidRequest('A subscription must have at least one item.', 'items')
  checkSameCurrencyAndInterval(
    items.map((item) => item.price),
    first.price,
  )
  const total = items.reduce((sum, { price, quantity }) => sum + amountOf(price, quantity ?? 1), 0)
  checkMaxAmount(total, first.price.currency, 'items')
}

function checkSameCurrencyAndInterval(prices: readonly Price[], first: Price): void {
  for (const [index, price] of prices.entries()) {
    if (price.currency !== first.currency) {
      throw invalidRequest(
        `All prices on a subscription must use the same currency. Expected ${first.currency}, but \`items[${index}]\` uses ${price.currency}.`,
        `items[${index}]`,
      )
    }
    const same =
      price.recurring?.interval === first.recurring?.interval &&
      price.recurring?.interval_count === first.recurring?.interval_count
    if (!same) throw unsupported('items with different billing intervals', `items[${index}]`)
  }
}
