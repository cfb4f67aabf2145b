import type Stripe from 'stripe'
import { invalidRequest, noSuch } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Checked, LineItem, Price } from '../wire.js'
import { createPrice } from './prices.js'
import { createProduct } from './products.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { checkUrl } from './urls.js'

type Given = Checked<Stripe.Checkout.SessionCreateParams.LineItem>

const mostLineItems = 100
const largestQuantity = 999_999

/** Makes a session's lines. `price_data` becomes an inactive price and product, so every line has a real price. */
export function createLineItems(account: Account, given: readonly Given[]): LineItem[] {
  if (given.length > mostLineItems) {
    throw invalidRequest(`A Checkout Session can have at most ${mostLineItems} line items.`, 'line_items')
  }
  return given.map((line, index) => createLineItem(account, line, `line_items[${index}]`))
}

function createLineItem(account: Account, given: Given, at: string): LineItem {
  refuseUnsupported(given, ['adjustable_quantity', 'tax_rates'], `${at}.`)
  if (given.price !== undefined && given.price_data !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: price, price_data.', at)
  }
  const price = given.price_data
    ? inlinePrice(account, given.price_data, `${at}[price_data]`)
    : existingPrice(account, given.price, at)
  if (given.quantity === undefined) {
    throw invalidRequest(`Quantity is required. Add \`quantity\` to \`${at}\``, at)
  }
  if (given.quantity < 1) {
    throw invalidRequest(
      'This value must be greater than or equal to 1.',
      `${at}[quantity]`,
      'parameter_invalid_integer',
    )
  }
  if (given.quantity > largestQuantity) {
    throw invalidRequest(
      `This value must be less than or equal to ${largestQuantity}.`,
      `${at}[quantity]`,
      'parameter_invalid_integer',
    )
  }
  const amount = Math.round(Number(price.unit_amount_decimal) * given.quantity)
  return {
    id: newId('line_item'),
    object: 'item',
    adjustable_quantity: null,
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

function existingPrice(account: Account, id: string | undefined, at: string): Price {
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
