// Begins a checkout attempt: holds the stock and writes the row before Stripe is asked for a session.
import type { CheckoutAttempt } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { ItemFacts, OrderFacts } from '../orders/order-facts.js'
import { checkHeldStock } from './held-stock.js'
import { soldOut } from './sold-out.js'
import { takeStock } from '../orders/stock.js'
import { hasVouchers } from '../payments/session-parameters.js'
import type { Settings } from '../settings/settings.js'

/**
 * Stripe requires at least 30 minutes by its own clock. The extra minute is for a difference between the clocks that is not
 * measured yet, and for a request that is repeated.
 */
export const SESSION_LIFETIME_SECONDS = 30 * 60 + 60

type Ordered = Pick<
  OrderFacts,
  'id' | 'userId' | 'cartId' | 'stockHeld' | 'currency' | 'automaticTax' | 'deliveryCountry'
> & { items: readonly Pick<ItemFacts, 'variantId' | 'quantity'>[]; attempts: readonly { number: number }[] }

/** What Stripe's page is asked to do. It is fixed with the attempt, so that a repeated request is the same. */
export type PageSettings = Pick<
  Settings,
  'promotionCodes' | 'phoneNumbers' | 'taxIds' | 'voucherDays' | 'invoices'
>

/**
 * Begins an order's next attempt. Call it while holding the shopper's and the order's lock, when no attempt is open.
 * @param customerId the shopper's customer at Stripe. Null: the session has none
 * @param now the later of Stripe’s time and ours
 * @throws Problem 409 when too few units are left, 429 when the shopper or their network holds too many unpaid
 */
export async function beginAttempt(
  tx: Transaction,
  order: Ordered,
  settings: PageSettings,
  customerId: string | null,
  now = new Date(),
): Promise<CheckoutAttempt> {
  if (!order.stockHeld) await holdStock(tx, order)
  await tx.order.update({ where: { id: order.id }, data: { stockHeld: true, status: 'pending' } })
  return createAttempt(tx, order, settings, customerId, now)
}

/**
 * Takes the order's units from stock.
 * @throws Problem 409 when too few units are left, 429 when the shopper or their network holds too many unpaid
 */
export async function holdStock(
  tx: Transaction,
  order: Pick<Ordered, 'id' | 'userId' | 'cartId' | 'items'>,
): Promise<void> {
  await checkHeldStock(tx, order)
  const soldOutId = await takeStock(tx, order.items)
  if (soldOutId === null) return
  const include = { product: true }
  throw soldOut(await tx.variant.findUniqueOrThrow({ where: { id: soldOutId }, include }), order.cartId)
}

/** Writes the row of an attempt at an order whose units are held. */
export function createAttempt(
  tx: Transaction,
  order: Attempted & { id: number },
  settings: PageSettings,
  customerId: string | null,
  now: Date,
): Promise<CheckoutAttempt> {
  return tx.checkoutAttempt.create({
    data: { orderId: order.id, customerId, ...newAttempt(order, settings, now) },
  })
}

type Attempted = Pick<Ordered, 'currency' | 'automaticTax' | 'deliveryCountry' | 'attempts'>

/** The order's next attempt. */
export function newAttempt(order: Attempted, settings: PageSettings, now: Date) {
  return {
    number: Math.max(0, ...order.attempts.map(({ number }) => number)) + 1,
    promotionCodes: settings.promotionCodes,
    collectsPhone: settings.phoneNumbers && order.deliveryCountry !== null,
    collectsTaxIds: settings.taxIds && order.automaticTax,
    voucherDays: hasVouchers(order.currency) ? settings.voucherDays : null,
    createsInvoice: settings.invoices,
    expiresAt: new Date((Math.floor(now.getTime() / 1000) + SESSION_LIFETIME_SECONDS) * 1000),
  }
}
