// Every call to Stripe. If you adopt Till, read this first.
import type Stripe from 'stripe'
import type { Settings } from '../settings/settings.js'
import type { StripeContext } from './stripe-client.js'

/** An order with the attempt to pay it, as Stripe needs it. Money in minor units. */
export interface PayableOrder {
  id: number
  /** The order's public key: Stripe's `client_reference_id`. */
  key: string
  email: string
  /** Lower case. */
  currency: string
  /** Whether cancelling returns to the cart or to the product's page. */
  fromCart: boolean
  items: PayableItem[]
  /** Its row exists before Stripe is called. Two calls with the same attempt return one session. */
  attempt: { id: string; expiresAt: Date }
}

export interface PayableItem {
  productId: number
  name: string
  unitAmount: number
  quantity: number
  /** URL path of the picture, or its https address. */
  image: string
  /** A price in Stripe's catalog with the same amount, used instead of `price_data`. Null: none. */
  stripePriceId: string | null
}

/** A product as it is created in Stripe's catalog. */
export interface CatalogProduct {
  id: number
  name: string
  /** URL path of the picture, or its https address. */
  image: string
  unitAmount: number
  currency: string
}

/** The longest address of a picture that Stripe accepts. */
const LONGEST_ADDRESS = 2048

/** The address of a picture, for Stripe's page. None if there is no picture or Stripe would refuse the address. */
function pictureOf(image: string, { baseUrl }: StripeContext): string[] {
  if (image === '' || !URL.canParse(image, baseUrl)) return []
  const { protocol, href } = new URL(image, baseUrl)
  return /^https?:$/.test(protocol) && href.length <= LONGEST_ADDRESS ? [href] : []
}

/**
 * The shop's calls to Stripe. It has no state.
 *
 * Amounts and names come from our database and go to Stripe inline (`price_data`), so Stripe's catalog is not needed.
 * A product that is linked to a price there is sold by that price while the amounts are equal.
 * Payment methods are chosen in Stripe's dashboard, not here (API 2026-09-30 and later accept no
 * `payment_method_types`).
 */
export class PaymentService {
  /**
   * Opens a Checkout Session for one attempt at an order.
   *
   * Safe to repeat: the attempt's id is the idempotency key, so a retry after a timeout gets the session that the first
   * try created. The metadata is on both the session and the payment intent, so that events about either find the order.
   * @throws Stripe.errors.StripeError
   */
  static createCheckoutSession(
    order: PayableOrder,
    { promotionCodes }: Pick<Settings, 'promotionCodes'>,
    stripe: StripeContext,
  ): Promise<Stripe.Checkout.Session> {
    const productId = order.items[0]?.productId ?? 0
    const metadata = {
      app: stripe.appId,
      order_key: order.key,
      attempt_id: order.attempt.id,
      product_id: order.items.map((item) => item.productId).join(','),
      user_email: order.email,
    }
    return stripe.client.checkout.sessions.create(
      {
        mode: 'payment',
        client_reference_id: order.key,
        customer_email: order.email,
        line_items: order.items.map((item) =>
          item.stripePriceId === null
            ? {
                quantity: item.quantity,
                price_data: {
                  currency: order.currency,
                  unit_amount: item.unitAmount,
                  product_data: { name: item.name, images: pictureOf(item.image, stripe) },
                },
              }
            : { quantity: item.quantity, price: item.stripePriceId },
        ),
        ...(promotionCodes && { allow_promotion_codes: true }),
        metadata,
        payment_intent_data: { metadata },
        success_url: `${stripe.baseUrl}/payment-success/${productId}?session_id={CHECKOUT_SESSION_ID}`,
        cancel_url: `${stripe.baseUrl}${order.fromCart ? '/cart' : `/pricing/${productId}`}?cancelled`,
        expires_at: Math.floor(order.attempt.expiresAt.getTime() / 1000),
      },
      { idempotencyKey: order.attempt.id },
    )
  }

  /** The session as it is now, with its payment intent expanded. @throws Stripe.errors.StripeError */
  static retrieveCheckoutSession(sessionId: string, stripe: StripeContext): Promise<Stripe.Checkout.Session> {
    return stripe.client.checkout.sessions.retrieve(sessionId, { expand: ['payment_intent'] })
  }

  /**
   * Expires an open session, so that it can no longer be paid.
   * @returns the session as it is afterwards: `complete` if the shopper finished first
   * @throws Stripe.errors.StripeError
   */
  static async expireCheckoutSession(
    sessionId: string,
    stripe: StripeContext,
  ): Promise<Stripe.Checkout.Session> {
    try {
      return await stripe.client.checkout.sessions.expire(sessionId)
    } catch (error) {
      // Stripe refuses to expire a session that is not open: then the caller needs to know its status.
      const session = await PaymentService.retrieveCheckoutSession(sessionId, stripe)
      if (session.status === 'open') throw error
      return session
    }
  }

  /**
   * Refunds a payment intent, in full or in part.
   *
   * Safe to repeat: the refund's row exists before, and its id is the idempotency key.
   * @throws Stripe.errors.StripeError
   */
  static createRefund(
    refund: { id: string; paymentIntentId: string; amount: number; orderKey: string },
    stripe: StripeContext,
  ): Promise<Stripe.Refund> {
    return stripe.client.refunds.create(
      {
        payment_intent: refund.paymentIntentId,
        amount: refund.amount,
        metadata: { app: stripe.appId, order_key: refund.orderKey, refund_id: refund.id },
      },
      { idempotencyKey: refund.id },
    )
  }

  /** A payment's refunds, the newest first. @throws Stripe.errors.StripeError */
  static async listRefunds(paymentIntentId: string, stripe: StripeContext): Promise<Stripe.Refund[]> {
    const { data } = await stripe.client.refunds.list({ payment_intent: paymentIntentId, limit: 100 })
    return data
  }

  /** A payment's disputes and inquiries. @throws Stripe.errors.StripeError */
  static async listDisputes(paymentIntentId: string, stripe: StripeContext): Promise<Stripe.Dispute[]> {
    const { data } = await stripe.client.disputes.list({ payment_intent: paymentIntentId, limit: 100 })
    return data
  }

  /** A price in Stripe's catalog. @throws Stripe.errors.StripeError */
  static retrievePrice(priceId: string, stripe: StripeContext): Promise<Stripe.Price> {
    return stripe.client.prices.retrieve(priceId)
  }

  /** Creates a product, with its present price, in Stripe's catalog. @throws Stripe.errors.StripeError */
  static createPrice(product: CatalogProduct, stripe: StripeContext): Promise<Stripe.Price> {
    const { id, name, image, unitAmount, currency } = product
    const [picture = ''] = pictureOf(image, stripe)
    return stripe.client.prices.create({
      currency,
      unit_amount: unitAmount,
      product_data: {
        name,
        metadata: {
          app: stripe.appId,
          product_id: String(id),
          // Metadata takes 500 characters, and no empty value.
          ...(picture !== '' && picture.length <= 500 && { image: picture }),
        },
      },
      metadata: { app: stripe.appId, product_id: String(id) },
    })
  }

  /**
   * Events created at or after a time, the newest first. Stripe keeps them for 30 days.
   * @param types at most 20
   */
  static listEvents(since: Date, types: string[], stripe: StripeContext): AsyncIterable<Stripe.Event> {
    const created = { gte: Math.floor(since.getTime() / 1000) }
    return stripe.client.events.list({ created, types, limit: 100 })
  }

  /** One event. @throws Stripe.errors.StripeError */
  static retrieveEvent(eventId: string, stripe: StripeContext): Promise<Stripe.Event> {
    return stripe.client.events.retrieve(eventId)
  }
}
