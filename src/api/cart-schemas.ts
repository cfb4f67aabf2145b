// Schemas of the JSON API's cart and delivery quotes.
import { z } from 'zod'
import { MAX_QUANTITY } from '../catalog/products.js'
import {
  amount,
  country,
  currency,
  currencyCode,
  integerUpTo,
  MAX_ID,
  orderedItems,
  shippingRate,
} from './schemas.js'

const WHAT = 'must name the variant to add'

export const newCartItem = z
  .object({
    variant_id: integerUpTo(MAX_ID).optional().describe('The variant to add.'),
    product_id: integerUpTo(MAX_ID)
      .optional()
      .describe('Instead of variant_id, a product of which one variant is sold.'),
    quantity: integerUpTo(MAX_QUANTITY).default(1),
  })
  .refine(({ variant_id, product_id }) => variant_id !== undefined || product_id !== undefined, {
    path: ['variant_id'],
    error: WHAT,
  })
  .meta({ anyOf: [{ required: ['variant_id'] }, { required: ['product_id'] }] })

const QUANTITY = `must be a whole number from 0 to ${MAX_QUANTITY}`
export const cartQuantity = z.object({
  quantity: z
    .int({ error: QUANTITY })
    .min(0, { error: QUANTITY })
    .max(MAX_QUANTITY, { error: QUANTITY })
    .describe('0 removes it.'),
})

const cartItem = z.object({
  variant_id: z.int(),
  product_id: z.int(),
  name: z.string(),
  variant_name: z.string().describe('Its option values: "Red / L". Empty without options.'),
  image: z.string(),
  quantity: z.int(),
  max_quantity: z.int().describe('The largest quantity that can be ordered now. 0 when none can.'),
  unit_amount: amount,
  previous_unit_amount: amount
    .nullable()
    .describe('What it cost when it was put into the cart, if that has changed. Null if not.'),
  price: z.string().describe('The formatted unit_amount: "$48.00".'),
  problem: z
    .string()
    .nullable()
    .describe('Why it can’t be ordered like this: "Only 3 left". Null when it can.'),
})

const cartPart = z.object({
  currency,
  total: amount.describe('The sum of the items that can be ordered, in the minor unit.'),
  price: z.string().describe('The formatted total.'),
  obstacle: z.string().nullable().describe('Why it can’t be ordered as it is. Null when it can.'),
  items: z.array(cartItem),
})

export const cart = z.object({
  units: z.int().describe('Number of units in all parts.'),
  parts: z.array(cartPart).describe('One for each currency. Each is ordered by itself.'),
})

const QUOTED = 'must be an array of objects such as {"variant_id": 1, "quantity": 1}, unless cart is true'

export const quoteRequest = z
  .object({
    items: orderedItems.optional(),
    cart: z.literal(true).optional().describe('Instead of items: what is in the cart.'),
    currency: currencyCode.optional().describe('Which part of a cart with several currencies.'),
    country: country.optional().describe('Where it is delivered to: an ISO 3166 code.'),
  })
  .refine(({ items, cart }) => (items === undefined) !== (cart === undefined), {
    path: ['items'],
    error: QUOTED,
  })
  .meta({ oneOf: [{ required: ['items'] }, { required: ['cart'] }] })

export const deliveryQuote = z.object({
  currency,
  items_total: amount,
  needs_delivery: z.boolean().describe('False: order without country and shipping_rate.'),
  countries: z
    .array(z.object({ code: z.string().describe('ISO 3166 code.'), name: z.string() }))
    .describe('Where these items can be delivered to, sorted by name. Empty if they need no delivery.'),
  country: z.string().nullable().describe('The country of the rates. Null if none was named.'),
  rates: z
    .array(
      shippingRate.extend({
        total: amount.describe('What the items and this delivery cost: send it as expected_total.'),
        total_price: z.string().describe('The formatted total: "$52.90".'),
      }),
    )
    .describe('The cheapest first. Empty without a country, and if we don’t deliver there.'),
  terms: z
    .object({ version: z.string(), url: z.string() })
    .nullable()
    .describe('What the shopper must accept: send the version as accepted_terms. Null if nothing.'),
})

export type CartJson = z.infer<typeof cart>
export type DeliveryQuoteJson = z.infer<typeof deliveryQuote>
