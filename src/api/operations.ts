// The JSON API as a table of operations, with their parameters, bodies, responses and errors.
import type { z } from 'zod'
import * as schemas from './schemas.js'

export interface Operation {
  method: 'get' | 'post'
  /** As OpenAPI writes it: /api/orders/{order_id}. */
  path: string
  summary: string
  description?: string
  /** Whether the session cookie of a signed-in shopper is required. */
  signedIn: boolean
  parameters: readonly Parameter[]
  body: SchemaName | null
  /** Status → its meaning and the schema of the response. */
  answers: Readonly<Record<number, { description: string; schema: SchemaName | null; location?: true }>>
  problems: readonly Refusal[]
}

export interface Parameter {
  name: string
  in: 'path' | 'query'
  description: string
  type: 'string' | 'integer'
}

/** [status, code, when] */
export type Refusal = readonly [number, string, string]

/** By their names in the OpenAPI document. */
export const REQUEST_SCHEMAS = { NewOrder: schemas.newOrder, NewSession: schemas.newSession }
export const ANSWER_SCHEMAS = {
  Product: schemas.product,
  ProductList: schemas.productList,
  ShippingRateList: schemas.shippingRateList,
  Order: schemas.order,
  OrderList: schemas.orderList,
  CheckoutSession: schemas.checkoutSession,
  Problem: schemas.problem,
} satisfies Record<string, z.ZodType>
export type SchemaName = keyof typeof REQUEST_SCHEMAS | keyof typeof ANSWER_SCHEMAS

const PAGE: Parameter = { name: 'page', in: 'query', description: 'Page number, from 1.', type: 'integer' }
const ORDER_ID: Parameter = {
  name: 'order_id',
  in: 'path',
  description: 'The id of the order, "ord_…".',
  type: 'string',
}

const SIGN_IN: Refusal = [401, 'sign_in_required', 'No shopper is signed in.']
const NO_PRODUCT: Refusal = [
  404,
  'product_not_found',
  'The product or variant does not exist or is not sold.',
]
const NO_ORDER: Refusal = [404, 'order_not_found', 'The order does not exist or belongs to another shopper.']
const MALFORMED: Refusal = [400, 'malformed_body', 'The body is not valid JSON.']
const CROSS_ORIGIN: Refusal = [403, 'cross_origin', 'The request came from a page of another site.']
const TOO_LARGE: Refusal = [413, 'body_too_large', 'The body is larger than 32 kB.']
const COMPRESSED: Refusal = [
  415,
  'unsupported_encoding',
  'The body’s compression is not gzip, deflate or br.',
]
const OTHER_CHARSET: Refusal = [415, 'unsupported_charset', 'The body is not UTF-8.']
const TOO_MANY: Refusal = [429, 'too_many_requests', 'More than 30 requests in a minute. See Retry-After.']
const STRIPE_AWAY: Refusal = [
  503,
  'stripe_unavailable',
  'Stripe can’t be reached. The request can safely be repeated.',
]
const POSTED = [
  MALFORMED,
  SIGN_IN,
  CROSS_ORIGIN,
  TOO_LARGE,
  COMPRESSED,
  OTHER_CHARSET,
  TOO_MANY,
  STRIPE_AWAY,
] as const

export const OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/products',
    summary: 'List products',
    description: 'Invalid values fall back to the closest valid option.',
    signedIn: false,
    parameters: [
      {
        name: 'q',
        in: 'query',
        description:
          'Search words. All must occur in the product’s name or descriptions. More than 120 searches in a minute get 429; see Retry-After.',
        type: 'string',
      },
      { name: 'category', in: 'query', description: 'A category, such as "Desk".', type: 'string' },
      {
        name: 'sort',
        in: 'query',
        description: 'Sort order: newest, price-up, price-down or name.',
        type: 'string',
      },
      PAGE,
    ],
    body: null,
    answers: { 200: { description: 'A page of products.', schema: 'ProductList' } },
    problems: [],
  },
  {
    method: 'get',
    path: '/api/products/{product_id}',
    summary: 'Retrieve a product',
    signedIn: false,
    parameters: [{ name: 'product_id', in: 'path', description: 'The id of the product.', type: 'integer' }],
    body: null,
    answers: { 200: { description: 'The product.', schema: 'Product' } },
    problems: [NO_PRODUCT],
  },
  {
    method: 'get',
    path: '/api/shipping-rates',
    summary: 'List a country’s shipping rates',
    description: 'What delivery of an order costs. POST /api/orders takes the country and the id of a rate.',
    signedIn: false,
    parameters: [
      { name: 'country', in: 'query', description: 'ISO 3166 code, such as "DE". Required.', type: 'string' },
      {
        name: 'total',
        in: 'query',
        description:
          'What the items cost, in the minor unit: some rates are free from a total on. 0 by default.',
        type: 'integer',
      },
      {
        name: 'currency',
        in: 'query',
        description: 'The order’s currency. The shop’s by default.',
        type: 'string',
      },
    ],
    body: null,
    answers: { 200: { description: 'The rates.', schema: 'ShippingRateList' } },
    problems: [[400, 'invalid_query', 'A parameter is missing or invalid. See errors.']],
  },
  {
    method: 'get',
    path: '/api/orders',
    summary: 'List your orders',
    signedIn: true,
    parameters: [PAGE],
    body: null,
    answers: { 200: { description: 'A page of orders, newest first.', schema: 'OrderList' } },
    problems: [SIGN_IN],
  },
  {
    method: 'post',
    path: '/api/orders',
    summary: 'Create an order',
    description:
      'Safe to repeat: while an order is open, the same items return that order. Other quantities or variants of the same products replace it, and its Checkout Session is closed.',
    signedIn: true,
    parameters: [],
    body: 'NewOrder',
    answers: {
      201: { description: 'A new order.', schema: 'Order', location: true },
      200: {
        description: 'The open order with the same items.',
        schema: 'Order',
        location: true,
      },
    },
    problems: [
      [400, 'invalid_order', 'A field is invalid. See errors.'],
      [400, 'duplicate_product', 'A variant is listed twice.'],
      [
        400,
        'variant_required',
        'Several variants of the product are sold, and variant_id is missing. See errors for the choices.',
      ],
      [400, 'mixed_currencies', 'The products are priced in different currencies.'],
      [400, 'order_too_large', 'The total is too large for one payment.'],
      ...POSTED,
      NO_PRODUCT,
      [409, 'already_paid', 'The order that this one would replace has just been paid.'],
      [409, 'order_replaced', 'A newer order for the same products has replaced this one.'],
      [409, 'price_changed', 'The total is not expected_total in expected_currency. No order was created.'],
      [409, 'delivery_required', 'A product requires shipping: send country and shipping_rate.'],
      [409, 'not_delivered', 'The country has no shipping rate.'],
      [409, 'delivery_changed', 'The shipping rate is not offered for this country, currency and total.'],
      [503, 'order_busy', 'Another request is changing an order for the same products. Try again.'],
    ],
  },
  {
    method: 'get',
    path: '/api/orders/{order_id}',
    summary: 'Retrieve an order',
    signedIn: true,
    parameters: [ORDER_ID],
    body: null,
    answers: { 200: { description: 'The order.', schema: 'Order' } },
    problems: [SIGN_IN, NO_ORDER],
  },
  {
    method: 'post',
    path: '/api/payments/create-session',
    summary: 'Create a payment session',
    description:
      'Opens Stripe’s Checkout for an order. Safe to repeat: an order has at most one open session, which is returned again. The session reserves the order’s stock until it ends.',
    signedIn: true,
    parameters: [],
    body: 'NewSession',
    answers: { 200: { description: 'The session in which the shopper pays.', schema: 'CheckoutSession' } },
    problems: [
      [400, 'invalid_order_id', 'order_id is missing, or a field is malformed.'],
      ...POSTED,
      NO_ORDER,
      [409, 'already_paid', 'The order does not need to be paid any more.'],
      [409, 'order_replaced', 'A newer order for the same products has replaced this one: pay that one.'],
      [
        409,
        'payment_processing',
        'A payment is waiting for the shopper’s bank. Paying again could charge twice.',
      ],
      [409, 'order_under_review', 'The shop must review the order’s payment first.'],
      [409, 'sold_out', 'A variant is sold out.'],
      [409, 'not_enough_stock', 'Fewer units are left than were ordered.'],
      [409, 'no_longer_sold', 'A product is no longer sold.'],
      [409, 'delivery_required', 'A product requires shipping now: create a new order.'],
      [
        409,
        'delivery_changed',
        'The shipping rate is no longer offered, or has another price: create a new order.',
      ],
      [
        409,
        'price_changed',
        'A product’s price has changed since it was ordered: create a new order. Or the total is not the expected one.',
      ],
      [502, 'payment_refused_by_stripe', 'Stripe rejected the order.'],
      [503, 'order_busy', 'Another request is changing an order for the same products. Try again.'],
      [503, 'checkout_busy', 'Another request is opening a session for this order. Try again.'],
    ],
  },
  {
    method: 'get',
    path: '/api/openapi.json',
    summary: 'Retrieve this document',
    signedIn: false,
    parameters: [],
    body: null,
    answers: { 200: { description: 'This API in OpenAPI 3.1.', schema: null } },
    problems: [],
  },
]
