// Memory of the idle processes: after the start and after work.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../main.js'
import { sampleSession, signedDeliveries } from '../deliveries.js'
import { httpRequest, load, repeat } from '../load.js'
import { insertOrders, requireSettled } from '../orders.js'
import { proportionalMegabytes, residentMegabytes } from '../processes.js'
import type { Section } from '../table.js'

const REST_MS = 2000
const CONNECTIONS = 32
const DELIVERIES = 500
const PAGE = '/pricing/1'

export async function memory(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const sample = await sampleSession(stage)
  const shopAtRest: number[] = []
  const shopAfter: number[] = []
  const floorAtRest: number[] = []
  const floorAfter: number[] = []
  const postgresAtRest: number[] = []
  const postgresAfter: number[] = []
  // A process's memory varies less than its speed, and each round needs a new process.
  for (let round = 0; round < Math.min(2, bench.rounds); round++) {
    const shop = await stage.startShop()
    const floor = await stage.startFloor('page', [])
    await load(shop.port, 1, [httpRequest('GET', PAGE)], 200)
    await sleep(REST_MS)
    shopAtRest.push(residentMegabytes(shop.pid))
    floorAtRest.push(residentMegabytes(floor.pid))
    postgresAtRest.push(proportionalMegabytes(stage.postgresPid))

    const orders = await insertOrders(stage.database, DELIVERIES)
    await load(shop.port, CONNECTIONS, repeat(httpRequest('GET', PAGE), bench.seconds), 200)
    await load(shop.port, CONNECTIONS, signedDeliveries(stage, sample, orders), 200)
    await load(floor.port, CONNECTIONS, repeat(httpRequest('GET', PAGE), bench.seconds), 200)
    await requireSettled(stage.database, orders)
    await sleep(REST_MS)
    shopAfter.push(residentMegabytes(shop.pid))
    floorAfter.push(residentMegabytes(floor.pid))
    postgresAfter.push(proportionalMegabytes(stage.postgresPid))
    await shop.stop()
    await floor.stop()
  }
  return [
    {
      title: 'Memory at rest',
      rows: [
        { what: 'server, after the start', unit: 'MB', shop: shopAtRest, floor: floorAtRest, compared: true },
        { what: 'server, after a burst', unit: 'MB', shop: shopAfter, floor: floorAfter, compared: true },
        { what: 'PostgreSQL, all processes, after the start', unit: 'MB', shop: postgresAtRest },
        { what: 'PostgreSQL, all processes, after a burst', unit: 'MB', shop: postgresAfter },
      ],
      notes: [
        `burst: ${bench.seconds} s of product pages and ${DELIVERIES} webhooks over ${CONNECTIONS} connections; floor: pages only`,
        'server: RSS of node alone, without the local Stripe. PostgreSQL: PSS, so that shared memory counts once',
      ],
    },
  ]
}
