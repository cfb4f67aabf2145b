// Places an order and begins its first attempt in one statement, for shoppers who have no other order to pay.
import { randomUUID } from 'node:crypto'
import { Prisma } from '../generated/prisma/client.js'
import { NOTHING_REPORTED, type OrderFacts } from '../orders/order-facts.js'
import { takenUnits } from '../orders/stock.js'
import { nothingUnattributed } from '../payments/merge-report.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { newAttempt } from './begin-attempt.js'
import type { Buyer } from './buyer.js'
import { mayNetworkHold } from './held-stock.js'
import {
  newOrder,
  newPayable,
  type NewOrder,
  type PlacedOrder,
  type PlaceOptions,
  type PlaceState,
} from './new-order.js'
import type { WantedItem } from './price-lines.js'

interface Written {
  id: number
  /** Of the order's row. */
  version: string
  /** The shopper's customer at Stripe. */
  customerId: string | null
}

/**
 * Does what `placeOrder` does with `payNow`.
 * @returns null, with nothing written, when the shopper has an open order, has to become a customer first or holds too much,
 * or when too few units are left
 * @throws Problem as `placeOrder`, for all that needs no other order
 */
export async function placeAtOnce(
  { database, stripe }: PaymentDeps,
  buyer: Buyer,
  wanted: readonly WantedItem[],
  { buysWithoutCustomer, settings, ...options }: PlaceOptions & PlaceState,
): Promise<PlacedOrder | null> {
  const { direct, prisma } = database
  const reader = { ...direct, shippingRate: prisma.shippingRate }
  const [order, mayHold] = await Promise.all([
    newOrder(reader, buyer, wanted, options, settings),
    mayNetworkHold(direct, buyer.network, wanted),
  ])
  if (!mayHold) return null
  const { row, lines, terms } = order
  const begun = {
    id: randomUUID(),
    ...newAttempt({ ...row, ...terms, attempts: [] }, settings, stripe.clock.later()),
  }
  const needsCustomer = buyer.userId !== null && !buysWithoutCustomer
  const [written] = await direct.$queryRaw<Written[]>(insertOrder(order, begun, needsCustomer))
  if (!written) return null
  const { id, version, customerId } = written
  const attempt = { ...begun, customerId }
  const facts = factsOf(id, order, attempt)
  return {
    ...{
      id,
      key: row.key,
      userId: row.userId,
      guestHash: row.guestHash,
      created: true,
      attemptId: attempt.id,
    },
    payable: newPayable(id, { row, lines, terms }, attempt),
    stored: { orders: [facts], versions: new Map([[id, version]]), unattributed: nothingUnattributed() },
  }
}

type NewAttempt = ReturnType<typeof newAttempt> & { id: string }

/** First locks the shopper, then the stock. Every part depends on both, so nothing is written unless all is. */
function insertOrder(
  { row, lines, terms, accepted }: NewOrder,
  attempt: NewAttempt,
  needsCustomer: boolean,
): Prisma.Sql {
  const ids = lines.items.map(({ variantId }) => variantId)
  const quantities = lines.items.map(({ quantity }) => quantity)
  return Prisma.sql`/* prepared */
    WITH shopper AS MATERIALIZED (
      SELECT "customerId" FROM "lockShopperWithoutOrders"(${row.userId}::int, ${row.guestHash}::text) AS f("customerId")
      WHERE "customerId" IS NOT NULL OR NOT ${needsCustomer}::boolean),
    ${takenUnits(
      Prisma.sql`(SELECT ${ids}::int[] FROM shopper)::int[]`,
      Prisma.sql`(SELECT ${quantities}::int[] FROM shopper)::int[]`,
    )},
    placed AS (
      INSERT INTO "Order" (key, "userId", "guestHash", email, network, "cartId", origin, currency, locale, "deliveryCountry",
        "shippingRateId", "shippingRateName", "deliveryMinDays", "deliveryMaxDays", "itemsTotal", "shippingTotal", total,
        "taxBehavior", "automaticTax", "termsVersion", "termsAcceptedAt", "stockHeld")
      SELECT x.*, true FROM shopper, json_to_record(${JSON.stringify({ ...row, ...terms, ...accepted })}::json) AS x(
        key text, "userId" int, "guestHash" text, email text, network text, "cartId" int, origin text, currency text, locale text,
        "deliveryCountry" text, "shippingRateId" int, "shippingRateName" text, "deliveryMinDays" int,
        "deliveryMaxDays" int, "itemsTotal" int, "shippingTotal" int, total int, "taxBehavior" text,
        "automaticTax" boolean, "termsVersion" text, "termsAcceptedAt" timestamptz)
      WHERE NOT EXISTS (SELECT FROM short)
      RETURNING id, xmin::text AS version),
    item AS (
      INSERT INTO "OrderItem" ("orderId", "productId", "variantId", name, "variantName", sku, image, "unitAmount",
        quantity, "stripePriceId")
      SELECT placed.id, x.* FROM placed, json_to_recordset(${JSON.stringify(lines.items)}::json) AS x(
        "productId" int, "variantId" int, name text, "variantName" text, sku text, image text, "unitAmount" int,
        quantity int, "stripePriceId" text)),
    attempt AS (
      INSERT INTO "CheckoutAttempt" ("orderId", "customerId", id, number, "promotionCodes", "collectsPhone",
        "collectsTaxIds", "voucherDays", "createsInvoice", "expiresAt")
      SELECT placed.id, shopper."customerId", x.* FROM placed, shopper,
        json_to_record(${JSON.stringify(attempt)}::json) AS x(id text, number int, "promotionCodes" boolean,
        "collectsPhone" boolean, "collectsTaxIds" boolean, "voucherDays" int, "createsInvoice" boolean,
        "expiresAt" timestamptz))
    SELECT placed.id, version, "customerId" FROM placed, shopper`
}

/** The facts of an order that was just placed, as `findOrders` would read them. */
function factsOf(
  id: number,
  { row, lines, terms }: NewOrder,
  attempt: NewAttempt & { customerId: string | null },
): OrderFacts {
  const { key, userId, guestHash, email, cartId, currency } = row
  const { shippingTotal, taxBehavior, automaticTax, deliveryCountry } = terms
  return {
    ...{ id, key, userId, guestHash, email, cartId, currency },
    ...{ shippingTotal, taxBehavior, automaticTax, deliveryCountry },
    isCanceled: false,
    status: 'pending',
    stockHeld: true,
    incidents: [],
    attended: [],
    needsAttention: null,
    shortProductId: null,
    invoice: null,
    items: lines.items.map(({ productId, variantId, name, variantName, unitAmount, quantity }) => ({
      ...{ productId, variantId, name, variantName, unitAmount, quantity },
      restocked: 0,
    })),
    attempts: [
      {
        ...attempt,
        status: 'preparing',
        stripeSessionId: null,
        ...NOTHING_REPORTED,
      },
    ],
    refunds: [],
    disputes: [],
    unmatchedPayments: [],
    riskSignals: [],
  }
}
