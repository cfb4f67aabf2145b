// How long the shop works on each page and search of the admin with the large data set, whether every statement has an
// index, and what a large CSV file costs.
import { get } from 'node:http'
import { pino } from 'pino'
import { parseConfig } from '../../src/config.js'
import { startShop } from '../../src/shop.js'
import type { Bench } from '../main.js'
import { freePort, type Child } from '../child.js'
import { explain, recordStatements } from '../executed-plans.js'
import { httpRequest, load } from '../load.js'
import { insertOwner } from '../operators.js'
import { residentMegabytes } from '../processes.js'
import { shopEnvironment } from '../shop-environment.js'
import type { Stage } from '../stage.js'
import { median } from '../statistics.js'
import type { Section } from '../table.js'

/** Pages that take longer are printed with their slowest statement. */
const TARGET_MS = 60
/** Statements in which a scan reads more rows are printed too. */
const MANY_ROWS = 50_000
/** A process runs this many statements before PostgreSQL may plan them for values that it does not know. */
const WARM_UP = 7
const VISITS = 5
const CSV_ORDERS = 100_000
const SAMPLE_MS = 50

/** Rows that the addresses of pages name. */
interface Named {
  order: string
  number: string
  refunded: string
  session: string
  intent: string
  email: string
  customer: number
  sku: string
  tracking: string
  event: string
  eventAt: string
  mail: number
  product: number
  incident: number
  firstDay: string
  lastDay: string
}

export async function admin(bench: Bench): Promise<Section[]> {
  const stage = await bench.stageWith('large')
  const cookie = await insertOwner(stage.database, stage.sessionSecret)
  const named = await chooseRows(stage)
  const pages = pagesAbout(named)
  const shop = await stage.startShop()
  const times = await measurePages(bench, shop, cookie, pages)
  const csv = await measureCsv(
    bench,
    shop,
    cookie,
    `/admin/orders.csv?from=${named.firstDay}&to=${named.lastDay}`,
  )
  await shop.stop()
  await printPlans(stage, cookie, pages, times)
  return [
    {
      title: 'Admin with 1,000,000 orders, 3,000,000 events',
      rows: Object.keys(pages).map((what) => ({ what, unit: 'ms', shop: times.get(what) ?? [] })),
      notes: [`One request at a time; medians of ${VISITS}. The target of each is ${TARGET_MS} ms.`],
    },
    csv,
  ]
}

async function chooseRows({ database }: Stage): Promise<Named> {
  const { rows } = await database.query<Named>(`
    WITH paid AS (
      SELECT o.id, o.key, o.email, o."userId", a."stripeSessionId", a."paymentIntentId", s."trackingNumber", i.sku
      FROM "Order" o JOIN "CheckoutAttempt" a ON a."orderId" = o.id JOIN "Shipment" s ON s."orderId" = o.id
        JOIN "OrderItem" i ON i."orderId" = o.id
      WHERE o.id > 700000 AND o."userId" IS NOT NULL AND o.status = 'paid' ORDER BY o.id LIMIT 1)
    SELECT key AS "order", 'T-' || upper(substr(key, 5, 8)) AS number,
      (SELECT key FROM "Order" WHERE id > 700000 AND status = 'partially_refunded' ORDER BY id LIMIT 1) AS refunded,
      "stripeSessionId" AS session, "paymentIntentId" AS intent, paid.email, "userId" AS customer, sku,
      "trackingNumber" AS tracking, e.id AS event,
      to_char(e.created AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "eventAt",
      (SELECT min(id) FROM "Mail" WHERE "orderId" = paid.id) AS mail,
      (SELECT max(id) FROM "Product" WHERE id <= 40000 AND options <> '{}') AS product,
      (SELECT max(id) FROM "Incident" WHERE "resolvedAt" IS NOT NULL) AS incident,
      (SELECT "createdAt"::date::text FROM "Order" WHERE id = 500000) AS "firstDay",
      (SELECT "createdAt"::date::text FROM "Order" WHERE id = 500000 + ${CSV_ORDERS}) AS "lastDay"
    FROM paid, LATERAL (SELECT id, created FROM "StripeEvent" WHERE "orderId" = paid.id LIMIT 1) AS e`)
  const [named] = rows
  if (!named) throw new Error('The data set has no order that was shipped.')
  return named
}

/** Addresses by what they show. */
function pagesAbout(named: Named): Record<string, string> {
  const after = (...cursor: (string | number)[]) =>
    `after=${Buffer.from(JSON.stringify(cursor)).toString('base64url')}`
  const searches = {
    ...{
      'order number': named.number,
      'order key': named.order,
      email: named.email,
      'name of many': 'Lovelace',
    },
    ...{
      'first name and name': 'Ada Lovelace',
      'beginning of an email': 'grace.hopper',
      'address of all': 'San Francisco',
    },
    ...{
      product: 'mug',
      'name of one product': 'Tall mug 77',
      SKU: named.sku,
      'tracking number': named.tracking,
    },
    ...{ session: named.session, 'payment intent': named.intent, nothing: 'zeppelin' },
  }
  const filters = {
    ...{
      paid: 'status=paid',
      disputed: 'status=disputed',
      expired: 'status=expired',
      'to ship': 'fulfilment=to_ship',
    },
    ...{
      delivered: 'fulfilment=delivered',
      attention: 'attention=yes',
      'in the US': 'country=US',
      'in Norway': 'country=NO',
    },
    ...{ 'through the API': 'origin=api', 'a day': `from=${named.firstDay}&to=${named.firstDay}` },
    ...{
      'two years': 'from=2020-01-01',
      'from 500 USD': 'min=500&currency=usd',
      'by total': 'sort=total',
      oldest: 'sort=oldest',
    },
    ...{
      'many filters': `status=paid&country=US&fulfilment=shipped&currency=eur&min=20&from=${named.firstDay}`,
    },
    ...{
      'a name that is to ship': 'q=Lovelace&fulfilment=to_ship',
      'a product by total': 'q=mug&sort=total',
    },
    ...{ 'refunded in the US': 'label=refunded&country=US', 'a late page': after(400_000) },
  }
  const prefixed = (what: string, path: string, queries: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(queries).map(([name, query]) => [`${what}: ${name}`, `${path}?${query}`]),
    )
  const order = `/admin/orders/${named.order}`
  return {
    home: '/admin',
    orders: '/admin/orders',
    ...Object.fromEntries(
      Object.entries(searches).map(([what, text]) => [
        `orders, search: ${what}`,
        `/admin/orders?q=${encodeURIComponent(text)}`,
      ]),
    ),
    ...prefixed('orders', '/admin/orders', filters),
    order,
    'order, partly refunded': `/admin/orders/${named.refunded}`,
    'refund of an order': `${order}/refund`,
    'packing slip': `${order}/packing-slip`,
    'to ship': '/admin/to-ship',
    ...prefixed('returns', '/admin/returns', { waiting: '', refunded: 'state=refunded' }),
    ...prefixed('disputes', '/admin/disputes', { 'to answer': '', closed: 'state=closed', all: 'state=all' }),
    ...prefixed('incidents', '/admin/incidents', {
      open: '',
      all: 'state=all',
      'of a kind': 'state=all&kind=mail_failed',
    }),
    incident: `/admin/incidents/${named.incident}`,
    ...prefixed('events', '/admin/events', {
      ...{ all: '', failed: 'outcome=failed', done: 'outcome=done', ignored: 'outcome=ignored' },
      ...{ 'of a type': 'type=checkout.session.completed', 'of a rare type': 'type=charge.dispute.closed' },
      ...{ 'of a type and outcome': 'type=checkout.session.completed&outcome=quarantined' },
      ...{
        'of an order': `order=${named.number}`,
        'of an email': `order=${encodeURIComponent(named.email)}`,
      },
      ...{ 'by id': `id=${named.event}`, 'a late page': after(named.eventAt, named.event) },
    }),
    event: `/admin/events/${named.event}`,
    ...prefixed('mails', '/admin/mails', {
      ...{
        all: '',
        sent: 'state=sent',
        waiting: 'state=waiting',
        failed: 'state=failed',
        outdated: 'state=outdated',
      },
      ...{ 'of a kind': 'kind=refund_succeeded', 'failed of a kind': 'state=failed&kind=shipment_sent' },
      ...{ 'to somebody': `to=${encodeURIComponent(named.email)}`, 'a late page': after(1_000_000) },
    }),
    mail: `/admin/mails/${named.mail}`,
    'preview of a mail': '/admin/mails/preview/purchase_succeeded',
    ...prefixed('checkouts', '/admin/checkouts', {
      all: '',
      expired: 'reason=expired',
      failed: 'reason=failed',
    }),
    ...prefixed('customers', '/admin/customers', {
      ...{ all: '', blocked: 'blocked=1', 'a name': 'search=Lovelace', nobody: 'search=zeppelin' },
      ...{ 'an email': `search=${encodeURIComponent(named.email)}`, 'a late page': after(50_000) },
    }),
    customer: `/admin/customers/${named.customer}`,
    ...prefixed('numbers (150 ms)', '/admin/numbers', {
      ...{ today: 'range=today', '30 days': '', '90 days': 'range=90', 'a year': 'range=year' },
      'a year, in euros': 'range=year&currency=eur',
    }),
    products: '/admin/products',
    'products: a name': '/admin/products?q=walnut',
    'products: a SKU': `/admin/products?q=${named.product}-1`,
    'products: low stock': '/admin/products?state=low_stock',
    'products: without a picture': '/admin/products?state=no_picture',
    'products: by name': '/admin/products?sort=name',
    'product, edited': `/admin/products/${named.product}`,
    'stock of a product': `/admin/products/${named.product}/stock`,
    'shipping rates': '/admin/shipping',
    policies: '/admin/policies',
    settings: '/admin/settings',
    health: '/admin/health',
    'audit log': '/admin/audit',
    'audit log of a customer': `/admin/audit?subject=customer&id=${named.customer}`,
    operators: '/admin/operators',
    security: '/admin/security',
  }
}

const visit = (path: string, cookie: string) => httpRequest('GET', path, { Cookie: cookie })

/** @returns a median for each round, by what the page shows */
async function measurePages(
  bench: Bench,
  { port }: Child,
  cookie: string,
  pages: Record<string, string>,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>()
  for (const [what, path] of Object.entries(pages)) {
    const visits = (count: number) => Array.from({ length: count }, () => visit(path, cookie))
    await load(port, 1, visits(WARM_UP), 200)
    const rounds: number[] = []
    for (let round = 0; round < bench.rounds; round++) {
      const { answers } = await load(port, 1, visits(VISITS), 200)
      rounds.push(median(answers.map(({ milliseconds }) => milliseconds)))
    }
    times.set(what, rounds)
  }
  return times
}

/** Downloads a file of 100,000 orders and watches the shop's memory. */
async function measureCsv(bench: Bench, shop: Child, cookie: string, path: string): Promise<Section> {
  const memory = { before: [] as number[], peak: [] as number[], after: [] as number[] }
  const rates: number[] = []
  let lines = 0
  for (let round = 0; round < bench.rounds; round++) {
    memory.before.push(residentMegabytes(shop.pid))
    let peak = 0
    const watch = setInterval(() => (peak = Math.max(peak, residentMegabytes(shop.pid))), SAMPLE_MS)
    const began = performance.now()
    const file = await download(shop.port, path, cookie).finally(() => clearInterval(watch))
    rates.push(file.bytes / 1e6 / ((performance.now() - began) / 1000))
    memory.peak.push(peak)
    memory.after.push(residentMegabytes(shop.pid))
    lines = file.lines
  }
  if (lines < CSV_ORDERS)
    throw new Error(`The CSV file has ${lines} lines instead of at least ${CSV_ORDERS}.`)
  return {
    title: `CSV of ${lines.toLocaleString('en')} lines`,
    rows: [
      { what: 'megabytes in a second', unit: '/s', shop: rates },
      { what: 'memory of the shop before', unit: 'MB', shop: memory.before },
      { what: 'at most meanwhile', unit: 'MB', shop: memory.peak },
      { what: 'after', unit: 'MB', shop: memory.after },
    ],
    notes: [`at least ${CSV_ORDERS.toLocaleString('en')} orders`],
  }
}

const NEW_LINE = 10

function download(port: number, path: string, cookie: string): Promise<{ bytes: number; lines: number }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers: { Cookie: cookie }, agent: false }
    get(options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path} was answered ${response.statusCode}.`))
      const file = { bytes: 0, lines: 0 }
      response.on('data', (part: Buffer) => {
        file.bytes += part.length
        for (const byte of part) if (byte === NEW_LINE) file.lines++
      })
      response.on('end', () => resolve(file))
      response.on('error', reject)
    }).on('error', reject)
  })
}

/**
 * Visits each page of a shop in this process, whose statements are recorded. Prints those that scan a growing table or read
 * many rows, and the slowest of each page above the target.
 */
async function printPlans(
  stage: Stage,
  cookie: string,
  pages: Record<string, string>,
  times: ReadonlyMap<string, number[]>,
): Promise<void> {
  const takeStatements = recordStatements()
  const shop = await startShopHere(stage)
  process.stdout.write('\nStatements of each page, the most rows that a scan reads, and how:\n')
  for (const [what, path] of Object.entries(pages)) {
    takeStatements()
    await load(shop.port, 1, [visit(path, cookie)], 200)
    const plans = await explain(stage.database, takeStatements())
    const tables = [...new Set(plans.flatMap(({ scans }) => scans))]
    const rows = Math.max(0, ...plans.map(({ rowsRead }) => rowsRead))
    const how = tables.length === 0 ? 'by index' : `SEQUENTIAL SCAN OF A GROWING TABLE: ${tables.join(', ')}`
    process.stdout.write(
      `  ${what.padEnd(44)}${String(plans.length).padStart(4)}${rows.toLocaleString('en').padStart(12)}  ${how}\n`,
    )
    const isSlow = median(times.get(what) ?? []) > TARGET_MS
    const slowest = Math.max(...plans.map(({ milliseconds }) => milliseconds))
    for (const { text, milliseconds, scans, rowsRead } of plans)
      if (scans.length > 0 || rowsRead > MANY_ROWS || (isSlow && milliseconds === slowest))
        process.stdout.write(`\n${milliseconds} ms ${text}\n\n`)
  }
  await shop.stop()
}

async function startShopHere(stage: Stage): Promise<{ port: number; stop: () => Promise<void> }> {
  const port = await freePort()
  const config = parseConfig(
    shopEnvironment({
      NODE_ENV: 'production',
      PORT: String(port),
      BASE_URL: `http://127.0.0.1:${port}`,
      DATABASE_URL: stage.databaseUrl,
      STRIPE_SECRET_KEY: stage.secretKey,
      STRIPE_WEBHOOK_SECRET: stage.webhookSecret,
      STRIPE_API_BASE: stage.sandboxUrl,
      SESSION_SECRET: stage.sessionSecret,
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'Till <till@till.example>',
    }),
  )
  if (!config.stripe) throw new Error('The shop has no keys of Stripe.')
  const log = pino({ level: 'silent' })
  const shop = await startShop({
    config,
    databaseUrl: stage.databaseUrl,
    stripe: config.stripe,
    demo: false,
    log,
  })
  return { port, stop: () => shop.stop() }
}
