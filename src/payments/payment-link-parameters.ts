// The parameters of a payment link: what its page sells, asks for and may change about the total.
import type Stripe from 'stripe'
import type { TaxBehavior } from '../settings/tax.js'
import { lineOf, type PayableItem } from './session-parameters.js'
import type { StripeContext } from './stripe-client.js'

/** One unit of a variant, sold by a link. */
export interface SoldByLink {
  item: PayableItem
  currency: string
  /** Of the item and its delivery. */
  taxBehavior: TaxBehavior
  automaticTax: boolean
  promotionCodes: boolean
  collectsTaxIds: boolean
  collectsPhone: boolean
  createsInvoice: boolean
  /** Null for what needs no delivery. */
  delivery: LinkDelivery | null
}

export interface LinkDelivery {
  /** ISO 3166 codes. */
  countries: string[]
  /** Stripe's ids. The first is chosen unless the shopper chooses. */
  rateIds: string[]
}

export function paymentLinkParameters(
  sold: SoldByLink,
  stripe: StripeContext,
): Stripe.PaymentLinkCreateParams {
  const { item, delivery } = sold
  // Stripe copies it to each session.
  const metadata = {
    app: stripe.appId,
    payment_link: 'till',
    product_id: String(item.productId),
    variant_id: String(item.variantId),
  }
  return {
    line_items: [lineOf(sold, item, stripe)] as Stripe.PaymentLinkCreateParams.LineItem[],
    ...(sold.promotionCodes && { allow_promotion_codes: true }),
    ...(sold.automaticTax && { automatic_tax: { enabled: true } }),
    ...(sold.collectsTaxIds && { tax_id_collection: { enabled: true } }),
    ...(sold.collectsPhone && { phone_number_collection: { enabled: true } }),
    ...(sold.createsInvoice && { invoice_creation: { enabled: true, invoice_data: { metadata } } }),
    ...(delivery && {
      shipping_address_collection: { allowed_countries: delivery.countries },
      shipping_options: delivery.rateIds.map((id) => ({ shipping_rate: id })),
    }),
    metadata,
    payment_intent_data: { metadata },
    after_completion: {
      type: 'redirect',
      redirect: { url: `${stripe.baseUrl}/payment-success/link?session_id={CHECKOUT_SESSION_ID}` },
    },
  }
}
