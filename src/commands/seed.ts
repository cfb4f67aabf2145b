// npm run seed: adds the sample products to an empty catalog. In production, nothing else does.
import { seedCatalog } from '../catalog/seed.js'
import { openDatabase } from '../database/client.js'
import { migrate } from '../database/migrations.js'

/**
 * @param migrationUrl where the migrations connect
 * @returns what to print
 */
export async function seed(url: string, migrationUrl: string): Promise<string> {
  await migrate(migrationUrl)
  const database = openDatabase(url, { max: 2 })
  const products = await seedCatalog(database.prisma).finally(() => database.close())
  return products > 0
    ? `Added ${products} products.`
    : 'The catalog already has products. Nothing was changed.'
}
