// Compares what clients were told with the tables of the surviving database, by query.
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { Traffic } from './traffic.js'

export interface Findings {
  /** What was acknowledged and is not there. */
  lost: string[]
  /** What is there more than once, or has had its effect more than once. */
  doubled: string[]
  /** What was paid at Stripe and is not settled here. */
  unsettled: string[]
}

/** @param patienceSeconds how long the background loops may take to handle what was stored */
export async function audit(
  database: pg.Pool,
  traffic: Traffic,
  { patienceSeconds }: { patienceSeconds: number },
): Promise<Findings> {
  const { history } = traffic
  const deadline = Date.now() + patienceSeconds * 1000
  let unsettled = await unsettledOf(database, traffic)
  while (unsettled.length > 0 && Date.now() < deadline) {
    await wait(500)
    unsettled = await unsettledOf(database, traffic)
  }
  const lost = [
    ...(await missing(database, history.acknowledged('event'), 'an event', 'id FROM "StripeEvent"')),
    ...(await missing(
      database,
      history.acknowledged('checkout'),
      'a checkout',
      '"stripeSessionId" FROM "CheckoutAttempt"',
    )),
    ...(await missing(database, history.acknowledged('sign-in'), 'a sign-in', 'sid FROM "Session"')),
    // What a shopper saw as paid must stay so.
    ...(await missing(
      database,
      history.acknowledged('orders').filter((told) => told.endsWith(' paid')),
      'an order shown as paid',
      `key || ' ' || status FROM "Order"`,
    )),
  ]
  return { lost, doubled: await doubledOf(database), unsettled }
}

/** Those of these values that a query of text does not find. */
async function missing(
  database: pg.Pool,
  values: readonly string[],
  what: string,
  query: string,
): Promise<string[]> {
  const { rows } = await database.query<{ value: string }>(
    `SELECT unnest($1::text[]) AS value EXCEPT SELECT ${query}`,
    [values],
  )
  return rows.map(({ value }) => `${what}: ${value}`)
}

/** Purchases, emails and payments that exist twice. */
async function doubledOf(database: pg.Pool): Promise<string[]> {
  const { rows } = await database.query<{ what: string }>(`
    SELECT 'PurchaseHistory ' || "stripeSessionId" AS what FROM "PurchaseHistory"
    GROUP BY "stripeSessionId", coalesce("variantId", "productId"), "purchaseSuccess" HAVING count(*) > 1
    UNION ALL
    SELECT 'email ' || kind || ' ' || "orderId" || ' ' || about FROM "Mail" WHERE "orderId" IS NOT NULL
    GROUP BY kind, "orderId", about HAVING count(*) > 1
    UNION ALL
    SELECT 'session ' || "stripeSessionId" FROM "CheckoutAttempt" WHERE "stripeSessionId" IS NOT NULL
    GROUP BY "stripeSessionId" HAVING count(*) > 1`)
  return rows.map(({ what }) => what)
}

/** Events without an outcome, and paid sessions whose order isn't paid, with exactly one purchase of what it has. */
async function unsettledOf(database: pg.Pool, { paid }: Traffic): Promise<string[]> {
  const { rows } = await database.query<{ what: string }>(
    `SELECT 'event ' || id || ' ' || coalesce("lastError", '') AS what FROM "StripeEvent" WHERE "handledAt" IS NULL
     UNION ALL
     SELECT 'session ' || session FROM unnest($1::text[]) session
     WHERE (SELECT count(*) FROM "CheckoutAttempt" a JOIN "Order" o ON o.id = a."orderId"
            JOIN "PurchaseHistory" p ON p."orderId" = o.id AND p."stripeSessionId" = session AND p."purchaseSuccess"
            WHERE a."stripeSessionId" = session AND o.status = 'paid') <> 1`,
    [[...paid]],
  )
  return rows.map(({ what }) => what)
}
