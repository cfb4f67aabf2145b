// Pages that every visit needs: a product and the list for visitors, the product as JSON, and the product for a shopper who
// is signed in and has a cart.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Bench } from '../main.js'
import type { Child } from '../child.js'
import { cpuRows, withCpuCost, type CpuCost } from '../cpu-cost.js'
import { newDataFolder, type DataFolder } from '../folders.js'
import { httpRequest, load, repeat } from '../load.js'
import { insertShoppers } from '../shoppers.js'
import type { Stage } from '../stage.js'
import { quantile } from '../statistics.js'
import type { Row, Section } from '../table.js'

const CONNECTIONS = 16

interface Visit {
  title: string
  path: string
  /** Who asks. */
  signedIn: boolean
}

const VISITS: readonly Visit[] = [
  { title: 'Product page', path: '/pricing/1', signedIn: false },
  { title: 'List page', path: '/pricing', signedIn: false },
  { title: 'Product JSON', path: '/api/products/1', signedIn: false },
  { title: 'Product page, signed in with a cart', path: '/pricing/1', signedIn: true },
]

interface Run extends CpuCost {
  perSecond: number
  p50: number
  p99: number
  bytes: number
}

type Headers = Record<string, string>
type Runs = Record<'shop' | 'floor' | 'compressed' | 'other' | 'otherCompressed', Run[]>

export async function page(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const shop = await stage.startShop()
  const other = stage.other && (await stage.other.startShop())
  const folder = await newDataFolder()
  const sections: Section[] = []
  for (const visit of VISITS) sections.push(await measure(bench, stage, visit, { shop, other, folder }))
  await shop.stop()
  await other?.stop()
  await folder.remove()
  return sections
}

interface Servers {
  shop: Child
  other: Child | null
  folder: DataFolder
}

async function measure(bench: Bench, stage: Stage, visit: Visit, servers: Servers): Promise<Section> {
  const { shop, other, folder } = servers
  const headers = visit.signedIn ? await shopperWithCart(stage, shop) : {}
  const otherHeaders = visit.signedIn && stage.other && other ? await shopperWithCart(stage.other, other) : {}
  const answer = await fetch(`http://127.0.0.1:${shop.port}${visit.path}`, { headers })
  const body = await answer.text()
  if (visit.signedIn !== body.includes('/account'))
    throw new Error(`${visit.title}: not the page of this visitor.`)
  const file = path.join(folder.path, 'page')
  await writeFile(file, body)
  const floor = await stage.startFloor('page', [file, answer.headers.get('content-type') ?? ''])

  const run = async (server: Child, request: Buffer, seconds: number): Promise<Run> => {
    const { result, cost } = await withCpuCost({ server: server.pid, postgres: stage.postgresPid }, () =>
      load(server.port, CONNECTIONS, repeat(request, seconds), 200),
    )
    const times = result.answers.map(({ milliseconds }) => milliseconds)
    const lengths = new Set(result.answers.map(({ length }) => length))
    const [bytes = 0] = lengths
    if (lengths.size !== 1) throw new Error(`${visit.title} was sent in ${lengths.size} different sizes.`)
    return {
      ...cost,
      perSecond: times.length / result.seconds,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      bytes,
    }
  }
  const asked = (own: Headers) => ({
    plain: httpRequest('GET', visit.path, own),
    compressed: httpRequest('GET', visit.path, { ...own, 'Accept-Encoding': 'gzip' }),
  })
  const [mine, theirs] = [asked(headers), asked(otherHeaders)]

  await run(shop, mine.plain, 1)
  if (other !== null) await run(other, theirs.plain, 1)
  await run(floor, mine.plain, 1)
  const runs: Runs = { shop: [], floor: [], compressed: [], other: [], otherCompressed: [] }
  for (let round = 0; round < bench.rounds; round++) {
    const turns = [
      async () => runs.shop.push(await run(shop, mine.plain, bench.seconds)),
      async () => runs.floor.push(await run(floor, mine.plain, bench.seconds / 2)),
      async () => runs.compressed.push(await run(shop, mine.compressed, bench.seconds / 2)),
    ]
    if (other !== null)
      turns.push(
        async () => runs.other.push(await run(other, theirs.plain, bench.seconds)),
        async () => runs.otherCompressed.push(await run(other, theirs.compressed, bench.seconds / 2)),
      )
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn()
  }
  if (runs.shop[0]?.bytes !== Buffer.byteLength(body) || runs.floor[0]?.bytes !== Buffer.byteLength(body))
    throw new Error(`${visit.title}: shop and floor sent different pages.`)
  await floor.stop()
  return section(visit, runs, other !== null)
}

/** The cookie of a shopper who has put something into the cart. */
async function shopperWithCart({ database, sessionSecret }: Stage, { port }: Child): Promise<Headers> {
  const [shopper] = await insertShoppers(database, sessionSecret, 1)
  if (!shopper) throw new Error('No shopper was inserted.')
  const headers = { Cookie: shopper.cookie }
  const answer = await fetch(`http://127.0.0.1:${port}/cart/items`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ product_id: '3', quantity: '2' }),
    redirect: 'manual',
  })
  if (answer.status !== 303) throw new Error(`Adding to the cart was answered with ${answer.status}.`)
  return headers
}

function section(visit: Visit, runs: Runs, compare: boolean): Section {
  const { shop, floor, compressed } = runs
  const other = compare ? runs.other : undefined
  const otherCompressed = compare ? runs.otherCompressed : undefined
  const row = (what: string, unit: Row['unit'], key: keyof Run, compared: boolean): Row => ({
    what,
    unit,
    shop: shop.map((run) => run[key]),
    other: other?.map((run) => run[key]),
    floor: floor.map((run) => run[key]),
    compared,
  })
  return {
    title: `${visit.title}, ${CONNECTIONS} at once`,
    rows: [
      row('answers', '/s', 'perSecond', true),
      row('time, p50', 'ms', 'p50', false),
      row('time, p99', 'ms', 'p99', true),
      row('size', 'bytes', 'bytes', false),
      {
        what: 'compressed as browsers ask',
        unit: '/s',
        shop: compressed.map((run) => run.perSecond),
        other: otherCompressed?.map((run) => run.perSecond),
      },
      ...cpuRows(shop, floor, other),
    ],
    notes: ['floor: Express with one route that answers the same bytes from memory'],
  }
}
