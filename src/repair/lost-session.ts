// Reads from a Checkout Session and its lines what the order was that it was opened for. Pure: nothing is read or written here.
import type Stripe from 'stripe'
import { z } from 'zod'
import { canonicalEmail } from '../accounts/email-address.js'
import { isOrderKey } from '../orders/order-key.js'
import type { SessionReport } from '../payments/session-report.js'
import type { TaxBehavior } from '../settings/tax.js'

/** The order as its session describes it. Money in minor units. */
export interface LostOrder {
  key: string
  email: string
  currency: string
  taxBehavior: TaxBehavior | null
  automaticTax: boolean
  /** Null for an order that needs no delivery. */
  delivery: { country: string; amount: number; stripeRateId: string | null } | null
  customerId: string | null
  promotionCodes: boolean
  collectsPhone: boolean
  collectsTaxIds: boolean
  createsInvoice: boolean
  createdAt: Date
  lines: LostLine[]
}

export interface LostLine {
  /** Ours, from the metadata of the line's product. Null: it is sold by a price in Stripe's catalog. */
  productId: number | null
  variantId: number | null
  priceId: string
  /** With the variant. */
  name: string
  unitAmount: number
  quantity: number
}

const id = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number)
  .nullish()
  .catch(null)
const ours = z.object({ product_id: id, variant_id: id }).partial().nullish().catch(null)
const reference = z
  .union([z.string(), z.object({ id: z.string() }).transform((object) => object.id)])
  .nullish()
  .catch(null)
const enabled = z.object({ enabled: z.boolean() }).nullish().catch(null)

const lineShape = z.object({
  description: z.string().nullish(),
  quantity: z.int().positive(),
  price: z.object({
    id: z.string(),
    unit_amount: z.int().nonnegative(),
    tax_behavior: z.string().nullish(),
    metadata: ours,
    product: z.union([z.string(), z.object({ name: z.string().nullish(), metadata: ours })]),
  }),
})

const sessionShape = z.object({
  created: z.int().nonnegative(),
  mode: z.literal('payment'),
  currency: z.string(),
  metadata: z.record(z.string(), z.string()).nullish(),
  customer: reference,
  customer_email: z.string().nullish(),
  customer_details: z.object({ email: z.string().nullish() }).nullish(),
  automatic_tax: enabled,
  phone_number_collection: enabled,
  tax_id_collection: enabled,
  invoice_creation: enabled,
  allow_promotion_codes: z.boolean().nullish(),
  shipping_address_collection: z.object({ allowed_countries: z.array(z.string()) }).nullish(),
  shipping_options: z.array(z.object({ shipping_amount: z.int(), shipping_rate: reference })).nullish(),
})

/** @returns the order, or why it can't be read from the session */
export function lostOrder(
  object: Stripe.Checkout.Session,
  lines: readonly Stripe.LineItem[],
  { orderKey }: SessionReport,
): LostOrder | string {
  if (!isOrderKey(orderKey)) return 'the session names no order of this shop'
  const session = sessionShape.safeParse(object).data
  const read = z.array(lineShape).min(1).safeParse(lines).data
  if (!session || !read) return 'the session lacks what an order needs'
  const { metadata, customer_details: details } = session
  const written = metadata?.['user_email'] ?? details?.email ?? session.customer_email ?? ''
  const email = canonicalEmail(written) ?? details?.email ?? null
  if (email === null) return 'Stripe names no email address'
  const behaviors = new Set(read.map((line) => line.price.tax_behavior))
  const [behavior] = behaviors
  const [option] = session.shipping_options ?? []
  const [country] = session.shipping_address_collection?.allowed_countries ?? []
  return {
    key: orderKey,
    email,
    currency: session.currency,
    taxBehavior:
      behaviors.size === 1 && (behavior === 'inclusive' || behavior === 'exclusive') ? behavior : null,
    automaticTax: session.automatic_tax?.enabled ?? false,
    delivery:
      country === undefined
        ? null
        : { country, amount: option?.shipping_amount ?? 0, stripeRateId: option?.shipping_rate ?? null },
    customerId: session.customer ?? null,
    promotionCodes: session.allow_promotion_codes ?? false,
    collectsPhone: session.phone_number_collection?.enabled ?? false,
    collectsTaxIds: session.tax_id_collection?.enabled ?? false,
    createsInvoice: session.invoice_creation?.enabled ?? false,
    createdAt: new Date(session.created * 1000),
    lines: read.map(({ description, quantity, price }) => {
      const product = typeof price.product === 'string' ? null : price.product
      return {
        productId: product?.metadata?.product_id ?? price.metadata?.product_id ?? null,
        variantId: product?.metadata?.variant_id ?? price.metadata?.variant_id ?? null,
        priceId: price.id,
        name: description ?? product?.name ?? '',
        unitAmount: price.unit_amount,
        quantity,
      }
    }),
  }
}
