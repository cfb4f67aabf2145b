// What the JSON API takes and answers: checked at the edge, typed in the code, and shown in its document.
import { z } from 'zod'
import { MAX_PRODUCTS, MAX_QUANTITY } from '../catalog/products.js'
import { OrderStatus } from '../generated/prisma/enums.js'
import { isOrderKey } from '../orders/order-key.js'

/** PostgreSQL's integer. */
const MAX_ID = 2_147_483_647

/** A body's number, with one sentence for whatever else is sent. */
function countTo(most: number) {
  const error = `must be a whole number from 1 to ${most}`
  return z.int({ error }).min(1, { error }).max(most, { error })
}

const amount = z.int().describe('In minor units of the currency: 4800 is $48.00, 6800 is ¥6,800.')
const currency = z.string().describe('ISO 4217, in lower case.')
const time = z.iso.datetime({ error: 'Use a time in UTC.' })
const page = z.int().positive().describe('The page that this is, from 1.')
const pages = z.int().positive()
const orderId = z.string().describe('The order’s public key, "ord_…".')

export const product = z.object({
  id: z.int(),
  slug: z.string(),
  name: z.string(),
  summary: z.string().describe('One sentence.'),
  description: z.string().describe('Paragraphs, parted by an empty line.'),
  image: z.string().describe('The path of a picture on this host.'),
  category: z.string(),
  unit_amount: amount,
  currency,
  price: z.string().describe('The same for people: "$48.00".'),
  stock: z.int().nullable().describe('Units left; null where they are not counted.'),
  available: z.boolean().describe('Whether one can be bought now.'),
})

export const productList = z.object({
  products: z.array(product),
  page,
  pages,
  total: z.int().describe('Products on all pages.'),
})

const orderItem = z.object({
  product_id: z.int(),
  name: z.string().describe('As ordered.'),
  unit_amount: amount,
  quantity: z.int(),
})

const refund = z.object({
  amount,
  status: z.enum(['pending', 'succeeded', 'failed']),
  created_at: time,
})

export const order = z.object({
  order_id: orderId,
  number: z.string().describe('Short, to be read out: "T-7F3K2M8Q".'),
  status: z
    .enum(OrderStatus)
    .describe('pending, failed and expired can be paid; processing waits for a bank.'),
  currency,
  total: amount,
  amount_paid: amount.nullable().describe('Behind discounts; null until something was paid.'),
  amount_refunded: amount,
  created_at: time,
  paid_at: time.nullable(),
  items: z.array(orderItem),
  refunds: z.array(refund),
})

export const orderList = z.object({
  orders: z.array(order).describe('The newest first.'),
  page,
  pages,
  total: z.int().describe('Orders on all pages.'),
})

export const checkoutSession = z.object({
  checkout_url: z.url().describe('Stripe’s page: send the shopper there.'),
  session_id: z.string().describe('Stripe’s Checkout Session.'),
  expires_at: time,
  order: z.object({ order_id: orderId, total: z.string().describe('For people: "$48.00".') }),
})

export const newOrder = z.object({
  items: z
    .array(
      z.object(
        { product_id: countTo(MAX_ID), quantity: countTo(MAX_QUANTITY) },
        { error: 'must be like {"product_id": 1, "quantity": 1}' },
      ),
      { error: 'must be a list of {"product_id": 1, "quantity": 1}' },
    )
    .min(1, { error: 'must name at least one product' })
    .max(MAX_PRODUCTS, { error: `must name at most ${MAX_PRODUCTS} products` })
    .describe('Each product once, all in one currency. Prices are the shop’s.'),
})

export const newSession = z.object({
  order_id: z
    .string()
    .refine(isOrderKey, { error: 'must be an order_id of this API: "ord_…"' })
    .describe('The order to be paid.'),
})

export const problem = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What happened and what to do, for people.'),
  code: z.string().describe('Stable, for programs.'),
  errors: z
    .array(z.object({ field: z.string().describe('Such as "items[0].quantity".'), detail: z.string() }))
    .optional()
    .describe('Of a body that was refused: which fields, and why.'),
  request_id: z.string().describe('By which the shop’s log knows this request.'),
})

export type ProductJson = z.infer<typeof product>
export type OrderListJson = z.infer<typeof orderList>
export type OrderJson = z.infer<typeof order>
export type CheckoutSessionJson = z.infer<typeof checkoutSession>
