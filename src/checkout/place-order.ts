// Places an order, with names and prices from our own database.
import { refuseBlockedAddress } from '../accounts/blocked.js'
import type { Transaction } from '../database/client.js'
import { variantIdOf } from '../catalog/variants.js'
import { openOrders, type OpenOrder } from '../orders/open-orders.js'
import { lockShopper } from '../orders/shopper.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { withCallLimit } from '../payments/stripe-client.js'
import { createAttempt, holdStock } from './begin-attempt.js'
import type { Buyer } from './buyer.js'
import { CHECKOUT_TIMEOUT_MS } from './close-checkout.js'
import { closeCompetingOrders, orderBusy } from './close-competing-orders.js'
import { ensureCustomer } from './customer.js'
import { newOrder, newPayable, type PlacedOrder, type PlaceOptions, type PlaceState } from './new-order.js'
import { hasTerms } from './order-terms.js'
import { placeAtOnce } from './place-at-once.js'
import { checkCount, type PricedLines, type WantedItem } from './price-lines.js'

/**
 * Creates the order, or finds the shopper's open one with exactly the same content. First closes competing open orders,
 * also at Stripe, so that the shopper can't pay twice: those for the same products, and those from the same cart in the
 * same currency.
 * @throws Problem for unknown or inactive products, invalid quantities or mixed currencies; when delivery is needed and not
 * chosen or not offered; when the total or the delivery time is not the one that was shown; when a competing order was paid in
 * the meantime, belongs to a later request or can't be closed at Stripe; when the shop has terms that were not accepted; with
 * `payNow`, when too few units are left; when the account is blocked, or the address of a guest is a blocked account's
 */
export async function placeOrder(
  deps: PaymentDeps,
  buyer: Buyer,
  wanted: readonly WantedItem[],
  options: PlaceOptions = {},
): Promise<PlacedOrder> {
  checkCount(wanted)
  if (buyer.userId === null) await refuseBlockedAddress(deps.database.prisma, buyer.email)
  const deadline = Date.now() + CHECKOUT_TIMEOUT_MS
  const closed = new Set<number>()
  const limited = { ...deps, stripe: withCallLimit(deps.stripe) }
  const settings = await deps.settings()
  // Before the order, so that most first checkouts take one transaction instead of two.
  let buysWithoutCustomer =
    options.payNow === true &&
    buyer.userId !== null &&
    buyer.isCustomer === false &&
    !(await ensureCustomer(limited, buyer.userId))
  if (options.payNow === true && buyer.hasOpenOrders !== true) {
    const placed = await placeAtOnce(deps, buyer, wanted, { ...options, buysWithoutCustomer, settings })
    if (placed) return placed
  }
  while (Date.now() < deadline) {
    const result = await deps.database.prisma.$transaction((tx) =>
      place(deps, tx, buyer, wanted, { ...options, buysWithoutCustomer, settings }),
    )
    if (result.placed) return result.placed
    if (result.needsCustomer) buysWithoutCustomer = !(await ensureCustomer(limited, buyer.userId ?? 0))
    else await closeCompetingOrders(limited, result.competing, closed, deadline)
  }
  throw orderBusy()
}

type PlaceResult =
  | { placed: PlacedOrder }
  /** These orders must be closed first. */
  | { placed: null; needsCustomer: false; competing: OpenOrder[] }
  /** The shopper must be made a customer at Stripe first. */
  | { placed: null; needsCustomer: true }

async function place(
  { stripe }: PaymentDeps,
  tx: Transaction,
  buyer: Buyer,
  wanted: readonly WantedItem[],
  { buysWithoutCustomer, settings, ...options }: PlaceOptions & PlaceState,
): Promise<PlaceResult> {
  const { email, userId, guestHash } = buyer
  const { cartId = null, payNow = false } = options
  const shopper = { userId, guestHash }
  const { customerId } = await lockShopper(tx, shopper)
  const { row, lines, terms, accepted } = await newOrder(tx, buyer, wanted, options, settings)
  const productIds = [...new Set(lines.items.map((item) => item.productId))]
  const open = await openOrders(tx, { ...shopper, productIds, cartId, currency: lines.currency })
  // A guest who has corrected their address gets a new order.
  const isTheirs = (order: OpenOrder) => shopper.userId !== null || order.email === email
  const isSame = (order: OpenOrder) =>
    order.cartId === cartId && isTheirs(order) && sameContent(order, lines) && hasTerms(order, terms)
  const competing = open.filter((order) => !isSame(order))
  if (competing.length > 0) return { placed: null, needsCustomer: false, competing }
  const [same] = open
  if (same) {
    // They accept today's terms, whichever they accepted before.
    if (same.termsVersion !== accepted.termsVersion && accepted.termsVersion !== null)
      await tx.order.update({ where: { id: same.id }, data: accepted })
    const attemptId = same.attempts[0]?.id ?? null
    return { placed: { id: same.id, ...shopper, key: same.key, created: false, attemptId } }
  }
  if (payNow && shopper.userId !== null && customerId === null && !buysWithoutCustomer)
    return { placed: null, needsCustomer: true }

  const order = { ...row, ...terms }
  const { id } = await tx.order.create({
    data: { ...order, ...accepted, stockHeld: payNow },
    select: { id: true },
  })
  await tx.orderItem.createMany({ data: lines.items.map((item) => ({ orderId: id, ...item })) })
  const placed = { id, ...shopper, key: row.key, created: true }
  if (!payNow) return { placed: { ...placed, attemptId: null } }

  // In the same transaction, so that no other request sees this order without the attempt that it would have to close.
  await holdStock(tx, { id, ...order, items: lines.items })
  const attempt = await createAttempt(
    tx,
    { id, ...order, attempts: [] },
    settings,
    customerId,
    stripe.clock.later(),
  )
  return {
    placed: { ...placed, attemptId: attempt.id, payable: newPayable(id, { row, lines, terms }, attempt) },
  }
}

function sameContent(order: { currency: string; items: OpenOrder['items'] }, lines: PricedLines): boolean {
  return (
    order.currency === lines.currency &&
    order.items.length === lines.items.length &&
    lines.items.every((line) =>
      order.items.some(
        (item) =>
          variantIdOf(item) === line.variantId &&
          item.quantity === line.quantity &&
          item.unitAmount === line.unitAmount &&
          item.stripePriceId === line.stripePriceId,
      ),
    )
  )
}
