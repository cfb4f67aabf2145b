// Builds signed webhook requests about orders, ready to send.
import { randomBytes, randomUUID } from 'node:crypto'
import Stripe from 'stripe'
import { PaymentService } from '../src/payments/payment-service.js'
import { createStripeContext, STRIPE_API_VERSION } from '../src/payments/stripe-client.js'
import { httpRequest } from './load.js'
import type { PendingOrder } from './orders.js'
import type { Stage } from './stage.js'

export type Session = Record<string, unknown>

/** A Checkout Session as the local Stripe returns it. Events carry the same object, as paid. */
export async function sampleSession(stage: Stage): Promise<Session> {
  const access = { secretKey: stage.secretKey, webhookSecrets: [], apiBase: new URL(stage.sandboxUrl) }
  const session = await PaymentService.createCheckoutSession(
    {
      id: 1,
      key: 'ord_sample',
      email: 'sample@shopper.example',
      currency: 'usd',
      locale: null,
      fromCart: false,
      items: [
        {
          productId: 1,
          variantId: 1,
          name: 'A sample',
          unitAmount: 4800,
          quantity: 1,
          image: '/sample.svg',
          taxCode: null,
          stripePriceId: null,
        },
      ],
      taxBehavior: null,
      automaticTax: false,
      delivery: null,
      attempt: {
        id: randomUUID(),
        expiresAt: new Date(Date.now() + 31 * 60_000),
        promotionCodes: false,
        collectsPhone: false,
        collectsTaxIds: false,
        voucherDays: null,
        customerId: null,
        createsInvoice: false,
      },
    },
    { promotionCodes: false },
    createStripeContext(access, stage.appId, { baseUrl: 'http://127.0.0.1' }),
  )
  return JSON.parse(JSON.stringify(session)) as Session
}

/** One `checkout.session.completed` request for each order. The signatures are valid for five minutes from now. */
export function signedDeliveries(stage: Stage, sample: Session, orders: readonly PendingOrder[]): Buffer[] {
  return orders.map((order) => {
    const payload = JSON.stringify(completedEvent(stage.appId, sample, order), null, 2)
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: stage.webhookSecret })
    return httpRequest(
      'POST',
      '/stripe/webhook',
      { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': signature },
      payload,
    )
  })
}

/** The event of one order's paid session. */
export function completedEvent(appId: string, sample: Session, order: PendingOrder) {
  return {
    id: `evt_${randomBytes(12).toString('hex')}`,
    object: 'event',
    api_version: STRIPE_API_VERSION,
    created: Math.floor(Date.now() / 1000),
    data: {
      object: {
        ...sample,
        id: order.sessionId,
        amount_subtotal: order.total,
        amount_total: order.total,
        client_reference_id: order.key,
        currency: order.currency,
        customer_email: order.email,
        metadata: {
          app: appId,
          order_key: order.key,
          attempt_id: order.attemptId,
          product_id: '1',
          user_email: order.email,
        },
        payment_intent: `pi_${randomBytes(12).toString('hex')}`,
        payment_status: 'paid',
        status: 'complete',
        url: null,
      },
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'checkout.session.completed',
  }
}
