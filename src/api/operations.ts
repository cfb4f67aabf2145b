// The JSON API as a table of operations, with their parameters, bodies, responses and errors.
import { ACCOUNT_OPERATIONS } from './account-operations.js'
import { CART_OPERATIONS, CART_REFUSALS } from './cart-operations.js'
import {
  BAD_QUERY,
  BAD_TOKEN,
  NO_ORDER,
  NO_PRODUCT,
  ORDER_ID,
  PAGE,
  POSTED,
  SIGN_IN,
  type Operation,
  type Parameter,
} from './operation.js'

const GUESTS =
  'In a shop with guest checkout, guests are known by the cookie that comes with their first order, so not on another origin.'

const AFTER: Parameter = {
  name: 'after',
  in: 'query',
  description: 'The next of the page before. The first page by default.',
  type: 'string',
}

/** Those of the list's page. */
const FILTERS: readonly Parameter[] = [
  {
    name: 'min',
    in: 'query',
    description:
      'Only products with a variant that costs this much or more: a decimal in the shop’s currency, such as 49.90. Products in other currencies are left out.',
    type: 'string',
  },
  { name: 'max', in: 'query', description: 'The same for this much or less.', type: 'string' },
  { name: 'stock', in: 'query', description: 'in: only products that can be bought now.', type: 'string' },
  {
    name: 'option',
    in: 'query',
    description:
      'Only products with this option, such as "Size: L". Repeat it for several: of each name, one value is enough.',
    type: 'string',
    repeated: true,
  },
]

const TABLE: readonly Operation[] = [
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
        description: 'Sort order: best (of a search), newest, price-up, price-down or name.',
        type: 'string',
      },
      ...FILTERS,
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
    parameters: [
      { name: 'product_id', in: 'path', description: 'The id of the product, or its slug.', type: 'string' },
    ],
    body: null,
    answers: { 200: { description: 'The product.', schema: 'Product' } },
    problems: [NO_PRODUCT],
  },
  {
    method: 'get',
    path: '/api/categories',
    summary: 'List the categories of products',
    signedIn: false,
    parameters: [],
    body: null,
    answers: { 200: { description: 'The categories of what is sold.', schema: 'CategoryList' } },
    problems: [],
  },
  {
    method: 'get',
    path: '/api/shipping-rates',
    summary: 'List a country’s shipping rates',
    description:
      'What delivery of an order costs. POST /api/orders takes the country and the id of a rate. POST /api/delivery-quotes computes it for items or a cart, and lists the countries.',
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
    problems: [BAD_QUERY],
  },
  {
    method: 'get',
    path: '/api/orders',
    summary: 'List your orders',
    description: 'Pages by after stay fast however many orders there are.',
    signedIn: true,
    parameters: [
      AFTER,
      {
        name: 'status',
        in: 'query',
        description: 'Only orders with this status.',
        type: 'string',
      },
      PAGE,
    ],
    body: null,
    answers: { 200: { description: 'A page of orders, newest first.', schema: 'OrderList' } },
    problems: [SIGN_IN, BAD_QUERY, NO_ORDER],
  },
  {
    method: 'post',
    path: '/api/orders',
    summary: 'Create an order',
    description: `Safe to repeat: while an order is open, the same items return that order. Other quantities or variants of the same products replace it, and its Checkout Session is closed. ${GUESTS} They send email.`,
    signedIn: 'or guest',
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
      [400, 'invalid_order', 'A field is invalid, or a guest sent no email. See errors.'],
      [400, 'duplicate_product', 'A variant is listed twice.'],
      [
        400,
        'variant_required',
        'Several variants of the product are sold, and variant_id is missing. See errors for the choices.',
      ],
      [
        400,
        'mixed_currencies',
        'The products are priced in different currencies. For a cart, name the currency of the part to order.',
      ],
      [400, 'order_too_large', 'The total is too large for one payment.'],
      [
        400,
        'terms_required',
        'accepted_terms is not the version of the shop’s terms. See errors for it and their address.',
      ],
      ...POSTED,
      [403, 'account_blocked', 'The account is blocked, or the guest’s address is a blocked account’s.'],
      NO_PRODUCT,
      [409, 'already_paid', 'The order that this one would replace has just been paid.'],
      [409, 'order_replaced', 'A newer order for the same products has replaced this one.'],
      ...CART_REFUSALS,
      [
        409,
        'price_changed',
        'The total is not expected_total in expected_currency. Or a price in the cart has changed, and expected_total does not say that the shopper has seen it. No order was created.',
      ],
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
    description: GUESTS,
    signedIn: 'or guest',
    parameters: [ORDER_ID],
    body: null,
    answers: { 200: { description: 'The order.', schema: 'Order' } },
    problems: [SIGN_IN, NO_ORDER],
  },
  {
    method: 'post',
    path: '/api/orders/{order_id}/cancel',
    summary: 'Cancel an order',
    description:
      'Only while it is unpaid: its session is closed, and it can’t be paid any more. Safe to repeat. A voucher that was issued can’t be taken back.',
    signedIn: 'or guest',
    parameters: [ORDER_ID],
    body: null,
    answers: { 200: { description: 'The canceled order.', schema: 'Order' } },
    problems: [
      ...POSTED,
      NO_ORDER,
      [409, 'already_paid', 'The order was paid.'],
      [409, 'payment_processing', 'A payment is on its way.'],
      [409, 'order_under_review', 'The shop must review the order’s payment first.'],
      [503, 'order_busy', 'Another request is changing the order. Try again.'],
    ],
  },
  {
    method: 'post',
    path: '/api/orders/{order_id}/returns',
    summary: 'Request a return',
    description:
      'For items that were sent, within the shop’s days after delivery. Safe to repeat while the return is open.',
    signedIn: 'or guest',
    parameters: [ORDER_ID],
    body: 'NewReturn',
    answers: { 200: { description: 'The order with the return.', schema: 'Order' } },
    problems: [
      [400, 'invalid_return', 'A field is invalid, or the order has no such variant. See errors.'],
      ...POSTED.filter(([, code]) => code !== 'stripe_unavailable'),
      NO_ORDER,
      [409, 'not_returnable', 'The items were not sent, are in another return, or their days are over.'],
      [409, 'returns_off', 'The shop takes no returns here.'],
    ],
  },
  {
    method: 'post',
    path: '/api/payments/create-session',
    summary: 'Create a payment session',
    description:
      'Opens Stripe’s Checkout for an order. Safe to repeat: an order has at most one open session, which is returned again. The session reserves the order’s stock until it ends.',
    signedIn: 'or guest',
    parameters: [],
    body: 'NewSession',
    answers: { 200: { description: 'The session in which the shopper pays.', schema: 'CheckoutSession' } },
    problems: [
      [400, 'invalid_order_id', 'order_id is missing, or a field is malformed.'],
      ...POSTED,
      NO_ORDER,
      [403, 'order_of_account', 'The order belongs to an account: its link does not pay it.'],
      [409, 'already_paid', 'The order does not need to be paid any more.'],
      [409, 'order_replaced', 'A newer order for the same products has replaced this one: pay that one.'],
      [
        409,
        'payment_processing',
        'A payment is waiting for the shopper’s bank. Paying again could charge twice.',
      ],
      [409, 'order_canceled', 'The order was canceled.'],
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
    path: '/api/purchases',
    summary: 'List your purchases',
    description: 'What was paid, and payments that failed, one for each variant.',
    signedIn: true,
    parameters: [
      { ...AFTER, type: 'integer' },
      {
        name: 'success',
        in: 'query',
        description: 'true: only what was paid, false: only payments that failed.',
        type: 'string',
      },
    ],
    body: null,
    answers: { 200: { description: 'A page of purchases, newest first.', schema: 'PurchaseList' } },
    problems: [SIGN_IN, BAD_QUERY],
  },
  ...CART_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
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

export const OPERATIONS: readonly Operation[] = TABLE.map((operation) => ({
  ...operation,
  problems: [...operation.problems, BAD_TOKEN],
}))
