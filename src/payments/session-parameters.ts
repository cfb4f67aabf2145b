// The parameters of a Checkout Session: what Stripe's page sells, asks for and may change about the total.
import type Stripe from 'stripe'
import type { AttemptFacts } from '../orders/order-facts.js'
import { prefixOf } from '../http/language-paths.js'
import type { Language } from '../messages/index.js'
import type { TaxBehavior } from '../settings/tax.js'
import { pictureUrl } from './picture-url.js'
import type { StripeContext } from './stripe-client.js'

/** An order with the attempt to pay it, as Stripe needs it. Money in minor units. */
export interface PayableOrder {
  id: number
  /** The order's public key: Stripe's `client_reference_id`. */
  key: string
  email: string
  /** Lower case. */
  currency: string
  /** The language of Stripe's page. Null for orders that were placed in none: Stripe follows the browser. */
  locale: Language | null
  /** Whether cancelling returns to the cart or to the product's page. */
  fromCart: boolean
  items: PayableItem[]
  /** Of items and delivery alike. Null for orders of releases that didn't tell Stripe: their requests are repeated as they were. */
  taxBehavior: TaxBehavior | null
  /** Whether Stripe Tax adds or finds the tax. */
  automaticTax: boolean
  /** Null for an order that needs no delivery. */
  delivery: PayableDelivery | null
  /** Its row exists before Stripe is called. Two calls with the same attempt return one session. */
  attempt: PayableAttempt
}

export interface PayableItem {
  productId: number
  variantId: number
  /** With the variant: "Stoneware mug – Red / L". */
  name: string
  unitAmount: number
  quantity: number
  /** URL path of the picture, or its https address. */
  image: string
  /** Stripe's code for Stripe Tax. Null: the one that is preset in the Stripe account. */
  taxCode: string | null
  /** A price in Stripe's catalog with the same amount, used instead of `price_data`. Null: none. */
  stripePriceId: string | null
}

export interface PayableDelivery {
  /** ISO 3166 code. */
  country: string
  /** Null: the rate was deleted since. */
  rateId: number | null
  rateName: string
  amount: number
  /** Business days. Null: not said. */
  minDays: number | null
  maxDays: number | null
}

export type PayableAttempt = Pick<
  AttemptFacts,
  | 'id'
  | 'expiresAt'
  | 'promotionCodes'
  | 'collectsPhone'
  | 'collectsTaxIds'
  | 'voucherDays'
  | 'customerId'
  | 'createsInvoice'
>

type Parameters = Stripe.Checkout.SessionCreateParams

/** @param promotionCodes the shop's setting, for attempts of earlier releases */
export function sessionParameters(
  order: PayableOrder,
  promotionCodes: boolean,
  stripe: StripeContext,
): Parameters {
  const productId = order.items[0]?.productId ?? 0
  const metadata = {
    app: stripe.appId,
    order_key: order.key,
    attempt_id: order.attempt.id,
    product_id: order.items.map((item) => item.productId).join(','),
    user_email: order.email,
  }
  const shopUrl = stripe.baseUrl + (order.locale === null ? '' : prefixOf(order.locale))
  return {
    mode: 'payment',
    client_reference_id: order.key,
    ...(order.locale !== null && { locale: order.locale }),
    ...customerOf(order),
    line_items: order.items.map((item) => lineOf(order, item, stripe)),
    ...((order.attempt.promotionCodes ?? promotionCodes) && { allow_promotion_codes: true }),
    ...(order.automaticTax && { automatic_tax: { enabled: true } }),
    ...(order.attempt.collectsTaxIds && { tax_id_collection: { enabled: true } }),
    ...(order.attempt.collectsPhone && { phone_number_collection: { enabled: true } }),
    ...(order.delivery && deliveryOf(order, order.delivery, stripe)),
    ...voucherOptions(order),
    metadata,
    payment_intent_data: { metadata },
    ...(order.attempt.createsInvoice && {
      invoice_creation: {
        enabled: true,
        invoice_data: { metadata: { app: stripe.appId, order_key: order.key } },
      },
    }),
    success_url: `${shopUrl}/payment-success/${productId}?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${shopUrl}${order.fromCart ? '/cart' : `/pricing/${productId}`}?cancelled`,
    expires_at: Math.floor(order.attempt.expiresAt.getTime() / 1000),
  }
}

/** Stripe may refuse an address with letters of other scripts: its page asks for one then. */
export function isKnownToStripe(email: string): boolean {
  return /^[!-~]+$/.test(email)
}

/**
 * With a customer, Stripe's page offers their saved cards and address, keeps what they enter there, and lets them save a
 * card.
 */
function customerOf({
  email,
  delivery,
  attempt: { customerId },
}: PayableOrder): Pick<
  Parameters,
  'customer' | 'customer_email' | 'customer_update' | 'saved_payment_method_options'
> {
  if (customerId === null) return isKnownToStripe(email) ? { customer_email: email } : {}
  return {
    customer: customerId,
    // Stripe Tax and tax IDs need the address and the name.
    customer_update: { address: 'auto', name: 'auto', ...(delivery && { shipping: 'auto' }) },
    saved_payment_method_options: { payment_method_save: 'enabled' },
  }
}

export function lineOf(
  { currency, taxBehavior }: Pick<PayableOrder, 'currency' | 'taxBehavior'>,
  item: PayableItem,
  stripe: StripeContext,
): NonNullable<Parameters['line_items']>[number] {
  const { quantity, stripePriceId, name, unitAmount, taxCode } = item
  if (stripePriceId !== null) return { quantity, price: stripePriceId }
  const picture = pictureUrl(item.image, stripe)
  return {
    quantity,
    price_data: {
      currency,
      unit_amount: unitAmount,
      ...(taxBehavior !== null && { tax_behavior: taxBehavior }),
      product_data: {
        name,
        ...(picture !== null && { images: [picture] }),
        ...(taxBehavior !== null && taxCode !== null && { tax_code: taxCode }),
        // So that an order which was lost with the database can be read from its session.
        ...(taxBehavior !== null && {
          metadata: { product_id: String(item.productId), variant_id: String(item.variantId) },
        }),
      },
    },
  }
}

/** Stripe's tax code for shipping. */
const SHIPPING_TAX_CODE = 'txcd_92010001'

/** The address can only be in the country whose rate was chosen, and the rate is the only one that Stripe's page has. */
function deliveryOf(
  { currency, taxBehavior }: PayableOrder,
  { country, ...delivery }: PayableDelivery,
  stripe: StripeContext,
): Pick<Parameters, 'shipping_address_collection' | 'shipping_options'> {
  return {
    shipping_address_collection: { allowed_countries: [country] },
    shipping_options: [{ shipping_rate_data: rateOf({ currency, taxBehavior }, delivery, stripe) }],
  }
}

/** A shipping rate, within a session or as an object of its own. */
export function rateOf(
  { currency, taxBehavior }: Pick<PayableOrder, 'currency' | 'taxBehavior'>,
  { rateId, rateName, amount, minDays, maxDays }: Omit<PayableDelivery, 'country'>,
  stripe: StripeContext,
) {
  const days = (value: number) => ({ unit: 'business_day' as const, value })
  return {
    display_name: rateName,
    type: 'fixed_amount',
    fixed_amount: { amount, currency },
    ...((minDays !== null || maxDays !== null) && {
      delivery_estimate: {
        ...(minDays !== null && { minimum: days(minDays) }),
        ...(maxDays !== null && { maximum: days(maxDays) }),
      },
    }),
    ...(taxBehavior !== null && { tax_behavior: taxBehavior }),
    tax_code: SHIPPING_TAX_CODE,
    metadata: { app: stripe.appId, ...(rateId !== null && { shipping_rate_id: String(rateId) }) },
  } satisfies Stripe.ShippingRateCreateParams
}

/** The vouchers whose life the shop decides, by the only currency that each is paid in. */
const VOUCHERS: Readonly<Record<string, 'boleto' | 'konbini' | 'oxxo'>> = {
  brl: 'boleto',
  jpy: 'konbini',
  mxn: 'oxxo',
}

/** Whether there are vouchers in this currency whose life the shop decides. */
export function hasVouchers(currency: string): boolean {
  return currency in VOUCHERS
}

/** Stripe's own default for each of them. */
const USUAL_VOUCHER_DAYS = 3

/** Nothing is said where Stripe's default is meant: an account need not offer the method. */
function voucherOptions({ currency, attempt }: PayableOrder): Pick<Parameters, 'payment_method_options'> {
  const voucher = VOUCHERS[currency]
  const isUsual = attempt.voucherDays === null || attempt.voucherDays === USUAL_VOUCHER_DAYS
  if (voucher === undefined || isUsual) return {}
  return { payment_method_options: { [voucher]: { expires_after_days: attempt.voucherDays } } }
}
