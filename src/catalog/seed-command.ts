// npm run seed: fills an empty catalogue, in production too, where nothing is seeded by itself.
import { loadConfig } from '../config.js'
import { openDatabase } from '../database/client.js'
import { startEmbedded } from 'dev-postgres'
import { migrate } from '../database/migrations.js'
import { seedCatalog } from './seed.js'

const config = loadConfig()
const embedded = config.databaseUrl === null ? await startEmbedded(config.dataDir) : null
const url = config.databaseUrl ?? embedded?.url ?? ''
try {
  await migrate(url)
  const database = openDatabase(url, { max: 2 })
  const products = await seedCatalog(database.prisma).finally(() => database.close())
  console.log(
    products > 0 ? `Added ${products} products.` : 'There are products already: nothing was changed.',
  )
} finally {
  await embedded?.close()
}
