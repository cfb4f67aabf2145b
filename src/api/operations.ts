// The JSON API as a table: every operation, what it takes, what it answers, and how it refuses.
import type { z } from 'zod'
import * as schemas from './schemas.js'

export interface Operation {
  method: 'get' | 'post'
  /** As OpenAPI writes it: /api/orders/{order_id}. */
  path: string
  summary: string
  description?: string
  /** Whether the caller must send the cookie of a signed-in shopper. */
  signedIn: boolean
  parameters: readonly Parameter[]
  body: SchemaName | null
  /** Status → what it means, and what is answered. */
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

/** By the names that the document gives them. */
export const REQUEST_SCHEMAS = { NewOrder: schemas.newOrder, NewSession: schemas.newSession }
export const ANSWER_SCHEMAS = {
  Product: schemas.product,
  ProductList: schemas.productList,
  Order: schemas.order,
  OrderList: schemas.orderList,
  CheckoutSession: schemas.checkoutSession,
  Problem: schemas.problem,
} satisfies Record<string, z.ZodType>
export type SchemaName = keyof typeof REQUEST_SCHEMAS | keyof typeof ANSWER_SCHEMAS

const PAGE: Parameter = { name: 'page', in: 'query', description: 'From 1.', type: 'integer' }
const ORDER_ID: Parameter = { name: 'order_id', in: 'path', description: 'The order’s key.', type: 'string' }

const SIGN_IN: Refusal = [401, 'sign_in_required', 'Nobody is signed in.']
const NO_PRODUCT: Refusal = [404, 'product_not_found', 'No such product is sold.']
const NO_ORDER: Refusal = [404, 'order_not_found', 'There is no such order, or it is somebody else’s.']
const MALFORMED: Refusal = [400, 'malformed_body', 'The body is not JSON.']
const CROSS_ORIGIN: Refusal = [403, 'cross_origin', 'A page of another site sent it.']
const TOO_LARGE: Refusal = [413, 'body_too_large', 'The body is larger than 32 kB.']
const COMPRESSED: Refusal = [
  415,
  'unsupported_encoding',
  'The body is compressed by other means than gzip, deflate or br.',
]
const OTHER_CHARSET: Refusal = [415, 'unsupported_charset', 'The body is not UTF-8.']
const TOO_MANY: Refusal = [429, 'too_many_requests', 'More than 30 in a minute; see Retry-After.']
const STRIPE_AWAY: Refusal = [
  503,
  'stripe_unavailable',
  'Stripe can’t be reached; try again, nothing is lost.',
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
    summary: 'Find products',
    description: 'What a parameter can’t mean is brought to the nearest thing that exists.',
    signedIn: false,
    parameters: [
      {
        name: 'q',
        in: 'query',
        description: 'Words that all stand in its name or descriptions.',
        type: 'string',
      },
      { name: 'category', in: 'query', description: 'Such as "Desk".', type: 'string' },
      { name: 'sort', in: 'query', description: 'newest, price-up, price-down or name.', type: 'string' },
      PAGE,
    ],
    body: null,
    answers: { 200: { description: 'A page of products.', schema: 'ProductList' } },
    problems: [],
  },
  {
    method: 'get',
    path: '/api/products/{product_id}',
    summary: 'Read a product',
    signedIn: false,
    parameters: [{ name: 'product_id', in: 'path', description: 'The product’s id.', type: 'integer' }],
    body: null,
    answers: { 200: { description: 'The product.', schema: 'Product' } },
    problems: [NO_PRODUCT],
  },
  {
    method: 'get',
    path: '/api/orders',
    summary: 'List your orders',
    signedIn: true,
    parameters: [PAGE],
    body: null,
    answers: { 200: { description: 'A page of orders, the newest first.', schema: 'OrderList' } },
    problems: [SIGN_IN],
  },
  {
    method: 'post',
    path: '/api/orders',
    summary: 'Make an order',
    description:
      'Safe to repeat: the same content is the same order while that is open. Other quantities of the same products take the place of the open order, and its session is closed at Stripe.',
    signedIn: true,
    parameters: [],
    body: 'NewOrder',
    answers: {
      201: { description: 'A new order.', schema: 'Order', location: true },
      200: {
        description: 'An order of the same content was open: this is it.',
        schema: 'Order',
        location: true,
      },
    },
    problems: [
      [400, 'invalid_order', 'A field is wrong; errors names it.'],
      [400, 'duplicate_product', 'A product is named twice.'],
      [400, 'mixed_currencies', 'The products have prices in several currencies.'],
      [400, 'order_too_large', 'The total is more than can be paid at once.'],
      ...POSTED,
      NO_PRODUCT,
      [409, 'already_paid', 'The order that this would take the place of has just been paid.'],
      [
        409,
        'order_replaced',
        'Another order of the same was made a moment later, and took the place of this.',
      ],
      [503, 'order_busy', 'Another order of the same is being changed; try again.'],
    ],
  },
  {
    method: 'get',
    path: '/api/orders/{order_id}',
    summary: 'Read an order',
    signedIn: true,
    parameters: [ORDER_ID],
    body: null,
    answers: { 200: { description: 'The order.', schema: 'Order' } },
    problems: [SIGN_IN, NO_ORDER],
  },
  {
    method: 'post',
    path: '/api/payments/create-session',
    summary: 'Pay an order',
    description:
      'Safe to repeat: an order has at most one payable session, and while that is open it is answered again. The units are taken from stock until it ends.',
    signedIn: true,
    parameters: [],
    body: 'NewSession',
    answers: { 200: { description: 'Where the shopper pays.', schema: 'CheckoutSession' } },
    problems: [
      [400, 'invalid_order_id', 'order_id is missing or can be none.'],
      ...POSTED,
      NO_ORDER,
      [409, 'already_paid', 'Nothing is left to pay.'],
      [409, 'order_replaced', 'Another order of the same was made or paid for a moment later: pay that one.'],
      [409, 'payment_processing', 'A bank has yet to answer: paying again could charge twice.'],
      [409, 'order_under_review', 'Something about its payment must be checked by a person first.'],
      [409, 'sold_out', 'A product has sold out.'],
      [409, 'not_enough_stock', 'There are fewer units left than were ordered.'],
      [409, 'no_longer_sold', 'A product is not for sale any more.'],
      [409, 'price_changed', 'A product costs something else than when it was ordered: make a new order.'],
      [502, 'payment_refused_by_stripe', 'Stripe does not accept this order.'],
      [503, 'order_busy', 'Another order of the same is being changed; try again.'],
      [503, 'checkout_busy', 'Another checkout of it is under way; try again.'],
    ],
  },
  {
    method: 'get',
    path: '/api/openapi.json',
    summary: 'Read this document',
    signedIn: false,
    parameters: [],
    body: null,
    answers: { 200: { description: 'OpenAPI 3.1.', schema: null } },
    problems: [],
  },
]
