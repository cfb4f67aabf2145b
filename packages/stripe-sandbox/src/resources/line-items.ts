// Line items of Checkout Sessions and payment links.
import type Stripe from 'stripe'
import { invalidRequest, noSuch, unsupported } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import { lineAmount } from '../money/amounts.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Checked, LineItem, Price, TaxRate } from '../wire.js'
import { createPrice } from './create-price.js'
import { createProduct } from './create-product.js'
import { findTaxRates } from './tax-rates.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { checkUrl } from './urls.js'

type Given = Checked<Stripe.Checkout.SessionCreateParams.LineItem>

const MAX_LINE_ITEMS = 100
/** For recurring and for one-time prices each, in subscription mode. */
const MAX_PER_KIND = 20
const MAX_QUANTITY = 999_999

/** Creates a session's lines. `price_data` creates an inactive price and product, so that every line has a price. */
export function createLineItems(
  account: Account,
  given: readonly Given[],
  mode: 'payment' | 'subscription' | 'setup',
): LineItem[] {
  if (given.length > MAX_LINE_ITEMS) {
    throw invalidRequest(`A Checkout Session can have at most ${MAX_LINE_ITEMS} line items.`, 'line_items')
  }
  const lines = given.map((line, index) => createLineItem(account, line, `line_items[${index}]`, mode))
  checkRecurring(lines, mode)
  return lines
}

/** Payment mode allows no recurring price. Subscription mode needs at least one, all with the same interval. */
function checkRecurring(lines: readonly LineItem[], mode: 'payment' | 'subscription' | 'setup'): void {
  const recurring = lines.filter((line) => line.price.recurring)
  if (mode === 'payment' && recurring.length > 0) {
    const index = lines.findIndex((line) => line.price.recurring)
    throw invalidRequest(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      `line_items[${index}]`,
    )
  }
  if (mode !== 'subscription') return
  if (recurring.length === 0) {
    throw invalidRequest(
      'You must provide at least one recurring price in `subscription` mode when using prices.',
      'line_items',
    )
  }
  if (recurring.length > MAX_PER_KIND || lines.length - recurring.length > MAX_PER_KIND) {
    throw invalidRequest(
      `A Checkout Session in subscription mode can have at most ${MAX_PER_KIND} recurring and ${MAX_PER_KIND} one-time line items.`,
      'line_items',
    )
  }
  const intervals = new Set(
    recurring.map(
      ({ price }) => `${price.recurring?.interval_count ?? 1} ${price.recurring?.interval ?? ''}`,
    ),
  )
  if (intervals.size > 1) {
    throw invalidRequest(
      'Checkout does not support multiple prices with different billing intervals.',
      'line_items',
    )
  }
}

/** Copies a payment link's lines for a new session. */
export function copyLineItems(account: Account, lines: readonly LineItem[]): LineItem[] {
  return lines.map((line) => {
    const copy = { ...line, id: newId('line_item') }
    const details = account.find('line_details', line.id)
    if (details) account.save('line_details', { ...details, id: copy.id })
    return copy
  })
}

type Change = NonNullable<Checked<Stripe.PaymentLinkUpdateParams>['line_items']>[number]

/** Changes the quantities of a payment link's lines. The others stay as they are. */
export function changeLineItems(lines: readonly LineItem[], changes: readonly Change[]): LineItem[] {
  changes.forEach(({ id }, index) => {
    if (!lines.some((line) => line.id === id)) throw noSuch('line_item', id, `line_items[${index}][id]`)
  })
  return lines.map((line) => {
    const index = changes.findIndex(({ id }) => id === line.id)
    const change = changes[index]
    if (!change) return line
    const at = `line_items[${index}]`
    const { adjustable_quantity: adjustable = line.adjustable_quantity ?? undefined } = change
    const quantity = checkQuantity(change.quantity ?? line.quantity ?? 1, at)
    const amount = lineAmount(line.price.unit_amount_decimal, quantity, line.price.currency)
    return {
      ...line,
      adjustable_quantity: readAdjustableQuantity(
        { quantity, ...(adjustable && { adjustable_quantity: adjustable }) } as Given,
        line.price,
        at,
      ),
      amount_subtotal: amount,
      amount_total: amount,
      quantity,
    }
  })
}

/** Sets recurring lines to zero, as nothing is due for them during a trial. */
export function freeDuringTrial(line: LineItem): LineItem {
  return line.price.recurring ? { ...line, amount_subtotal: 0, amount_total: 0 } : line
}

function createLineItem(account: Account, given: Given, at: string, mode: string): LineItem {
  if (given.price !== undefined && given.price_data !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: price, price_data.', at)
  }
  const price = given.price_data
    ? inlinePrice(account, given.price_data, `${at}[price_data]`)
    : existingPrice(account, given.price, at)
  if (given.quantity === undefined) {
    throw invalidRequest(`Quantity is required. Add \`quantity\` to \`${at}\``, at)
  }
  checkQuantity(given.quantity, at)
  const amount = lineAmount(price.unit_amount_decimal, given.quantity, price.currency)
  const id = newId('line_item')
  const taxRates = readTaxRates(account, given, at, mode)
  if (taxRates.length > 0) account.save('line_details', { id, discounts: [], taxRates })
  return {
    id,
    object: 'item',
    adjustable_quantity: readAdjustableQuantity(given, price, at),
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: account.get('product', price.product).name,
    metadata: mergeMetadata({}, given.metadata, `${at}[metadata]`),
    price,
    quantity: given.quantity,
  }
}

function checkQuantity(quantity: number, at: string): number {
  const limit =
    quantity < 1
      ? 'greater than or equal to 1'
      : quantity > MAX_QUANTITY
        ? `less than or equal to ${MAX_QUANTITY}`
        : null
  if (limit === null) return quantity
  throw invalidRequest(`This value must be ${limit}.`, `${at}[quantity]`, 'parameter_invalid_integer')
}

/** The line's tax rates, which the sandbox supports in payment mode only. */
function readTaxRates(account: Account, given: Given, at: string, mode: string): TaxRate[] {
  const { tax_rates: ids = [] } = given
  if (mode !== 'payment' && ids.length > 0) throw unsupported(`tax_rates in ${mode} mode`, `${at}[tax_rates]`)
  return findTaxRates(account, ids, `${at}[tax_rates]`)
}

/** Stripe's default for `adjustable_quantity[maximum]`. */
const DEFAULT_MAX_ADJUSTABLE = 99

/** How the customer may change the quantity, or null. The sandbox supports this for one-time prices only. */
function readAdjustableQuantity(given: Given, price: Price, at: string): LineItem['adjustable_quantity'] {
  const { enabled, minimum = 0, maximum = DEFAULT_MAX_ADJUSTABLE } = given.adjustable_quantity ?? {}
  if (enabled !== true) return null
  if (price.recurring)
    throw unsupported('adjustable_quantity for a recurring price', `${at}[adjustable_quantity]`)
  const quantity = given.quantity ?? 1
  if (minimum < 0 || maximum > MAX_QUANTITY || quantity < minimum || quantity > maximum) {
    throw invalidRequest(
      `The quantity must be between the minimum (${minimum}) and the maximum (${maximum}), and the maximum at most ${MAX_QUANTITY}.`,
      `${at}[adjustable_quantity]`,
    )
  }
  return { enabled, maximum, minimum }
}

/** The price for a `price` parameter. Throws if the price or its product is missing or inactive. */
export function existingPrice(account: Account, id: string | undefined, at: string): Price {
  if (id === undefined) {
    throw invalidRequest('You must specify either `price` or `price_data` when creating a line item.', at)
  }
  const price = account.find('price', id)
  if (!price) throw noSuch('price', id, `${at}[price]`)
  if (!price.active) {
    throw invalidRequest(
      `The price specified is inactive. This field only accepts active prices.`,
      `${at}[price]`,
    )
  }
  if (!account.get('product', price.product).active) {
    throw invalidRequest(
      `The price specified belongs to an inactive product. This field only accepts active products.`,
      `${at}[price]`,
    )
  }
  return price
}

function inlinePrice(account: Account, given: NonNullable<Given['price_data']>, at: string): Price {
  const { product, product_data: productData } = given
  if (product !== undefined && productData !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: product, product_data.', at)
  }
  if (product !== undefined) {
    if (!account.find('product', product)) throw noSuch('product', product, `${at}[product]`)
    return createPrice(account, product, given, at, true)
  }
  if (productData === undefined) {
    throw invalidRequest('You must specify either `product` or `product_data` when creating a price.', at)
  }
  refuseUnsupported(productData, ['tax_details'], `${at}.product_data.`)
  for (const [index, image] of (productData.images ?? []).entries()) {
    checkUrl(image, `${at}[product_data][images][${index}]`)
  }
  return createPrice(account, createProduct(account, productData, true).id, given, at, true)
}
