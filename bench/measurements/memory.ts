// Memory of the idle processes: after the start and after work.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../main.js'
import { sampleSession, signedDeliveries, type Session } from '../deliveries.js'
import { httpRequest, load, repeat } from '../load.js'
import { insertOrders, requireSettled } from '../orders.js'
import { proportionalMegabytes, residentMegabytes } from '../processes.js'
import type { Stage } from '../stage.js'
import type { Row, Section } from '../table.js'

const REST_MS = 2000
const CONNECTIONS = 32
const DELIVERIES = 500
const PAGE = '/pricing/1'

/** In megabytes. */
interface Held {
  atRest: number
  after: number
}

interface HeldByShop extends Held {
  postgresAtRest: number
  postgresAfter: number
}

export async function memory(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const sample = await sampleSession(stage)
  const shop: HeldByShop[] = []
  const other: HeldByShop[] = []
  const floor: Held[] = []
  // A process's memory varies less than its speed, and each round needs a new process.
  for (let round = 0; round < Math.min(2, bench.rounds); round++) {
    shop.push(await heldByShop(stage, sample, bench.seconds))
    if (stage.other) other.push(await heldByShop(stage.other, sample, bench.seconds))
    floor.push(await heldByFloor(stage, bench.seconds))
  }
  const row = (what: string, key: keyof HeldByShop): Row => ({
    what,
    unit: 'MB',
    shop: shop.map((held) => held[key]),
    other: stage.other ? other.map((held) => held[key]) : undefined,
  })
  const rowWithFloor = (what: string, key: keyof Held): Row => ({
    ...row(what, key),
    floor: floor.map((held) => held[key]),
    compared: true,
  })
  return [
    {
      title: 'Memory at rest',
      rows: [
        rowWithFloor('server, after the start', 'atRest'),
        rowWithFloor('server, after a burst', 'after'),
        row('PostgreSQL, all processes, after the start', 'postgresAtRest'),
        row('PostgreSQL, all processes, after a burst', 'postgresAfter'),
      ],
      notes: [
        `burst: ${bench.seconds} s of product pages and ${DELIVERIES} webhooks over ${CONNECTIONS} connections; floor: pages only`,
        'server: RSS of node alone, without the local Stripe. PostgreSQL: PSS, so that shared memory counts once',
      ],
    },
  ]
}

async function heldByShop(stage: Stage, sample: Session, seconds: number): Promise<HeldByShop> {
  const shop = await stage.startShop()
  await load(shop.port, 1, [httpRequest('GET', PAGE)], 200)
  await sleep(REST_MS)
  const atRest = residentMegabytes(shop.pid)
  const postgresAtRest = proportionalMegabytes(stage.postgresPid)

  const orders = await insertOrders(stage.database, DELIVERIES)
  await load(shop.port, CONNECTIONS, repeat(httpRequest('GET', PAGE), seconds), 200)
  await load(shop.port, CONNECTIONS, signedDeliveries(stage, sample, orders), 200)
  await requireSettled(stage.database, orders)
  await sleep(REST_MS)
  const after = residentMegabytes(shop.pid)
  const postgresAfter = proportionalMegabytes(stage.postgresPid)
  await shop.stop()
  return { atRest, after, postgresAtRest, postgresAfter }
}

async function heldByFloor(stage: Stage, seconds: number): Promise<Held> {
  const floor = await stage.startFloor('page', [])
  await sleep(REST_MS)
  const atRest = residentMegabytes(floor.pid)
  await load(floor.port, CONNECTIONS, repeat(httpRequest('GET', PAGE), seconds), 200)
  await sleep(REST_MS)
  const after = residentMegabytes(floor.pid)
  await floor.stop()
  return { atRest, after }
}
