// From the command to the first page, for someone who tries the shop: including its database and local Stripe.
import type { Bench } from '../main.js'
import { freePort, startNode, untilAnswers, type Child } from '../child.js'
import { spawnFloor } from '../floor.js'
import { newDataFolder } from '../folders.js'
import { shopEnvironment } from '../shop-environment.js'
import type { Section } from '../table.js'

export async function start(bench: Bench): Promise<Section[]> {
  const cold: number[] = []
  const warm: number[] = []
  const floor: number[] = []
  const otherCold: number[] = []
  const otherWarm: number[] = []
  for (let round = 0; round < bench.rounds; round++) {
    await startTwice(cold, warm)
    if (bench.against !== null) await startTwice(otherCold, otherWarm, bench.against.folder)
    floor.push(await firstPage(() => spawnFloor('page', []), '/pricing/1'))
  }
  const compared = bench.against !== null
  return [
    {
      title: 'Start to first page',
      rows: [
        {
          what: 'empty folder (makes its database)',
          unit: 's',
          shop: cold,
          other: compared ? otherCold : undefined,
          floor,
          compared: true,
        },
        {
          what: 'second start (finds its database)',
          unit: 's',
          shop: warm,
          other: compared ? otherWarm : undefined,
          floor,
          compared: true,
        },
      ],
      notes: [
        'shop: node dist/main.js, PostgreSQL and local Stripe included; already compiled, files in the cache',
        'floor: node and Express with one route, no database',
      ],
    },
  ]
}

/** @param release the folder of the release that is started; by default this tree */
async function startTwice(cold: number[], warm: number[], release?: string): Promise<void> {
  const folder = await newDataFolder()
  cold.push(await firstPage(() => startShop(folder.path, release), '/pricing'))
  warm.push(await firstPage(() => startShop(folder.path, release), '/pricing'))
  await folder.remove()
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

/** Seconds until the first page. Stops the process afterwards. */
async function firstPage(spawn: () => Promise<Child>, path: string): Promise<number> {
  const began = performance.now()
  const child = await spawn()
  await untilAnswers(child, path)
  const seconds = (performance.now() - began) / 1000
  await child.stop()
  return seconds
}
