// A site with traffic, made from a seed. Its history is kept where a test fails.
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { seedCatalog } from '../../src/catalog/seed.js'
import { openDatabase } from '../../src/database/client.js'
import { migrate } from '../../src/database/migrations.js'
import { randomFrom } from '../reliability/plan-events.js'
import { startSite, type Site } from './site.js'
import { Traffic } from './traffic.js'

export interface Scenario {
  seed: number
  site: Site
  traffic: Traffic
  /** Writes what clients sent and were told to a file, and says where. */
  keepHistory: () => void
}

/** Fills an empty database, and returns the id of a product that is bought by one click. */
type Fill = (databaseUrl: string) => Promise<number>

/** @param cleanups gets what must be stopped at the end, last first */
export async function openScenario(
  name: string,
  { fill = fillCatalog, ...options }: Omit<Parameters<typeof startSite>[0], 'prepare'> & { fill?: Fill },
  cleanups: (() => unknown)[],
): Promise<Scenario> {
  const seed = Number(process.env['TILL_TEST_SEED'] ?? Date.now() % 1_000_000)
  console.log(`${name}: seed ${seed}`)
  let productId = 0
  const prepare = async (url: string) => {
    productId = await fill(url)
  }
  const site = await startSite({ ...options, prepare })
  cleanups.push(() => site.stop())
  const traffic = new Traffic(site, randomFrom(seed))
  cleanups.push(() => traffic.close())
  await traffic.open(productId)
  const keepHistory = () => {
    const file = path.join(tmpdir(), `till-history-${seed}.jsonl`)
    writeFileSync(file, traffic.history.exchanges.map((one) => `${JSON.stringify(one)}\n`).join(''))
    console.error(`${name}: seed ${seed}, history in ${file}`)
  }
  return { seed, site, traffic, keepHistory }
}

async function fillCatalog(databaseUrl: string): Promise<number> {
  await migrate(databaseUrl)
  const database = openDatabase(databaseUrl, { max: 2 })
  const { prisma } = database
  await seedCatalog(prisma)
  // It needs no delivery and has no options.
  const { id } = await prisma.product.findUniqueOrThrow({ where: { slug: 'paper-lantern-pattern' } })
  await database.close()
  return id
}
