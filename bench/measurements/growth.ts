// Whether the shop stays as fast as its tables grow: webhooks, lists and searches at three sizes, with their query plans.
import { openDatabase } from '../../src/database/client.js'
import { handleEvents } from '../../src/webhooks/handle-events.js'
import { parseEvent } from '../../src/webhooks/verify.js'
import type { Bench } from '../main.js'
import type { Child } from '../child.js'
import { SIZES, type SizeName } from '../data-set/data-set.js'
import { completedEvent, sampleSession, signedDeliveries, type Session } from '../deliveries.js'
import { httpRequest, load, repeat, type Load } from '../load.js'
import { findProducts, listCategories } from '../../src/catalog/products.js'
import { insertOrders, requireSettled } from '../orders.js'
import { printPlans } from '../plans.js'
import type { Stage } from '../stage.js'
import { quantile } from '../statistics.js'
import type { Section } from '../table.js'
import { BURST, shopDeliveries, WARM_UP, type Deliver } from './webhooks.js'

const PROCESSES = 2
const LIST_CONNECTIONS = 16
const NAMES = Object.keys(SIZES) as SizeName[]

/** Any cookie makes a page the visitor's own: it is rendered for each request. */
const UNCACHED = { Cookie: 'visitor=1' }
const LISTS = {
  'list, second page': '/pricing?page=2',
  'list by price': '/pricing?sort=price-up',
  'category by name': '/pricing?category=Kitchen&sort=name',
} as const
/** Fewer than one network may make in a minute. */
const SEARCHES = 60
const CROWD = 60
/** A word of many products, one of a few, and one of none. */
const WORDS = ['mug', 'glaze', 'zeppelin']

interface Shop {
  stage: Stage
  server: Child
  deliver: Deliver
  /** Deliveries in a second. */
  rate: number
}

type Rates = Record<SizeName, number[]>

export async function growth(bench: Bench): Promise<Section[]> {
  const shops = new Map<SizeName, Shop>()
  for (const name of NAMES) shops.set(name, await openShop(await bench.stageWith(name)))
  const largest = shops.get('large')
  if (largest) await requireIndexes(largest.stage)
  const sections = [await measureWebhooks(bench, shops), await measureLists(bench, shops)]
  if (largest) sections.push(await measureSearches(bench, largest))
  for (const { server } of shops.values()) await server.stop()
  return sections
}

async function openShop(stage: Stage): Promise<Shop> {
  const server = await stage.startShop({ processes: PROCESSES })
  const { deliver } = shopDeliveries(stage, await sampleSession(stage), server)
  await deliver(BURST, PROCESSES * WARM_UP)
  const { perSecond: rate } = await deliver(BURST, WARM_UP)
  return { stage, server, deliver, rate }
}

/** Measures each shop by turns. */
async function inTurns(
  bench: Bench,
  shops: ReadonlyMap<SizeName, Shop>,
  measure: (shop: Shop) => Promise<number>,
): Promise<Rates> {
  const rates: Rates = { small: [], medium: [], large: [] }
  for (let round = 0; round < bench.rounds; round++) {
    const turns = [...shops]
    for (const [name, shop] of round % 2 === 0 ? turns : turns.reverse())
      rates[name].push(await measure(shop))
  }
  return rates
}

const rowsOf = (what: string, unit: '/s' | 'ms', rates: Rates) =>
  NAMES.filter((name) => name !== 'small').map((name) => ({
    what: `${what}, ${name}`,
    unit,
    shop: rates[name],
    floor: rates.small,
    compared: true,
  }))

const described = NAMES.map((name) => {
  const { orders, events } = SIZES[name]
  return `${name}: ${orders.toLocaleString('en')} orders and ${events.toLocaleString('en')} events`
}).join('; ')

async function measureWebhooks(bench: Bench, shops: ReadonlyMap<SizeName, Shop>): Promise<Section> {
  const rates = await inTurns(bench, shops, async (shop) => {
    const { perSecond } = await shop.deliver(BURST, Math.ceil(shop.rate * bench.seconds))
    return (shop.rate = perSecond)
  })
  return {
    title: `Webhooks by size, ${PROCESSES} processes, ${BURST} at once`,
    rows: rowsOf('deliveries', '/s', rates),
    notes: ['floor: the same shop with the small data set', described],
  }
}

async function measureLists(bench: Bench, shops: ReadonlyMap<SizeName, Shop>): Promise<Section> {
  const rows: Section['rows'] = []
  for (const [what, path] of Object.entries(LISTS)) {
    const request = httpRequest('GET', path, UNCACHED)
    const rate = async ({ server }: Shop, seconds: number) => {
      const { answers, seconds: took } = await load(
        server.port,
        LIST_CONNECTIONS,
        repeat(request, seconds),
        200,
      )
      return answers.length / took
    }
    for (const shop of shops.values()) await rate(shop, 1)
    rows.push(...rowsOf(what, '/s', await inTurns(bench, shops, (shop) => rate(shop, bench.seconds / 2))))
  }
  rows.push(...rowsOf('searches, one at a time', '/s', await inTurns(bench, shops, searchRate)))
  const variants = await Promise.all([...shops.values()].map(({ stage }) => countVariants(stage)))
  return {
    title: 'Lists by size',
    rows,
    notes: [
      `floor: the same page with the small data set; ${LIST_CONNECTIONS} at once, each rendered anew`,
      NAMES.map((name, index) => `${name}: ${variants[index]?.toLocaleString('en')} variants`).join('; '),
    ],
  }
}

async function searchRate({ stage, server }: Shop): Promise<number> {
  // The limit on the searches of one network starts anew.
  await stage.database.query('TRUNCATE "RateLimit"')
  const requests = Array.from({ length: SEARCHES }, (_, turn) =>
    httpRequest('GET', `/pricing?q=${WORDS[turn % WORDS.length]}`, UNCACHED),
  )
  return SEARCHES / (await load(server.port, 1, requests, 200)).seconds
}

/** What others wait while sixty searches read all products of the large shop. */
async function measureSearches(bench: Bench, shop: Shop): Promise<Section> {
  const { stage, server } = shop
  const sample = await sampleSession(stage)
  const times = {
    'product page': { alone: [] as number[], meanwhile: [] as number[] },
    delivery: { alone: [] as number[], meanwhile: [] as number[] },
    '/readyz': { alone: [] as number[], meanwhile: [] as number[] },
  }
  for (let round = 0; round < bench.rounds; round++) {
    for (const when of ['alone', 'meanwhile'] as const) {
      await stage.database.query('TRUNCATE "RateLimit"')
      const orders = await insertOrders(stage.database, CROWD)
      const deliveries = signedDeliveries(stage, sample, orders)
      const searches = when === 'meanwhile' ? searchAtOnce(server) : Promise.resolve()
      const asked = (path: string) => Array.from({ length: CROWD }, () => httpRequest('GET', path, UNCACHED))
      const [page, delivery, ready] = await Promise.all([
        load(server.port, 2, asked('/pricing/1'), 200),
        load(server.port, 2, deliveries, 200),
        load(server.port, 2, asked('/readyz'), 200),
      ])
      await searches
      await requireSettled(stage.database, orders)
      times['product page'][when].push(slowest(page))
      times.delivery[when].push(slowest(delivery))
      times['/readyz'][when].push(slowest(ready))
    }
  }
  return {
    title: `During ${CROWD} searches at once, large`,
    rows: Object.entries(times).map(([what, { alone, meanwhile }]) => ({
      what: `${what}, p95`,
      unit: 'ms' as const,
      shop: meanwhile,
      floor: alone,
      compared: true,
    })),
    notes: [`floor: the same requests without the searches; ${CROWD} of each, two at once`],
  }
}

const slowest = ({ answers }: Load) =>
  quantile(
    answers.map(({ milliseconds }) => milliseconds),
    0.95,
  )

/** Some may be asked to come back later. */
async function searchAtOnce({ port }: Child): Promise<void> {
  const search = async (turn: number) => {
    const { status } = await fetch(`http://127.0.0.1:${port}/pricing?q=nothing${turn}+like+this`)
    if (status !== 200 && status !== 503) throw new Error(`A search was answered with ${status}.`)
  }
  await Promise.all(Array.from({ length: CROWD }, (_, turn) => search(turn)))
}

async function countVariants({ database }: Stage): Promise<number> {
  const { rows } = await database.query<{ count: number }>('SELECT count(*)::int FROM "Variant"')
  return rows[0]?.count ?? 0
}

/** Copies of statements inside SQL functions, whose plans EXPLAIN does not show. */
const WITHIN = [
  `SELECT WHERE EXISTS (SELECT FROM (
       SELECT "orderId" FROM "Refund" WHERE "paymentIntentId" = ANY ((SELECT $1::text[])::text[])
       UNION ALL SELECT "orderId" FROM "Dispute" WHERE "paymentIntentId" = ANY ((SELECT $1::text[])::text[]) OFFSET 0
     ) AS known WHERE "orderId" IS NULL)`,
  `SELECT id, xmin FROM "Order" WHERE id = ANY ((SELECT $1::int[])::int[]) ORDER BY id FOR NO KEY UPDATE`,
]

/**
 * Prints the statements of a delivery, of lists and of a search with their plans.
 * @throws Error when one of a delivery or a list scans a growing table. A search does: it looks into every product
 */
async function requireIndexes(stage: Stage): Promise<void> {
  const statements = new Set<string>()
  const database = openDatabase(stage.databaseUrl, { max: 4, onQuery: (sql) => statements.add(sql) })
  await deliverOne(stage, await sampleSession(stage), database)
  await listCategories(database.prisma)
  const query = { search: '', category: '', page: 2 }
  await findProducts(database, { ...query, sort: 'newest' })
  await findProducts(database, { ...query, sort: 'price-up' })
  await findProducts(database, { ...query, category: 'Kitchen', sort: 'name' })
  const scanning = await printPlans(stage.database, [...statements, ...WITHIN])
  statements.clear()
  await findProducts(database, { ...query, search: 'glaze', sort: 'best' })
  await database.close()
  await printPlans(stage.database, statements)
  if (scanning.length > 0) throw new Error(`Statements scan growing tables:\n${scanning.join('\n')}`)
}

async function deliverOne(
  stage: Stage,
  sample: Session,
  database: ReturnType<typeof openDatabase>,
): Promise<void> {
  const [order] = await insertOrders(stage.database, 1)
  if (!order) throw new Error('There is no order to settle.')
  const event = parseEvent(JSON.stringify(completedEvent(stage.appId, sample, order)))
  await handleEvents({ database, operatorEmail: null, appId: stage.appId, livemode: false }, [event])
}
