// Signed Stripe events about orders in the database.
import { randomBytes } from 'node:crypto'
import Stripe from 'stripe'
import supertest from 'supertest'
import { newOrderKey } from '../../src/orders/order-key.js'
import type { RunningShop } from './shop.js'

export interface OpenOrder {
  id: number
  key: string
  attemptId: string
  sessionId: string
  total: number
  currency: string
  productId: number
  userId: number
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex')

/**
 * Creates an order with an open session and held units.
 * @param productId by default, a product with enough units
 */
export async function openOrder(shop: RunningShop, quantity = 1, productId?: number): Promise<OpenOrder> {
  const { prisma } = shop.database
  const product = await prisma.product.findFirstOrThrow({
    where: productId === undefined ? { stock: { gte: 10 } } : { id: productId },
    orderBy: { id: 'asc' },
  })
  await prisma.product.update({ where: { id: product.id }, data: { stock: { decrement: quantity } } })
  const email = `${hex(6)}@shopper.example`
  const user = await prisma.user.create({ data: { email, name: 'Ada Shopper', passwordHash: 'none' } })
  const sessionId = `cs_test_${hex(16)}`
  const total = product.unitAmount * quantity
  const order = await prisma.order.create({
    data: {
      key: newOrderKey(),
      userId: user.id,
      email,
      currency: product.currency,
      total,
      stockHeld: true,
      items: {
        create: { productId: product.id, name: product.name, unitAmount: product.unitAmount, quantity },
      },
      attempts: {
        create: {
          number: 1,
          status: 'open',
          stripeSessionId: sessionId,
          url: 'http://127.0.0.1/pay',
          expiresAt: new Date(Date.now() + 1_800_000),
        },
      },
    },
    include: { attempts: true },
  })
  return {
    id: order.id,
    key: order.key,
    attemptId: order.attempts[0]?.id ?? '',
    sessionId,
    total,
    currency: product.currency,
    productId: product.id,
    userId: user.id,
  }
}

export type SessionEventType =
  | 'checkout.session.completed'
  | 'checkout.session.async_payment_succeeded'
  | 'checkout.session.async_payment_failed'
  | 'checkout.session.expired'

/** @param session differences from a session paid by card */
export function sessionEvent(
  shop: RunningShop,
  order: OpenOrder,
  type: SessionEventType,
  session: Record<string, unknown> = {},
) {
  const expired = type === 'checkout.session.expired'
  const failed = type === 'checkout.session.async_payment_failed'
  return {
    id: `evt_${hex(12)}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: type as string,
    data: {
      object: {
        id: order.sessionId,
        object: 'checkout.session',
        status: expired ? 'expired' : 'complete',
        payment_status: expired || failed ? 'unpaid' : 'paid',
        client_reference_id: order.key,
        metadata: { app: shop.appId, order_key: order.key, attempt_id: order.attemptId },
        amount_subtotal: order.total,
        amount_total: order.total,
        total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
        currency: order.currency,
        payment_intent: expired ? null : `pi_${hex(12)}`,
        url: null,
        expires_at: Math.floor(Date.now() / 1000) + 1800,
        ...session,
      },
    },
  }
}

/**
 * Posts a body with a current signature, made with the shop's secret by default.
 * @param event an object, or a text that is sent unchanged
 */
export function deliver(
  shop: RunningShop,
  event: object | string,
  options: { secret?: string; timestamp?: number; path?: string } = {},
): supertest.Test {
  const payload = typeof event === 'string' ? event : JSON.stringify(event, null, 2)
  const header = Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: options.secret ?? shop.webhookSecret,
    ...(options.timestamp && { timestamp: options.timestamp }),
  })
  return supertest(shop.url)
    .post(options.path ?? '/stripe/webhook')
    .set('stripe-signature', header)
    .set('content-type', 'application/json; charset=utf-8')
    .send(payload)
}
