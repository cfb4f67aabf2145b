// The product page for a visitor who is not signed in: one SELECT and one view.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Bench } from '../main.js'
import { untilAnswers } from '../child.js'
import { cpuRows, withCpuCost, type CpuCost } from '../cpu-cost.js'
import { newDataFolder } from '../folders.js'
import { httpRequest, load, repeat } from '../load.js'
import { quantile } from '../statistics.js'
import type { Row, Section } from '../table.js'

const CONNECTIONS = 16
const PAGE = '/pricing/1'

interface Run extends CpuCost {
  perSecond: number
  p50: number
  p99: number
  bytes: number
}

type Runs = Record<'shop' | 'floor' | 'gzip' | 'other' | 'otherGzip', Run[]>

export async function page(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const shop = await stage.startShop()
  const other = stage.other && (await stage.other.startShop())
  const html = await untilAnswers(shop, PAGE)
  const folder = await newDataFolder()
  const file = path.join(folder.path, 'page.html')
  await writeFile(file, html)
  const floor = await stage.startFloor('page', [file])

  const run = async (
    server: { pid: number; port: number },
    request: Buffer,
    seconds: number,
  ): Promise<Run> => {
    const { result, cost } = await withCpuCost({ server: server.pid, postgres: stage.postgresPid }, () =>
      load(server.port, CONNECTIONS, repeat(request, seconds), 200),
    )
    const times = result.answers.map((answer) => answer.milliseconds)
    const lengths = new Set(result.answers.map((answer) => answer.length))
    const [bytes = 0] = lengths
    if (lengths.size !== 1) throw new Error(`The page was sent in ${lengths.size} different sizes.`)
    return {
      ...cost,
      perSecond: times.length / result.seconds,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      bytes,
    }
  }
  const plain = httpRequest('GET', PAGE)
  const compressed = httpRequest('GET', PAGE, { 'Accept-Encoding': 'gzip' })

  await run(shop, plain, 1)
  if (other !== null) await run(other, plain, 1)
  await run(floor, plain, 1)
  const runs: Runs = { shop: [], floor: [], gzip: [], other: [], otherGzip: [] }
  for (let round = 0; round < bench.rounds; round++) {
    const turns = [
      async () => runs.shop.push(await run(shop, plain, bench.seconds)),
      async () => runs.floor.push(await run(floor, plain, bench.seconds / 2)),
      async () => runs.gzip.push(await run(shop, compressed, bench.seconds / 2)),
    ]
    if (other !== null)
      turns.push(
        async () => runs.other.push(await run(other, plain, bench.seconds)),
        async () => runs.otherGzip.push(await run(other, compressed, bench.seconds / 2)),
      )
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn()
  }
  if (runs.shop[0]?.bytes !== Buffer.byteLength(html) || runs.floor[0]?.bytes !== Buffer.byteLength(html))
    throw new Error('Shop and floor sent different pages.')
  await shop.stop()
  await other?.stop()
  await floor.stop()
  await folder.remove()
  return [section(runs, other !== null)]
}

function section(runs: Runs, compare: boolean): Section {
  const { shop, floor, gzip } = runs
  const other = compare ? runs.other : undefined
  const otherGzip = compare ? runs.otherGzip : undefined
  const row = (what: string, unit: Row['unit'], key: keyof Run, compared: boolean): Row => ({
    what,
    unit,
    shop: shop.map((run) => run[key]),
    other: other?.map((run) => run[key]),
    floor: floor.map((run) => run[key]),
    compared,
  })
  return {
    title: `Product page, ${CONNECTIONS} at once`,
    rows: [
      row('pages', '/s', 'perSecond', true),
      row('time, p50', 'ms', 'p50', false),
      row('time, p99', 'ms', 'p99', true),
      row('size', 'bytes', 'bytes', false),
      {
        what: 'pages, compressed as browsers ask',
        unit: '/s',
        shop: gzip.map((run) => run.perSecond),
        other: otherGzip?.map((run) => run.perSecond),
      },
      ...cpuRows(shop, floor, other),
    ],
    notes: ['floor: Express with one route that answers the same page from memory'],
  }
}
