// The operations on carts and delivery quotes.
import {
  BODY_REFUSALS,
  NO_PRODUCT,
  SIGN_IN,
  type Operation,
  type Parameter,
  type Refusal,
} from './operation.js'

const VARIANT_ID: Parameter = {
  name: 'variant_id',
  in: 'path',
  description: 'The id of the variant.',
  type: 'integer',
}
const NO_GUESTS: Refusal = [
  401,
  SIGN_IN[1],
  'No shopper is signed in, and the request came from another origin.',
]
const CHOOSE: Refusal = [
  400,
  'variant_required',
  'Several variants of the product are sold: send variant_id.',
]

export const CART_REFUSALS: readonly Refusal[] = [
  [409, 'cart_empty', 'The cart, or its part in this currency, is empty.'],
  [409, 'cart_unavailable', 'An item of the cart can’t be ordered as it is: see the cart’s obstacle.'],
]

const GUESTS =
  'The cart of the signed-in shopper. On the shop’s own origin guests have one too, named by a cookie.'

export const CART_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/cart',
    summary: 'Retrieve the cart',
    description: GUESTS,
    signedIn: 'or guest',
    parameters: [],
    body: null,
    answers: { 200: { description: 'The cart, with today’s prices and stock.', schema: 'Cart' } },
    problems: [NO_GUESTS],
  },
  {
    method: 'post',
    path: '/api/cart/items',
    summary: 'Add to the cart',
    description: 'Adds to the quantity that is in the cart, up to 20.',
    signedIn: 'or guest',
    parameters: [],
    body: 'NewCartItem',
    answers: { 200: { description: 'The cart.', schema: 'Cart' } },
    problems: [
      [400, 'invalid_item', 'A field is invalid. See errors.'],
      CHOOSE,
      ...BODY_REFUSALS,
      NO_GUESTS,
      NO_PRODUCT,
      [409, 'cart_full', 'The cart has 20 other items.'],
      [429, 'too_many_requests', 'Too many new carts of guests from one network. See Retry-After.'],
    ],
  },
  {
    method: 'put',
    path: '/api/cart/items/{variant_id}',
    summary: 'Set a quantity in the cart',
    signedIn: 'or guest',
    parameters: [VARIANT_ID],
    body: 'CartQuantity',
    answers: { 200: { description: 'The cart.', schema: 'Cart' } },
    problems: [
      [400, 'invalid_quantity', 'The quantity is not from 0 to 20.'],
      ...BODY_REFUSALS,
      NO_GUESTS,
      NO_PRODUCT,
      [404, 'not_in_cart', 'The variant is not in the cart: add it.'],
    ],
  },
  {
    method: 'delete',
    path: '/api/cart/items/{variant_id}',
    summary: 'Remove from the cart',
    description: 'Safe to repeat.',
    signedIn: 'or guest',
    parameters: [VARIANT_ID],
    body: null,
    answers: { 200: { description: 'The cart.', schema: 'Cart' } },
    problems: [[403, 'cross_origin', 'The request came from a page of another site.'], NO_GUESTS, NO_PRODUCT],
  },
  {
    method: 'post',
    path: '/api/delivery-quotes',
    summary: 'Quote the delivery of an order',
    description:
      'Where items, or the cart, can be delivered to; with a country, what each shipping rate costs and the total with it. Needs no sign-in for items.',
    signedIn: 'or guest',
    parameters: [],
    body: 'QuoteRequest',
    answers: { 200: { description: 'The countries and rates.', schema: 'DeliveryQuote' } },
    problems: [
      [400, 'invalid_quote', 'A field is invalid. See errors.'],
      [400, 'duplicate_product', 'A variant is listed twice.'],
      CHOOSE,
      [400, 'mixed_currencies', 'The items are priced in different currencies. For a cart, name one.'],
      [400, 'order_too_large', 'The total is too large for one payment.'],
      ...BODY_REFUSALS,
      [401, SIGN_IN[1], 'The cart is asked for, and no shopper is signed in on this other origin.'],
      NO_PRODUCT,
      ...CART_REFUSALS,
      [429, 'too_many_requests', 'More than 300 quotes of one network in a minute. See Retry-After.'],
    ],
  },
]
