// From Purchase to the redirect to Stripe's page, for signed-in shoppers, with and without the time that Stripe takes.
import { randomBytes } from 'node:crypto'
import type { Bench } from '../main.js'
import type { Child } from '../child.js'
import { httpRequest, load, type Load } from '../load.js'
import { insertShoppers, sessionCookie } from '../shoppers.js'
import type { Stage } from '../stage.js'
import { quantile } from '../statistics.js'
import { openStripeProxy, type StripeProxy } from '../stripe-proxy.js'
import type { Row, Section } from '../table.js'

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
const WARM_UP = 60
const TOGETHER = 16

interface Run {
  /** Milliseconds until the 303, one for each purchase. */
  whole: number[]
  stripe: number[]
  own: number[]
}

type Buy = (connections: number, count: number) => Promise<Run>

export async function checkout(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const proxy = await openStripeProxy(stage.sandboxUrl)
  const shop = await stage.startShop({ apiBase: proxy.url })
  const other = stage.other && (await stage.other.startShop({ apiBase: proxy.url }))
  // One connection makes about 33 purchases a second.
  const purchases = Math.round(bench.seconds * 33)
  const buyAtShop = await shopPurchases(stage, proxy, shop)
  const buyAtOther = stage.other && other && (await shopPurchases(stage.other, proxy, other))
  const floor = await floorPurchases(stage, proxy)

  await buyAtShop(TOGETHER, WARM_UP)
  await buyAtOther?.(TOGETHER, WARM_UP)
  await floor.buy(TOGETHER, WARM_UP)
  const runs = {
    shop: new Map<number, Run[]>(),
    other: new Map<number, Run[]>(),
    floor: new Map<number, Run[]>(),
  }
  for (let round = 0; round < bench.rounds; round++) {
    for (const connections of [1, TOGETHER]) {
      const turns = [
        async () => add(runs.shop, connections, await buyAtShop(connections, purchases)),
        async () => add(runs.floor, connections, await floor.buy(connections, purchases)),
      ]
      if (buyAtOther !== null)
        turns.push(async () => add(runs.other, connections, await buyAtOther(connections, purchases)))
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn()
    }
  }
  await shop.stop()
  await other?.stop()
  await floor.stop()
  await proxy.close()
  return [1, TOGETHER].map((connections) =>
    section(
      connections,
      runs.shop.get(connections) ?? [],
      runs.other.get(connections),
      runs.floor.get(connections) ?? [],
    ),
  )
}

function add(runs: Map<number, Run[]>, connections: number, run: Run): void {
  runs.set(connections, [...(runs.get(connections) ?? []), run])
}

function section(connections: number, shop: Run[], other: Run[] | undefined, floor: Run[]): Section {
  const values = (runs: Run[], key: keyof Run, q: number) => runs.map((run) => quantile(run[key], q))
  const ofShops = (key: keyof Run, q: number) => ({
    shop: values(shop, key, q),
    other: other && values(other, key, q),
  })
  const own = (what: string, q: number): Row => ({
    what,
    unit: 'ms',
    ...ofShops('own', q),
    floor: values(floor, 'own', q),
    compared: true,
  })
  return {
    title: connections === 1 ? 'Checkout, one after the other' : `Checkout, ${connections} at once`,
    rows: [
      {
        what: 'Purchase to 303, p50',
        unit: 'ms',
        ...ofShops('whole', 0.5),
        floor: values(floor, 'whole', 0.5),
      },
      {
        what: 'of which the local Stripe, p50',
        unit: 'ms',
        ...ofShops('stripe', 0.5),
        floor: values(floor, 'stripe', 0.5),
      },
      own('without Stripe, p50', 0.5),
      own('without Stripe, p99', 0.99),
    ],
    notes: [
      'floor: Express with its sessions in PostgreSQL; price read; order, item, stock and attempt stored in one transaction; ' +
        'session created with Stripe’s SDK, and its id kept',
      'shop: also makes each shopper a customer at Stripe, because this is their first purchase',
    ],
  }
}

async function shopPurchases(stage: Stage, proxy: StripeProxy, shop: Child): Promise<Buy> {
  await sellByOneClick(stage)
  const { rows: products } = await stage.database.query<{ id: number }>(
    'SELECT id FROM "Product" WHERE active ORDER BY id',
  )
  return async (connections, count) => {
    const shoppers = await insertShoppers(stage.database, stage.sessionSecret, count)
    const requests = shoppers.map(({ cookie }, index) =>
      httpRequest(
        'POST',
        `/checkout/${products[index % products.length]?.id}`,
        { ...FORM, Cookie: cookie },
        'quantity=1',
      ),
    )
    const result = await load(shop.port, connections, requests, 303)
    await requireOpen(stage, shoppers, result)
    return runOf(
      result,
      shoppers.map(({ email }) => proxy.spentOn(email)),
    )
  }
}

/** Takes delivery and the choice of options from all products. Releases up to 0.2.0 have neither. */
async function sellByOneClick({ database }: Stage): Promise<void> {
  const { rows } = await database.query<{ found: boolean }>(
    `SELECT to_regclass('"Variant"') IS NOT NULL AS found`,
  )
  if (rows[0]?.found !== true) return
  await database.query('UPDATE "Product" SET "requiresShipping" = false')
  await database.query('UPDATE "Variant" SET active = id = "productId"')
}

/** @throws Error unless each shopper was redirected to the only open session of their own order */
async function requireOpen(stage: Stage, shoppers: { email: string }[], result: Load): Promise<void> {
  const { rows } = await stage.database.query<{ email: string; url: string }>(
    `SELECT o.email, a.url FROM "Order" o JOIN "CheckoutAttempt" a ON a."orderId" = o.id
     WHERE o.email = ANY ($1) AND o.status = 'pending' AND o."stockHeld" AND a.status = 'open'`,
    [shoppers.map(({ email }) => email)],
  )
  const pages = new Map(rows.map(({ email, url }) => [email, url]))
  const wrong = shoppers.filter(({ email }, index) => pages.get(email) !== result.answers[index]?.location)
  if (wrong.length > 0 || rows.length !== shoppers.length)
    throw new Error(
      `${shoppers.length} shoppers ordered, but ${rows.length} orders are open and ${wrong.length} redirects were wrong.`,
    )
}

async function floorPurchases(stage: Stage, proxy: StripeProxy): Promise<{ buy: Buy; stop: Child['stop'] }> {
  const { floorDatabase, sessionSecret, secretKey } = stage
  await floorDatabase.query(`
    CREATE TABLE session (sid text PRIMARY KEY, sess json NOT NULL, expire timestamptz NOT NULL);
    CREATE TABLE product (id int PRIMARY KEY, name text NOT NULL, price int NOT NULL, stock int NOT NULL);
    INSERT INTO product SELECT id, 'Mug ' || id, 4800, 100000000 FROM generate_series(1, 20) AS id;
    CREATE TABLE purchase (id serial PRIMARY KEY, shopper int, total int NOT NULL);
    CREATE TABLE item (id serial PRIMARY KEY, purchase int NOT NULL REFERENCES purchase, product int NOT NULL
      REFERENCES product, name text NOT NULL, price int NOT NULL, quantity int NOT NULL);
    CREATE TABLE attempt (id serial PRIMARY KEY, purchase int NOT NULL REFERENCES purchase, session text, url text)`)
  const floor = await stage.startFloor('checkout', ['{database}', sessionSecret, proxy.url, secretKey])
  return {
    stop: () => floor.stop(),
    async buy(connections, count) {
      const shoppers = Array.from({ length: count }, (_, index) => ({
        id: index + 1,
        email: `${randomBytes(9).toString('hex')}@shopper.example`,
        sid: randomBytes(24).toString('base64url'),
      }))
      await floorDatabase.query(
        `INSERT INTO session SELECT sid, sess::json, now() + interval '1 day' FROM unnest($1::text[], $2::text[]) AS s (sid, sess)`,
        [
          shoppers.map(({ sid }) => sid),
          shoppers.map(({ id, email }) =>
            JSON.stringify({ cookie: { path: '/', httpOnly: true }, shopper: { id, email } }),
          ),
        ],
      )
      const requests = shoppers.map(({ sid }, index) =>
        httpRequest(
          'POST',
          `/checkout/${1 + (index % 20)}`,
          { ...FORM, Cookie: sessionCookie(sid, sessionSecret) },
          'quantity=1',
        ),
      )
      const result = await load(floor.port, connections, requests, 303)
      const { rows } = await floorDatabase.query<{ url: string }>('SELECT url FROM attempt')
      const pages = new Set(rows.map(({ url }) => url))
      if (!result.answers.every(({ location }) => location !== null && pages.has(location)))
        throw new Error('The floor redirected to a page that it did not keep.')
      return runOf(
        result,
        shoppers.map(({ email }) => proxy.spentOn(email)),
      )
    },
  }
}

function runOf({ answers }: Load, stripe: number[]): Run {
  const whole = answers.map(({ milliseconds }) => milliseconds)
  return { whole, stripe, own: whole.map((time, index) => time - (stripe[index] ?? NaN)) }
}
