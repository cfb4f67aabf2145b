// Bursts on two processes: the shop beside floors that commit deliveries one by one and in groups; and the product page
// during a burst.
import type { Bench } from '../main.js'
import { sampleSession } from '../deliveries.js'
import { httpRequest, load, repeat } from '../load.js'
import { quantile } from '../statistics.js'
import type { Row, Section } from '../table.js'
import { BURST, CALM, floorDeliveries, shopDeliveries, WARM_UP, type Deliver, type Run } from './webhooks.js'

const PROCESSES = 2
const PAGE_CONNECTIONS = 4

interface Server {
  deliver: Deliver
  rate: number
  runs: Map<number, Run[]>
}

type Servers = Record<'shop' | 'each' | 'group', Server> & {
  /** The shop of the release to compare with. */
  other: Server | null
}

export async function bursts(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const sample = await sampleSession(stage)
  const child = await stage.startShop({ processes: PROCESSES })
  const otherChild = stage.other && (await stage.other.startShop({ processes: PROCESSES }))
  const opened = {
    shop: shopDeliveries(stage, sample, child),
    each: await floorDeliveries(stage, sample, 'each', PROCESSES),
    group: await floorDeliveries(stage, sample, 'group', PROCESSES),
    other: stage.other && otherChild && shopDeliveries(stage.other, sample, otherChild),
  }
  const servers: Servers = {
    shop: await warm(opened.shop.deliver),
    each: await warm(opened.each.deliver),
    group: await warm(opened.group.deliver),
    other: opened.other && (await warm(opened.other.deliver)),
  }
  for (let round = 0; round < bench.rounds; round++) {
    for (const connections of [BURST, CALM]) {
      const turns = Object.values(servers).filter((server) => server !== null)
      for (const server of round % 2 === 0 ? turns : turns.reverse()) {
        const run = await server.deliver(connections, Math.ceil(server.rate * bench.seconds))
        server.rate = run.perSecond
        server.runs.set(connections, [...(server.runs.get(connections) ?? []), run])
      }
    }
  }
  const pages = await pageMeanwhile(
    bench,
    { port: child.port, server: servers.shop },
    otherChild && servers.other && { port: otherChild.port, server: servers.other },
  )
  for (const server of Object.values(opened)) await server?.stop()
  return [
    section(`Webhooks, 2 processes, ${BURST} at once`, BURST, servers),
    section(`Webhooks, 2 processes, ${CALM} at once`, CALM, servers),
    pages,
  ]
}

async function warm(deliver: Deliver): Promise<Server> {
  await deliver(BURST, PROCESSES * WARM_UP)
  const { perSecond } = await deliver(BURST, WARM_UP)
  return { deliver, rate: perSecond, runs: new Map() }
}

function section(title: string, connections: number, servers: Servers): Section {
  const of = (server: Server, key: keyof Run) => (server.runs.get(connections) ?? []).map((run) => run[key])
  const row = (what: string, unit: Row['unit'], key: keyof Run, floor: 'each' | 'group'): Row => ({
    what,
    unit,
    shop: of(servers.shop, key),
    other: servers.other ? of(servers.other, key) : undefined,
    floor: of(servers[floor], key),
    compared: true,
  })
  return {
    title,
    rows: [
      row('deliveries, floor commits each', '/s', 'perSecond', 'each'),
      row('deliveries, floor commits together', '/s', 'perSecond', 'group'),
      row('time to 200, p50', 'ms', 'p50', 'each'),
      row('time to 200, p99', 'ms', 'p99', 'each'),
      row('CPU of the server for each', 'ms', 'server', 'each'),
      row('CPU of PostgreSQL for each', 'ms', 'postgres', 'each'),
    ],
    notes: [
      'shop: event kept, order paid, PurchaseHistory and mail rows written; all counted in the database after each run',
      'floors: node:http and pg, signature verified, one INSERT and commit per delivery, or per group of waiting ones',
    ],
  }
}

interface Pages {
  port: number
  server: Server
}

/** Measures the product page while Stripe sends events as fast as they are answered. */
async function pageMeanwhile(bench: Bench, shop: Pages, other: Pages | null): Promise<Section> {
  const alone: number[][] = []
  const meanwhile: number[][] = []
  const otherMeanwhile: number[][] = []
  for (let round = 0; round < bench.rounds; round++) {
    alone.push(await pageTimes(shop.port, bench.seconds / 2))
    meanwhile.push(await pageTimesInBurst(bench, shop))
    if (other) otherMeanwhile.push(await pageTimesInBurst(bench, other))
  }
  const row = (what: string, quantileOf: number): Row => ({
    what,
    unit: 'ms',
    shop: meanwhile.map((values) => quantile(values, quantileOf)),
    other: other ? otherMeanwhile.map((values) => quantile(values, quantileOf)) : undefined,
    floor: alone.map((values) => quantile(values, quantileOf)),
    compared: true,
  })
  return {
    title: `A page during ${BURST} webhooks at once`,
    rows: [row('product page, p50', 0.5), row('product page, p99', 0.99)],
    notes: ['floor: the same page of the same shop without webhooks'],
  }
}

async function pageTimesInBurst(bench: Bench, { port, server }: Pages): Promise<number[]> {
  const burst = server.deliver(BURST, Math.ceil(server.rate * bench.seconds))
  const times = await pageTimes(port, bench.seconds * 0.8)
  await burst
  return times
}

async function pageTimes(port: number, seconds: number): Promise<number[]> {
  const { answers } = await load(
    port,
    PAGE_CONNECTIONS,
    repeat(httpRequest('GET', '/pricing/1'), seconds),
    200,
  )
  return answers.map(({ milliseconds }) => milliseconds)
}
