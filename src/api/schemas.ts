// Schemas of the JSON API's requests and responses: they validate, type the code, and generate the OpenAPI document.
import { z } from 'zod'
import { canonicalEmail, MAX_EMAIL } from '../accounts/email-address.js'
import { MAX_PRODUCTS, MAX_QUANTITY, MOST_COUNTED } from '../catalog/products.js'
import { MOST_FOUND } from '../catalog/search-products.js'
import { MAX_REASON } from '../fulfilment/request-return.js'
import { RETURN_STATES } from '../fulfilment/return-moves.js'
import { OrderStatus } from '../generated/prisma/enums.js'
import { LANGUAGES } from '../messages/index.js'
import { isCurrency } from '../money.js'
import { isOrderKey } from '../orders/order-key.js'

/** The largest value of PostgreSQL's integer type. */
export const MAX_ID = 2_147_483_647

/** A whole number from 1, with one error message for everything else. */
export function integerUpTo(most: number) {
  const error = `must be a whole number from 1 to ${most}`
  return z.int({ error }).min(1, { error }).max(most, { error })
}

export const amount = z.int().describe('In the currency’s minor unit: 4800 is $48.00, 6800 is ¥6,800.')
export const currency = z.string().describe('ISO 4217 code in lower case.')
const time = z.iso.datetime({ error: 'Use a time in UTC.' })
const page = z.int().positive().describe('The number of this page, from 1.')
const pages = z.int().positive()
const orderId = z.string().describe('The order’s id, "ord_…".')

const variant = z.object({
  id: z.int(),
  sku: z.string(),
  name: z.string().describe('Its option values: "Red / L". Empty for a product without options.'),
  options: z.record(z.string(), z.string()).describe('The value of each option: {"Color": "Red"}.'),
  unit_amount: amount,
  currency,
  price: z.string().describe('The formatted price: "$48.00".'),
  stock: z.int().nullable().describe('Units left. Null if stock is not tracked.'),
  available: z.boolean().describe('Whether it can be bought now.'),
  image: z.string().describe('Path of its picture on this host, or its https address.'),
})

export const product = z.object({
  id: z.int(),
  slug: z.string(),
  name: z.string(),
  summary: z.string().describe('One sentence.'),
  description: z.string().describe('Plain text. Empty lines separate paragraphs.'),
  image: z.string().describe('Path of the picture on this host, or its https address.'),
  category: z.string(),
  unit_amount: amount.describe('The price of the first variant, in the currency’s minor unit.'),
  currency,
  price: z.string().describe('The same, formatted: "$48.00".'),
  stock: z.int().nullable().describe('Units left of the first variant. Null if stock is not tracked.'),
  available: z.boolean().describe('Whether any variant can be bought now.'),
  options: z
    .array(z.string())
    .describe('What the variants differ in: ["Size", "Color"]. Empty if there is nothing to choose.'),
  variants: z.array(variant).describe('What is sold of it. A product without options has one.'),
})

export const productList = z.object({
  products: z.array(product),
  page,
  pages,
  total: z
    .int()
    .describe(
      `Number of products on all pages, counted up to ${MOST_FOUND} of a search and ${MOST_COUNTED} of a filter.`,
    ),
})

const orderItem = z.object({
  product_id: z.int(),
  variant_id: z.int(),
  name: z.string().describe('The product’s name when it was ordered.'),
  variant_name: z.string().nullable().describe('Its option values: "Red / L". Null without options.'),
  sku: z.string().nullable().describe('Null for orders placed before variants had one.'),
  image: z.string().describe('As ordered: path of the picture on this host, or its https address.'),
  unit_amount: amount,
  quantity: z.int(),
})

const refund = z.object({
  amount,
  currency,
  status: z.enum(['pending', 'succeeded', 'failed']),
  created_at: time,
})

const unmatchedPayment = z.object({
  amount: amount.nullable(),
  currency: currency.nullable(),
  status: z.enum(['processing', 'failed', 'paid']),
  paid_at: time.nullable(),
})

const address = z.object({
  line1: z.string().nullable(),
  line2: z.string().nullable(),
  city: z.string().nullable(),
  state: z.string().nullable(),
  postal_code: z.string().nullable(),
  country: z.string().nullable(),
})

const shipping = z.object({
  rate: z.string().nullable().describe('The name of the chosen rate.'),
  country: z.string().nullable().describe('The country that was chosen: "DE".'),
  min_days: z.int().nullable().describe('Business days until it arrives, at least. Null: not said.'),
  max_days: z.int().nullable().describe('The same, at most.'),
  name: z.string().nullable(),
  phone: z.string().nullable(),
  address: address.nullable().describe('As given on Stripe’s page. Null until then.'),
  corrected: z.boolean().describe('Whether the shop has corrected the name or address since.'),
})

const units = z.array(
  z.object({
    variant_id: z.int(),
    name: z.string(),
    variant_name: z.string().nullable(),
    quantity: z.int(),
  }),
)

const shipment = z.object({
  items: units,
  carrier: z.string().nullable(),
  tracking_number: z.string().nullable(),
  tracking_url: z.string().nullable(),
  shipped_at: time,
  delivered_at: time.nullable().describe('Null until it is known to have arrived.'),
})

const orderReturn = z.object({
  return_id: z.string().describe('The return’s id, "ret_…".'),
  status: z.enum(RETURN_STATES),
  items: units,
  reason: z.string(),
  answer: z.string().nullable().describe('Where to send it, or why it was declined.'),
  created_at: time,
})

export const order = z.object({
  order_id: orderId,
  number: z.string().describe('A short number for people: "T-7F3K2M8Q".'),
  status: z
    .enum(OrderStatus)
    .describe(
      'Of the payment. Orders that are pending, failed or expired can be paid, unless canceled_at is set. processing waits for a bank.',
    ),
  fulfilment: z
    .enum(['none', 'unshipped', 'partly_shipped', 'shipped', 'delivered'])
    .describe('none: nothing is to be sent.'),
  label: z
    .string()
    .describe('Payment and fulfilment together, for people: "Preparing to ship". Its words may change.'),
  can_be_paid: z.boolean().describe('Whether POST /api/payments/create-session can open a session for it.'),
  can_be_canceled: z.boolean().describe('Whether POST /api/orders/{order_id}/cancel cancels it.'),
  email: z.string().describe('Where its mails go.'),
  currency,
  items_total: amount.describe('The sum of the items.'),
  discount_total: amount.describe(
    'Discounts and tax are known once Stripe’s page is completed: 0 until then.',
  ),
  shipping_total: amount,
  tax_total: amount.describe(
    'A part of the other amounts if tax_behavior is inclusive. Otherwise it is added to them.',
  ),
  tax_behavior: z
    .enum(['inclusive', 'exclusive'])
    .nullable()
    .describe('Whether prices include tax. Null for orders of earlier releases.'),
  total: amount.describe(
    'What is charged: items_total − discount_total + shipping_total, and tax_total if it is exclusive.',
  ),
  presentment: z
    .object({ amount, currency })
    .nullable()
    .describe('What the shopper paid, if Stripe charged them in another currency.'),
  amount_paid: amount.nullable().describe('What was paid of the total. Null until the order is paid.'),
  amount_refunded: amount,
  created_at: time,
  paid_at: time.nullable(),
  canceled_at: time.nullable(),
  items: z.array(orderItem),
  shipping: shipping.nullable().describe('Null for an order that needs no delivery.'),
  shipments: z.array(shipment).describe('Oldest first.'),
  returns: z.array(orderReturn).describe('Oldest first.'),
  returnable: z
    .object({ items: units, until: time.describe('When the last of them can no longer be returned.') })
    .nullable()
    .describe('What POST /api/orders/{order_id}/returns takes. Null: nothing.'),
  billing: z
    .object({
      name: z.string().nullable(),
      address: address.nullable(),
      tax_ids: z.array(
        z.object({ type: z.string().describe('Stripe’s word: "eu_vat".'), value: z.string() }),
      ),
    })
    .nullable()
    .describe('For the receipt, as given on Stripe’s page. Null until then.'),
  refunds: z.array(refund),
  unmatched_payments: z
    .array(unmatchedPayment)
    .describe('Payments that don’t match the order, and are not in amount_paid.'),
  voucher: z
    .object({ url: z.string(), pay_by: time.nullable() })
    .nullable()
    .describe('While processing: the voucher or instructions by which the shopper still has to pay.'),
  invoice: z
    .object({ pdf: z.url(), url: z.url().nullable() })
    .nullable()
    .describe('Stripe’s invoice: its PDF, and its page. Null until the order is paid, and without invoices.'),
  terms: z
    .object({ version: z.string(), accepted_at: time })
    .nullable()
    .describe('The terms that the shopper accepted.'),
})

export const orderList = z.object({
  orders: z.array(order).describe('Newest first.'),
  next: orderId.nullable().describe('Send it as after for the next page. Null on the last one.'),
  page: page.nullable().describe('The number of this page, from 1. Null with after or status.'),
  pages: pages.nullable(),
  total: z.int().nullable().describe('Number of orders on all pages. Null with after or status.'),
})

/** The query of GET /api/orders. `page` never fails: see `pageNumber`. */
export const orderQuery = z.object({
  after: z.string().refine(isOrderKey, { error: 'must be an order id, "ord_…"' }).optional(),
  status: z
    .enum(OrderStatus, { error: `must be one of ${Object.values(OrderStatus).join(', ')}` })
    .optional(),
})

export const purchaseList = z.object({
  purchases: z
    .array(
      z.object({
        id: z.int(),
        order_id: orderId,
        product_id: z.int(),
        variant_id: z.int(),
        name: z.string().describe('The product’s name when it was bought.'),
        variant_name: z.string().nullable().describe('Its option values: "Red / L". Null without options.'),
        quantity: z.int(),
        amount: amount.describe('What was paid for it, in the minor unit.'),
        currency,
        success: z.boolean().describe('False for a payment that failed.'),
        created_at: time,
      }),
    )
    .describe('Newest first.'),
  next: z.int().nullable().describe('Send it as after for the next page. Null on the last one.'),
})

/** The query of GET /api/purchases. */
export const purchaseQuery = z.object({
  after: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, { error: 'must be the next of another page' })
    .transform(Number)
    .optional(),
  success: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .transform((word) => word === 'true')
    .optional(),
})

export const categoryList = z.object({ categories: z.array(z.string()).describe('Sorted by name.') })

export const checkoutSession = z.object({
  checkout_url: z.url().describe('Stripe’s payment page. Redirect the shopper to it.'),
  session_id: z.string().describe('The id of Stripe’s Checkout Session.'),
  expires_at: time,
  order: z.object({ order_id: orderId, total: z.string().describe('The formatted total: "$48.00".') }),
})

export const shippingRate = z.object({
  id: z.int().describe('Send it as shipping_rate.'),
  name: z.string(),
  amount: amount.describe('What it costs for these items, in the minor unit. 0 is free.'),
  price: z.string().describe('The formatted amount: "$4.90".'),
  free_from: amount.nullable().describe('The items’ total from which it is free. Null: never.'),
  min_days: z.int().nullable().describe('Business days until it arrives, at least.'),
  max_days: z.int().nullable().describe('Business days until it arrives, at most.'),
})

export const shippingRateList = z.object({
  country: z.string().describe('ISO 3166 code.'),
  currency,
  rates: z.array(shippingRate).describe('The cheapest first. Empty: we don’t deliver there.'),
})

const EXPECTED = {
  expected_total: z
    .int({ error: 'must be a whole number in the currency’s minor unit' })
    .min(0, { error: 'must not be negative' })
    .optional()
    .describe('The total that the shopper saw, in the minor unit. With another total the answer is 409.'),
  expected_currency: z
    .string({ error: 'must be a currency code such as "usd"' })
    .regex(/^[a-z]{3}$/i, { error: 'must be a currency code such as "usd"' })
    .optional()
    .describe('The currency of expected_total.'),
}

const COUNTRY = 'must be a country code such as "DE"'
export const country = z
  .string({ error: COUNTRY })
  .regex(/^[a-z]{2}$/i, { error: COUNTRY })
  .transform((code) => code.toUpperCase())

export const currencyCode = z
  .string()
  .transform((code) => code.toLowerCase())
  .refine(isCurrency, { error: 'must be a currency code such as "usd"' })

/** The query of GET /api/shipping-rates. */
export const shippingQuery = z.object({
  country,
  total: z
    .string()
    .regex(/^\d{1,12}$/, { error: 'must be a whole number in the currency’s minor unit' })
    .transform(Number)
    .optional(),
  currency: currencyCode.optional(),
})

const EMAIL = 'must be an email address'
const ITEMS = 'must be an array of objects such as {"variant_id": 1, "quantity": 1}'

export const orderedItems = z
  .array(
    z
      .object(
        {
          variant_id: integerUpTo(MAX_ID).optional().describe('The variant to buy.'),
          product_id: integerUpTo(MAX_ID)
            .optional()
            .describe('Instead of variant_id, a product of which one variant is sold.'),
          quantity: integerUpTo(MAX_QUANTITY),
        },
        { error: 'must be an object such as {"variant_id": 1, "quantity": 1}' },
      )
      .refine(({ variant_id, product_id }) => variant_id !== undefined || product_id !== undefined, {
        path: ['variant_id'],
        error: 'must name the variant to buy',
      })
      .meta({ anyOf: [{ required: ['variant_id'] }, { required: ['product_id'] }] }),
    { error: ITEMS },
  )
  .min(1, { error: 'must contain at least one item' })
  .max(MAX_PRODUCTS, { error: `must contain at most ${MAX_PRODUCTS} items` })
  .describe('Each variant once, all in one currency. Prices come from the catalog.')

export const newOrder = z
  .object({
    ...EXPECTED,
    email: z
      .string({ error: EMAIL })
      .max(MAX_EMAIL, { error: EMAIL })
      .refine((typed) => canonicalEmail(typed) !== null, { error: EMAIL })
      .transform((typed) => canonicalEmail(typed) ?? typed)
      .optional()
      .describe(
        'Where to send mail about an order without an account. Ignored for a shopper who is signed in.',
      ),
    country: country
      .optional()
      .describe('Where it is delivered to: an ISO 3166 code. Needed if a product requires shipping.'),
    shipping_rate: integerUpTo(MAX_ID)
      .optional()
      .describe('The id of one of the country’s shipping rates. Needed if a product requires shipping.'),
    accepted_terms: z
      .string({ error: 'must be the version of the terms' })
      .optional()
      .describe('The version of the shop’s terms that the shopper accepted. Needed if the shop has terms.'),
    items: orderedItems.optional(),
    cart: z
      .literal(true)
      .optional()
      .describe('Instead of items: orders what is in the cart. It leaves the cart once it is paid.'),
    currency: currencyCode.optional().describe('Which part of a cart with several currencies.'),
    locale: z
      .enum(LANGUAGES, { error: `must be one of ${LANGUAGES.join(', ')}` })
      .optional()
      .describe(
        'The shopper’s language: of names, Stripe’s page and emails. By default, the one of Accept-Language, if the shop has it.',
      ),
  })
  .refine(({ items, cart }) => (items === undefined) !== (cart === undefined), {
    path: ['items'],
    error: `${ITEMS}, unless cart is true`,
  })
  .meta({ oneOf: [{ required: ['items'] }, { required: ['cart'] }] })

export const newReturn = z.object({
  items: z
    .array(z.object({ variant_id: integerUpTo(MAX_ID), quantity: integerUpTo(MAX_QUANTITY) }), {
      error: 'must be an array of objects such as {"variant_id": 1, "quantity": 1}',
    })
    .min(1, { error: 'must contain at least one item' })
    .max(MAX_PRODUCTS, { error: `must contain at most ${MAX_PRODUCTS} items` }),
  reason: z
    .string({ error: 'must be a text' })
    .trim()
    .min(1, { error: 'must not be empty' })
    .max(MAX_REASON, { error: `must have at most ${MAX_REASON} characters` })
    .describe('Why, in the shopper’s words.'),
})

export const newSession = z.object({
  ...EXPECTED,
  order_id: z
    .string()
    .refine(isOrderKey, { error: 'must be an order id, "ord_…"' })
    .describe('The id of the order to pay.'),
})

export const problem = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('For people: what happened and what to do.'),
  code: z.string().describe('For programs. Never changes.'),
  errors: z
    .array(z.object({ field: z.string().describe('Such as "items[0].quantity".'), detail: z.string() }))
    .optional()
    .describe('The invalid fields of the body.'),
  request_id: z.string().describe('The id of this request in the shop’s log.'),
})

export type ProductJson = z.infer<typeof product>
export type ShippingRateListJson = z.infer<typeof shippingRateList>
export type PurchaseListJson = z.infer<typeof purchaseList>
export type OrderListJson = z.infer<typeof orderList>
export type OrderJson = z.infer<typeof order>
export type CheckoutSessionJson = z.infer<typeof checkoutSession>

/** The total that a client says the shopper saw. Null: it does not say. */
export function shownIn(body: {
  expected_total?: number | undefined
  expected_currency?: string | undefined
}): { total: number; currency: string | null } | null {
  return body.expected_total === undefined
    ? null
    : { total: body.expected_total, currency: body.expected_currency ?? null }
}
