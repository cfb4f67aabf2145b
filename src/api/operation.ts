// What an operation of the JSON API is described by, and what several of them share.
import type { z } from 'zod'
import * as accounts from './account-schemas.js'
import * as carts from './cart-schemas.js'
import * as schemas from './schemas.js'

export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete'
  /** As OpenAPI writes it: /api/orders/{order_id}. */
  path: string
  summary: string
  description?: string
  /** Whether a bearer token or the session cookie of a signed-in shopper is required. */
  signedIn: boolean | 'or guest'
  parameters: readonly Parameter[]
  body: SchemaName | null
  /** Status → its meaning and the schema of the response. A 204 has no body. */
  answers: Readonly<Record<number, { description: string; schema: SchemaName | null; location?: true }>>
  problems: readonly Refusal[]
}

export interface Parameter {
  name: string
  in: 'path' | 'query'
  description: string
  type: 'string' | 'integer'
  /** Whether it may be sent several times, each with one value. */
  repeated?: true
}

/** [status, code, when] */
export type Refusal = readonly [number, string, string]

/** By their names in the OpenAPI document. */
export const REQUEST_SCHEMAS = {
  Credentials: accounts.credentials,
  Registration: accounts.registration,
  NewPassword: accounts.newPassword,
  PasswordReset: accounts.passwordReset,
  ResetCompletion: accounts.resetCompletion,
  EmailVerification: accounts.emailVerification,
  NewCartItem: carts.newCartItem,
  CartQuantity: carts.cartQuantity,
  QuoteRequest: carts.quoteRequest,
  NewOrder: schemas.newOrder,
  NewSession: schemas.newSession,
  NewReturn: schemas.newReturn,
}
export const ANSWER_SCHEMAS = {
  Product: schemas.product,
  ProductList: schemas.productList,
  CategoryList: schemas.categoryList,
  ShippingRateList: schemas.shippingRateList,
  Order: schemas.order,
  OrderList: schemas.orderList,
  PurchaseList: schemas.purchaseList,
  Cart: carts.cart,
  DeliveryQuote: carts.deliveryQuote,
  Grant: accounts.grant,
  User: accounts.user,
  ChangedPassword: accounts.changedPassword,
  TokenList: accounts.tokenList,
  SessionList: accounts.sessionList,
  CheckoutSession: schemas.checkoutSession,
  Problem: schemas.problem,
} satisfies Record<string, z.ZodType>
export type SchemaName = keyof typeof REQUEST_SCHEMAS | keyof typeof ANSWER_SCHEMAS

export const PAGE: Parameter = {
  name: 'page',
  in: 'query',
  description: 'Page number, from 1.',
  type: 'integer',
}
export const ORDER_ID: Parameter = {
  name: 'order_id',
  in: 'path',
  description: 'The id of the order, "ord_…".',
  type: 'string',
}

export const SIGN_IN: Refusal = [401, 'sign_in_required', 'No shopper is signed in.']
export const NO_PRODUCT: Refusal = [
  404,
  'product_not_found',
  'The product or variant does not exist or is not sold.',
]
export const NO_ORDER: Refusal = [404, 'order_not_found', 'The order does not exist, or is not yours.']
const MALFORMED: Refusal = [400, 'malformed_body', 'The body is not valid JSON.']
export const CROSS_ORIGIN: Refusal = [403, 'cross_origin', 'The request came from a page of another site.']
const TOO_LARGE: Refusal = [413, 'body_too_large', 'The body is larger than 32 kB.']
const COMPRESSED: Refusal = [
  415,
  'unsupported_encoding',
  'The body’s compression is not gzip, deflate or br.',
]
const OTHER_CHARSET: Refusal = [415, 'unsupported_charset', 'The body is not UTF-8.']
const TOO_MANY: Refusal = [
  429,
  'too_many_requests',
  'More than 30 requests in a minute, or too many checkouts of guests in an hour. See Retry-After.',
]
const STRIPE_AWAY: Refusal = [
  503,
  'stripe_unavailable',
  'Stripe can’t be reached. The request can safely be repeated.',
]
/** What the body of any operation can be refused for. */
export const BODY_REFUSALS = [MALFORMED, CROSS_ORIGIN, TOO_LARGE, COMPRESSED, OTHER_CHARSET] as const
export const POSTED = [...BODY_REFUSALS, SIGN_IN, TOO_MANY, STRIPE_AWAY] as const
export const BAD_QUERY: Refusal = [400, 'invalid_query', 'A parameter is missing or invalid. See errors.']
/** A bearer token is checked before anything else, whether or not the operation needs one. */
export const BAD_TOKEN: Refusal = [
  401,
  'invalid_token',
  'The bearer token is wrong, has ended or was revoked. A cookie that came with it does not count.',
]
