// From the command to the first page: in production with a database, and for someone who tries the shop in an empty folder.
import { startPostgres } from 'dev-postgres'
import type { Bench } from '../main.js'
import { freePort, startNode, untilAnswers, type Child } from '../child.js'
import { newDataFolder } from '../folders.js'
import { shopEnvironment } from '../shop-environment.js'
import type { Stage } from '../stage.js'
import type { Section } from '../table.js'

export async function start(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const runs = {
    shop: { withDatabase: [] as number[], empty: [] as number[], again: [] as number[] },
    other: { withDatabase: [] as number[], empty: [] as number[], again: [] as number[] },
    query: [] as number[],
    postgres: [] as number[],
  }
  for (let round = 0; round < bench.rounds; round++) {
    runs.shop.withDatabase.push(await withDatabase(stage))
    runs.query.push(await seconds(() => stage.startFloor('query', ['{database}'])))
    await startTwice(runs.shop)
    runs.postgres.push(await newPostgres())
    if (bench.against === null || stage.other === null) continue
    runs.other.withDatabase.push(await withDatabase(stage.other))
    await startTwice(runs.other, bench.against.folder)
  }
  const { shop, other } = runs
  const compared = bench.against !== null
  return [
    {
      title: 'Start to first page',
      rows: [
        {
          what: 'with a database',
          unit: 's',
          shop: shop.withDatabase,
          other: compared ? other.withDatabase : undefined,
          floor: runs.query,
          compared: true,
        },
        {
          what: 'in an empty folder',
          unit: 's',
          shop: shop.empty,
          other: compared ? other.empty : undefined,
          floor: runs.postgres,
          compared: true,
        },
        {
          what: 'in that folder again',
          unit: 's',
          shop: shop.again,
          other: compared ? other.again : undefined,
        },
      ],
      notes: [
        'with a database: node dist/main.js in production; floor: Express and pg with one query',
        'in an empty folder: PostgreSQL and local Stripe included; floor: initdb and start of that PostgreSQL by dev-postgres',
        'all: already compiled, files in the cache',
      ],
    },
  ]
}

/** Seconds until the server answers. Stops it afterwards. */
async function seconds(start: () => Promise<Child>, path?: string): Promise<number> {
  const began = performance.now()
  const child = await start()
  if (path !== undefined) await untilAnswers(child, path)
  const took = (performance.now() - began) / 1000
  await child.stop()
  return took
}

const withDatabase = (stage: Stage) => seconds(() => stage.startShop(), '/pricing')

/** @param release the folder of the release that is started; by default this tree */
async function startTwice(times: { empty: number[]; again: number[] }, release?: string): Promise<void> {
  const folder = await newDataFolder()
  times.empty.push(await seconds(() => startShop(folder.path, release), '/pricing'))
  times.again.push(await seconds(() => startShop(folder.path, release), '/pricing'))
  await folder.remove()
}

async function newPostgres(): Promise<number> {
  const folder = await newDataFolder()
  const began = performance.now()
  const postgres = await startPostgres({ dir: folder.path })
  const took = (performance.now() - began) / 1000
  await postgres.stop()
  await folder.remove()
  return took
}

async function startShop(dataDir: string, release?: string): Promise<Child> {
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const environment = shopEnvironment({
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    DATA_DIR: dataDir,
  })
  return startNode(['dist/main.js'], port, environment, release)
}
